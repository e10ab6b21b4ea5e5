import { describe, expect, test } from '@jest/globals';
import { create } from '../../lambdas/directory/operations.ts';
import { enterpriseUserSchema } from '../../lambdas/scim/schemas/enterprise-user.ts';
import { group, groupSchema } from '../../lambdas/scim/schemas/group.ts';
import { userSchema } from '../../lambdas/scim/schemas/user.ts';
import type { call } from '../support/events.ts';
import { usersFunction } from '../support/resource-function.ts';
import { directoryOn } from '../support/test-table.ts';

const { table, send } = usersFunction();

let count = 0;
/** A user with a value of each kind, and what PUT makes of it. */
async function full(more: object = {}): Promise<{ id: string; put: (body: object) => ReturnType<typeof call> }> {
  const userName = `full${++count}@example.com`;
  const body = {
    schemas: [userSchema.id, enterpriseUserSchema.id],
    userName,
    externalId: `00u${count}`,
    title: 'Dr',
    name: { givenName: 'Ada', familyName: 'Lovelace' },
    emails: [{ value: userName, type: 'work', primary: true }],
    roles: [{ value: 'admin' }],
    entitlements: [{ value: 'pro' }],
    [enterpriseUserSchema.id]: { department: 'Engines', manager: { value: 'm1' } },
    ...more,
  };
  const { id } = (await send({ method: 'POST', path: '/Users', body })).body;
  const put = (changes: object) => send({ method: 'PUT', path: `/Users/${id}`, body: { schemas: [userSchema.id], userName, ...changes } });
  return { id, put };
}

describe('PUT (RFC 7644 section 3.5.1)', () => {
  test('removes every readWrite attribute that it does not name, roles and entitlements too', async () => {
    const { id, put } = await full();
    const { status, body } = await put({});
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(['active', 'id', 'meta', 'schemas', 'userName']);
    expect(body.schemas).toEqual([userSchema.id]);
    const entries = (await table().items()).filter(({ pk, id: owner, sk }) => String(pk).includes('User.') && (owner === id || sk === id));
    expect(entries.map(({ pk }) => pk)).toEqual([`acme#User.userName#${body.userName}`]);
  });

  test.each([
    { name: 'null', value: null },
    { name: 'an empty string', value: '' },
    { name: 'an empty array', value: [] },
  ])('$name removes a value, and is no error for one that is not there', async ({ value }) => {
    const { put } = await full();
    const { status, body } = await put({
      title: value,
      emails: value,
      roles: value,
      nickName: value,
      name: { givenName: value, familyName: 'Byron' },
      [enterpriseUserSchema.id]: { department: value },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: { familyName: 'Byron' } });
    expect(body.name).not.toHaveProperty('givenName');
    for (const name of ['title', 'emails', 'roles', 'nickName', enterpriseUserSchema.id]) expect(body).not.toHaveProperty([name]);
  });

  test.each([true, false])('active: %p stays where the body does not name it, or clears it; a new user is active', async (active) => {
    const { put } = await full({ active });
    await expect(put({})).resolves.toMatchObject({ body: { active } });
    await expect(put({ active: null })).resolves.toMatchObject({ body: { active } });
    await expect(put({ active: !active })).resolves.toMatchObject({ body: { active: !active } });
    const created = await send({ method: 'POST', path: '/Users', body: { schemas: [userSchema.id], userName: `new${++count}` } });
    expect(created.body.active).toBe(true);
  });

  test('readOnly attributes are untouched, whatever the body says of them', async () => {
    const { id, put } = await full();
    const before = (await send({ path: `/Users/${id}` })).body.meta;
    const { body } = await put({
      id: 'another',
      meta: { resourceType: 'Group', created: '1999-01-01T00:00:00Z', version: 'W/"99"', location: 'https://elsewhere.example' },
      groups: [{ value: 'admins' }],
      title: 'Prof',
    });
    expect(body).toMatchObject({ id, title: 'Prof', meta: { ...before, lastModified: expect.any(String), version: 'W/"2"' } });
    expect(body).not.toHaveProperty('groups');
  });

  test('a password is accepted, and neither kept nor returned nor a change', async () => {
    const { id, put } = await full();
    const first = await put({ password: 'correct horse battery staple' });
    const second = await put({ password: 'another one' });
    expect(second.headers.ETag).toBe(first.headers.ETag);
    expect(JSON.stringify([first, second, await send({ path: `/Users/${id}?attributes=password,userName` })])).not.toContain('horse');
    expect(JSON.stringify(await table().items())).not.toMatch(/horse|another one|password/);
  });
});

describe('attributes and excludedAttributes', () => {
  const requests = [
    { verb: 'GET', path: (id: string) => `/Users/${id}` },
    {
      verb: 'PUT',
      path: (id: string) => `/Users/${id}`,
      body: { schemas: [userSchema.id], userName: 'selected', title: 'Prof', nickName: 'A' },
    },
    { verb: 'PATCH', path: (id: string) => `/Users/${id}`, body: { Operations: [{ op: 'add', path: 'nickName', value: 'A' }] } },
    { verb: 'POST', path: () => '/Users', body: { schemas: [userSchema.id], userName: 'new', title: 'Dr', nickName: 'A' } },
  ];

  test.each(requests)('choose what $verb answers with', async ({ verb, path, body }) => {
    const { id } = await full();
    const unique = (more: string) => (verb === 'POST' ? { ...body, userName: `${more}${++count}` } : body);
    const only = await send({ method: verb, path: `${path(id)}?attributes=TITLE`, ...(body && { body: unique('only') }) });
    expect(Object.keys(only.body).sort()).toEqual(['id', 'schemas', 'title']);
    const less = await send({ method: verb, path: `${path(id)}?excludedAttributes=title,meta,id`, ...(body && { body: unique('less') }) });
    expect(less.body).toMatchObject({ id: expect.any(String), userName: expect.any(String) });
    expect(less.body).not.toHaveProperty('title');
    expect(less.body).not.toHaveProperty('meta');
  });
});

describe('If-None-Match on GET (RFC 7644 section 3.14)', () => {
  const get = (id: string, tag: string, query = '') => send({ path: `/Users/${id}${query}`, headers: { 'If-None-Match': tag } });

  test.each(['W/"1"', 'w/"1"', '"1"', 'W/"7", W/"1"', '*'])('%s is 304 without a body, with the ETag', async (tag) => {
    const { id } = await full();
    await expect(get(id, tag)).resolves.toMatchObject({ status: 304, headers: { ETag: 'W/"1"' }, body: undefined });
  });

  test.each(['W/"7"', '', 'W/1x'])('another tag (%p) is 200 with the resource', async (tag) => {
    const { id } = await full();
    await expect(get(id, tag)).resolves.toMatchObject({ status: 200, body: { id } });
  });

  test('the answer after a change is new', async () => {
    const { id, put } = await full();
    const { headers } = await put({ title: 'Prof' });
    await expect(get(id, 'W/"1"')).resolves.toMatchObject({ status: 200, body: { title: 'Prof' } });
    await expect(get(id, headers.ETag ?? '')).resolves.toMatchObject({ status: 304 });
  });

  test('an unknown user is 404, not 304', async () => {
    await expect(get('26118915-6090-4610-87e4-49d8ca9f808d', '*')).resolves.toMatchObject({ status: 404 });
  });

  test('an answer that carries groups is never 304: they change without the version of the user', async () => {
    const { id } = await full();
    const { id: value } = await create(directoryOn(table()), group, {
      schemas: [groupSchema.id],
      displayName: 'Team',
      members: [{ value: id }],
    });
    const headers = { 'If-None-Match': '*' };
    await expect(send({ path: `/Users/${id}`, headers })).resolves.toMatchObject({ status: 200, body: { groups: [{ value }] } });
    await expect(send({ path: `/Users/${id}?excludedAttributes=groups`, headers })).resolves.toMatchObject({ status: 304 });
  });
});

test.each(['PUT', 'PATCH', 'DELETE'])('If-Match: * lets %s change any version', async (method) => {
  const { id } = await full();
  const body =
    method === 'PUT' ? { schemas: [userSchema.id], userName: `any${++count}` } : { Operations: [{ op: 'add', path: 'title', value: 'x' }] };
  const response = await send({ method, path: `/Users/${id}`, headers: { 'If-Match': '*' }, ...(method !== 'DELETE' && { body }) });
  expect(response.status).toBe(method === 'DELETE' ? 204 : 200);
});
