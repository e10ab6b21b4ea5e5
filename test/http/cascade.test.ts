import { expect, test } from '@jest/globals';
import { cascadeOf } from '../../lambdas/http/query.ts';
import { role, roleSchema } from '../../lambdas/scim/schemas/role.ts';
import { resourceFunction } from '../support/resource-function.ts';

const { send } = resourceFunction(role);
const scopes = ['application'] as const;

test.each([
  { query: {}, cascade: false },
  { query: { cascade: 'true' }, cascade: true },
  { query: { cascade: 'True' }, cascade: true },
  { query: { cascade: ' TRUE ' }, cascade: true },
  { query: { cascade: 'false' }, cascade: false },
  { query: { cascade: 'FALSE' }, cascade: false },
])('$query asks for cascade: $cascade', ({ query, cascade }) => {
  expect(cascadeOf(query)).toBe(cascade);
});

test.each(['', '=', '=1', '=yes', '=truee', '=true,true'])('DELETE with ?cascade%s is refused, and nothing is deleted', async (value) => {
  const body = { schemas: [roleSchema.id], displayName: 'Pilot' };
  const { id } = (await send({ method: 'POST', path: '/Roles', body, scopes })).body;
  await expect(send({ method: 'DELETE', path: `/Roles/${id}?cascade${value}`, scopes })).resolves.toMatchObject({
    status: 400,
    body: { scimType: 'invalidValue', detail: 'cascade: expected true or false' },
  });
  expect((await send({ path: `/Roles/${id}` })).status).toBe(200);
  expect((await send({ method: 'DELETE', path: `/Roles/${id}?cascade=True`, scopes })).status).toBe(204);
});
