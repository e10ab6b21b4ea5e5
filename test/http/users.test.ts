import { beforeAll, describe, expect, test } from '@jest/globals';
import { resourceRoutes } from '../../lambdas/http/resource-routes.ts';
import { scimHandler } from '../../lambdas/http/scim-handler.ts';
import { enterpriseUserSchema } from '../../lambdas/scim/schemas/enterprise-user.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import { eventOf, type TestRequest } from '../support/events.ts';
import { usersFunction } from '../support/resource-function.ts';

const { table, send } = usersFunction();

const schemas = [userSchema.id];
const post = (body: object | string, rest: Partial<TestRequest> = {}) => send({ method: 'POST', path: '/Users', body, ...rest });
const create = async (userName: string, body: object = {}) => (await post({ schemas, userName, ...body })).body;
const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';

describe('POST /Users (RFC 7644 section 3.3)', () => {
  test('answers 201 with the resource, its Location and its ETag', async () => {
    const { status, headers, body } = await post({ schemas, userName: 'Post@Example', password: 'hidden' });
    expect(status).toBe(201);
    expect(headers).toMatchObject({ 'Content-Type': 'application/scim+json', ETag: 'W/"1"', Location: body.meta.location });
    expect(body).toMatchObject({ schemas, userName: 'Post@Example', active: true, meta: { resourceType: 'User', version: 'W/"1"' } });
    expect(body.meta.location).toBe(`http://scim.example/acme/scim/v2/Users/${body.id}`);
    expect(JSON.stringify(body)).not.toContain('hidden');
  });

  test.each<[string, Partial<TestRequest>, number, string | undefined, string]>([
    ['no JSON', { body: '{' }, 400, 'invalidSyntax', 'not valid JSON'],
    ['no body', { body: '' }, 400, 'invalidSyntax', 'not valid JSON'],
    ['an array', { body: [] }, 400, 'invalidSyntax', 'no JSON object'],
    ['a string', { body: '"x"' }, 400, 'invalidSyntax', 'no JSON object'],
    [
      '__proto__ anywhere',
      { body: `{"schemas":["${userSchema.id}"],"userName":"x","name":{"__proto__":{"a":1}}}` },
      400,
      'invalidSyntax',
      '__proto__',
    ],
    [
      'constructor, escaped',
      { body: `{"schemas":["${userSchema.id}"],"userName":"x","\\u0063onstructor":1}` },
      400,
      'invalidSyntax',
      'constructor',
    ],
    ['no userName', { body: { schemas } }, 400, 'invalidValue', 'userName'],
    ['no schemas', { body: { userName: 'x' } }, 400, 'invalidValue', 'schemas'],
    ['a wrong type', { body: { schemas, userName: 'x', active: 7 } }, 400, 'invalidValue', 'active: expected a boolean'],
    ['another content type', { body: '{}', headers: { 'Content-Type': 'text/plain' } }, 415, undefined, 'application/scim+json'],
    [
      'a content type that begins like ours',
      { body: '{}', headers: { 'Content-Type': 'application/jsonp' } },
      415,
      undefined,
      'application/scim+json',
    ],
    [
      'more than 4 MB',
      { body: `{"x":"${'x'.repeat(4 * 1024 * 1024)}"}` },
      413,
      undefined,
      '4194304 bytes: send less in one request; members of a group in several PATCH requests that add at most some 10,000 each',
    ],
  ])('refuses %s with a SCIM error, and writes nothing', async (_, request, status, scimType, detail) => {
    const before = await table().items();
    const response = await send({ method: 'POST', path: '/Users', ...request });
    expect(response).toMatchObject({ status, headers: { 'Content-Type': 'application/scim+json' } });
    expect(response.body).toMatchObject({ schemas: [ERROR], status: String(status), detail: expect.stringContaining(detail) });
    expect(response.body.scimType).toBe(scimType);
    expect(await table().items()).toEqual(before);
  });

  const deep = `${'['.repeat(100_000)}null${']'.repeat(100_000)}`;

  test.each([
    { place: 'an unknown attribute', member: `"x":${deep}` },
    { place: 'an unknown sub-attribute', member: `"name":{"x":${deep}}` },
    { place: 'an unknown attribute of an extension', member: `"${enterpriseUserSchema.id}":{"x":{"y":${deep}}}` },
  ])('$place that is nested as deep as it is long is no trouble', async ({ place, member }) => {
    expect(await post(`{"schemas":["${userSchema.id}"],"userName":"deep ${place}",${member}}`)).toMatchObject({ status: 201 });
  });

  test('a known attribute that is nested so is refused', async () => {
    const { status, body } = await post(`{"schemas":["${userSchema.id}"],"userName":"deep","emails":[{"type":"x","value":${deep}}]}`);
    expect([status, body.detail]).toEqual([400, 'emails.value: expected a string']);
  });

  test('a base64 body is decoded', async () => {
    const event = eventOf({ method: 'POST', path: '/Users', body: { schemas, userName: 'base64' } });
    const handler = scimHandler(resourceRoutes(user, dynamoStore(table())));
    const encoded = { ...event, body: Buffer.from(event.body ?? '').toString('base64'), isBase64Encoded: true };
    await expect(handler(encoded, { getRemainingTimeInMillis: () => 28_000 } as never)).resolves.toMatchObject({ statusCode: 201 });
  });

  test('names of headers count in any letter case', async () => {
    const response = await post({ schemas, userName: 'lower' }, { headers: { 'content-type': 'APPLICATION/JSON;charset=utf-8' } });
    expect(response.status).toBe(201);
  });
});

describe('a query that is refused', () => {
  const both = '?attributes=id&excludedAttributes=title';
  const patchTitle = { Operations: [{ op: 'add', path: 'title', value: 'written' }] };

  test.each([
    ['POST', '', { schemas, userName: 'ghost' }],
    ['PUT', '/{id}', { schemas, userName: 'still', title: 'written' }],
    ['PATCH', '/{id}', patchTitle],
  ])('%s does nothing', async (method, path, body) => {
    const { id } = await create(`still ${method}`);
    const before = await table().items();
    const response = await send({ method, path: `/Users${path.replace('{id}', id)}${both}`, body });
    expect(response).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } });
    expect(await table().items()).toEqual(before);
  });
});

describe('GET /Users/{id} (RFC 7644 section 3.4.1)', () => {
  test('attributes and excludedAttributes choose what is shown', async () => {
    const { id } = await create('shown', { nickName: 'x', title: 'y' });
    const only = await send({ path: `/Users/${id}?attributes=nickName` });
    expect(only.body).toEqual({ schemas, id, nickName: 'x' });
    const less = await send({ path: `/Users/${id}?excludedAttributes=nickName,meta` });
    expect(less.body).toEqual({ schemas, id, userName: 'shown', active: true, title: 'y' });
  });

  test.each(['nobody', '26118915-6090-4610-87e4-49d8ca9f808d', '%2e%2e', 'x'.repeat(3_000), '26118915-6090-4610-87E4-49d8ca9f808d'])(
    'an unknown id (%#) is a SCIM 404',
    async (id) => {
      const { status, body } = await send({ path: `/Users/${id}` });
      expect(status).toBe(404);
      expect(body).toMatchObject({ schemas: [ERROR], status: '404', detail: expect.stringContaining('not found') });
    },
  );

  test('a malformed percent-encoding is 404', async () => {
    expect((await send({ path: '/Users/%E0%A4%A' })).status).toBe(404);
  });
});

describe('GET /Users (RFC 7644 section 3.4.2)', () => {
  const list = async (query: string) => (await send({ path: `/Users?${query}`, directory: 'lists' })).body;
  beforeAll(async () => {
    for (const userName of ['a', 'b', 'c']) await post({ schemas, userName }, { directory: 'lists' });
  });

  test.each([
    ['', 3, 1, 3],
    ['startIndex=2&count=1', 3, 2, 1],
    ['startIndex=0&count=2', 3, 1, 2],
    ['startIndex=-5', 3, 1, 3],
    ['count=0', 3, 1, 0],
    ['count=-1', 3, 1, 0],
    ['startIndex=9', 3, 9, 0],
    ['count=100000', 3, 1, 3],
    ['filter=userName+eq+%22B%22', 1, 1, 1],
    ['filter=userName%20eq%20%22nobody%22&startIndex=1&count=100', 0, 1, 0],
    ['filter=userName%2520eq%2520%2522b%2522', 1, 1, 1],
    ['filter=nickName%20eq%20%22x%22&filter=userName%20eq%20%22c%22', 1, 1, 1],
    ['aadOptscim062020=', 3, 1, 3],
  ])('?%s', async (query, totalResults, startIndex, itemsPerPage) => {
    const body = await list(query);
    expect(body).toMatchObject({ schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults, startIndex, itemsPerPage });
    expect(body.Resources).toHaveLength(itemsPerPage);
  });

  test.each([
    ['count=ten', 'invalidValue', 'count'],
    ['startIndex=1.5', 'invalidValue', 'startIndex'],
    ['filter=userName', 'invalidFilter', 'position 9'],
    ['filter=', 'invalidFilter', 'position 1'],
    ['filter=shoeSize%20eq%201', 'invalidFilter', 'shoeSize'],
    ['attributes=id&excludedAttributes=id', 'invalidValue', 'attributes'],
  ])('?%s is refused', async (query, scimType, detail) => {
    expect(await list(query)).toMatchObject({ status: '400', scimType, detail: expect.stringContaining(detail) });
  });
});

test('a page that Lambda could not answer ends early, and the next begins where it ended', async () => {
  const directory = 'large';
  for (let i = 0; i < 20; i++) await post({ schemas, userName: `u${i}`, displayName: '"'.repeat(170_000) }, { directory });
  const seen: unknown[] = [];
  for (let startIndex = 1; startIndex <= 20; ) {
    const response = await send({ path: `/Users?startIndex=${startIndex}&count=200`, directory });
    expect(Buffer.byteLength(JSON.stringify(JSON.stringify(response.body)))).toBeLessThan(6 * 1024 * 1024);
    expect(response.body).toMatchObject({ totalResults: 20, startIndex, itemsPerPage: response.body.Resources.length });
    seen.push(...response.body.Resources.map((resource) => (resource as { id: string }).id));
    startIndex = seen.length + 1;
  }
  expect(new Set(seen).size).toBe(20);
});

describe('PUT and PATCH (RFC 7644 section 3.5)', () => {
  const patchOp = (...Operations: object[]) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations });

  test('PUT of what GET gave changes nothing', async () => {
    const { id } = await create('echo', { name: { givenName: 'E' }, emails: [{ value: 'e@x', primary: true }] });
    const { body } = await send({ path: `/Users/${id}` });
    await expect(send({ method: 'PUT', path: `/Users/${id}`, body })).resolves.toMatchObject({
      status: 200,
      headers: { ETag: 'W/"1"' },
      body,
    });
  });

  test('PATCH answers 200 with the resource', async () => {
    const { id } = await create('patched');
    const response = await send({
      method: 'PATCH',
      path: `/Users/${id}`,
      body: patchOp({ op: 'Replace', path: 'active', value: 'False' }),
    });
    expect(response).toMatchObject({ status: 200, headers: { ETag: 'W/"2"' }, body: { id, active: false } });
  });

  test('a PatchOp without schemas, or with names in another case, is understood (Ory Polis)', async () => {
    const { id } = await create('tolerant');
    const response = await send({
      method: 'PATCH',
      path: `/Users/${id}`,
      body: { operations: [{ Op: 'add', Path: 'title', Value: 'Dr' }] },
    });
    expect(response.body).toMatchObject({ title: 'Dr' });
  });

  test.each<[string, unknown, string]>([
    [
      'another message',
      { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations: [{ op: 'add', value: {} }] },
      'schemas',
    ],
    ['no operations', patchOp(), 'Operations'],
    ['operations that are no array', { schemas: patchOp().schemas, Operations: {} }, 'Operations'],
    ['an operation without op', patchOp({ path: 'title' }), 'Operations.0.op'],
    ['an operation that is no object', patchOp('x' as never), 'Operations'],
    ['an operation that is null', patchOp(null as never), 'Operations'],
    ['a path that is no string', patchOp({ op: 'add', path: 7 }), 'Operations.0.path'],
  ])('a PatchOp with %s is 400, and changes nothing', async (_, body, detail) => {
    const { id } = await create(`refused ${detail} ${Math.random()}`);
    const response = await send({ method: 'PATCH', path: `/Users/${id}`, body });
    expect(response).toMatchObject({ status: 400, body: { scimType: 'invalidSyntax', detail: expect.stringContaining(detail) } });
    expect((await send({ path: `/Users/${id}` })).body.meta.version).toBe('W/"1"');
  });

  test('If-Match: the version that was read, any version, or 412', async () => {
    const { id } = await create('matched');
    const put = (ifMatch: string, title: string) =>
      send({ method: 'PUT', path: `/Users/${id}`, headers: { 'If-Match': ifMatch }, body: { schemas, userName: 'matched', title } });
    await expect(put('', 'a')).resolves.toMatchObject({ status: 412 });
    await expect(put('W/"7"', 'a')).resolves.toMatchObject({ status: 412, body: { status: '412' } });
    await expect(put('W/"7", W/"1"', 'b')).resolves.toMatchObject({ status: 200, headers: { ETag: 'W/"2"' } });
    await expect(put('*', 'c')).resolves.toMatchObject({ status: 200 });
    await expect(send({ method: 'DELETE', path: `/Users/${id}`, headers: { 'if-match': 'W/"1"' } })).resolves.toMatchObject({
      status: 412,
    });
  });
});

test('DELETE is 204 without a body, then 404', async () => {
  const { id } = await create('gone');
  await expect(send({ method: 'DELETE', path: `/Users/${id}` })).resolves.toMatchObject({ status: 204, body: undefined });
  await expect(send({ method: 'DELETE', path: `/Users/${id}` })).resolves.toMatchObject({ status: 404 });
});

test('a credential of another directory is 403, whatever let it through', async () => {
  const { id } = await create('mine');
  await expect(send({ path: `/Users/${id}`, credential: 'globex' })).resolves.toMatchObject({
    status: 403,
    body: { schemas: [ERROR], status: '403' },
  });
});
