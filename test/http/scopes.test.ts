import { beforeEach, describe, expect, test } from '@jest/globals';
import { resourceTypes } from '../../lambdas/scim/schemas/registry.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { scopesIn, TOKEN_SCOPES, type TokenScope } from '../../lambdas/scim/token-scopes.ts';
import { resourceFunction } from '../support/resource-function.ts';

/*
 * What a credential may do with resources of each type, by its scopes.
 */

const { table, send } = resourceFunction(...resourceTypes);

const SEARCH = { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'] };
const PATCH = { Operations: [{ op: 'replace', path: 'externalId', value: 'changed' }] };

let made = 0;
const bodyFor = ({ name, schema }: ResourceType) => {
  made += 1;
  return { schemas: [schema.id], displayName: `${name} ${made}`, ...(name === 'User' && { userName: `user ${made}` }) };
};

/** Every verb on a resource that is there, or on all of them, and what it answers to whom it is allowed. */
const READS = [
  { verb: 'GET of one', request: (id: string) => ({ path: `/${id}` }), status: 200 },
  { verb: 'GET of all', request: () => ({ path: '' }), status: 200 },
  { verb: 'GET by a filter', request: () => ({ path: '?filter=displayName%20pr' }), status: 200 },
  { verb: 'POST .search', request: () => ({ method: 'POST', path: '/.search', body: SEARCH }), status: 200 },
];
const WRITES = [
  { verb: 'POST', request: (_: string, body: object) => ({ method: 'POST', path: '', body }), status: 201 },
  { verb: 'PUT', request: (id: string, body: object) => ({ method: 'PUT', path: `/${id}`, body }), status: 200 },
  { verb: 'PATCH', request: (id: string) => ({ method: 'PATCH', path: `/${id}`, body: PATCH }), status: 200 },
  { verb: 'DELETE', request: (id: string) => ({ method: 'DELETE', path: `/${id}` }), status: 204 },
];

describe.each(resourceTypes.map((type) => ({ name: type.name, type })))('a $name', ({ type }) => {
  let id: string;
  beforeEach(async () => {
    const { status, body } = await send({ method: 'POST', path: type.endpoint, body: bodyFor(type), scopes: TOKEN_SCOPES });
    expect(status).toBe(201);
    id = body.id;
  });

  const tellers: { scopes: readonly TokenScope[] | null }[] = [
    { scopes: ['provision'] },
    { scopes: ['application'] },
    { scopes: ['provision', 'application'] },
    // As an answer of the authorizer from before it told.
    { scopes: null },
  ];
  describe.each(tellers)('with the scopes $scopes', ({ scopes }) => {
    const ask = async (request: (id: string, body: object) => { method?: string; path: string; body?: object }) => {
      const { path, ...rest } = request(id, bodyFor(type));
      return send({ ...rest, path: type.endpoint + path, scopes });
    };
    const isAllowed = type.writtenBy === undefined || (scopes?.includes(type.writtenBy) ?? false);

    test.each(READS)('can be read: $verb', async ({ request, status }) => {
      expect((await ask(request)).status).toBe(status);
    });

    test.each(WRITES)('is written where that is allowed: $verb', async ({ verb, request, status }) => {
      const before = await table().items();
      const answer = await ask(request);
      if (isAllowed) return expect(answer.status).toBe(verb === 'PATCH' && type.members !== undefined ? 204 : status);
      const detail = `${type.endpoint.slice(1)}: written with an application credential alone, this one has the scope provision`;
      expect(answer).toMatchObject({
        status: 403,
        headers: { 'Content-Type': 'application/scim+json' },
        body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '403', detail },
      });
      expect(await table().items()).toEqual(before);
    });
  });
});

describe('a credential that may not write roles', () => {
  test.each([
    { what: 'a resource that there is not', request: { method: 'DELETE', path: '/Roles/nobody' } },
    { what: 'a version that is gone', request: { method: 'DELETE', path: '/Roles/nobody', headers: { 'If-Match': 'W/"0"' } } },
    { what: 'a body that is no role', request: { method: 'POST', path: '/Roles', body: {} } },
  ])('is told that it may not, and nothing of $what', async ({ request }) => {
    await expect(send(request)).resolves.toMatchObject({ status: 403 });
  });

  test('is told that it has no scope at all, where it has none', async () => {
    const detail = 'Roles: written with an application credential alone, this one has no scope';
    await expect(send({ method: 'DELETE', path: '/Roles/1', scopes: [] })).resolves.toMatchObject({ status: 403, body: { detail } });
  });
});

test.each([
  { told: undefined, scopes: ['provision'] },
  { told: 'provision', scopes: ['provision'] },
  { told: 'application provision', scopes: ['provision', 'application'] },
  { told: 'application', scopes: ['application'] },
  { told: '', scopes: [] },
  { told: 'applications Application provision,application', scopes: [] },
])('the scopes in $told are $scopes', ({ told, scopes }) => {
  expect(scopesIn(told)).toEqual(scopes);
});
