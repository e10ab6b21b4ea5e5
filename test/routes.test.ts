import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { roleSchema } from '../lambdas/scim/schemas/role.ts';
import { type ApiResource, readApi } from '../lib/local/api.ts';
import { makeDirectory, type TestDirectory } from './support/directories.ts';
import { npmStart, type Started, temporaryFolder } from './support/npm-start.ts';
import { template } from './support/test-table.ts';

/*
 * What every method of every resource of the template answers, asked over HTTP of the running stack.
 */

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
type Method = (typeof METHODS)[number];

interface Row {
  readonly resource: string;
  /** A path of that resource in directory `D`; `ID` is a user's that exists. */
  readonly path: string;
  /** Status by method, with a body of `{}` where a method has one. What is not named is `others`. */
  readonly answers?: Partial<Record<Method, number>>;
  readonly others: number;
}

const BASE = '/{directory}/scim/v2';
const readOnly = { answers: { GET: 200 }, others: 405 };
const nobodys = { others: 404 };

const ROWS: readonly Row[] = [
  // The policy of a credential opens what lies below its directory, and no more.
  { resource: '/', path: '/', others: 403 },
  { resource: '/{directory}', path: '/D', others: 403 },
  { resource: '/{directory}', path: '/D/', ...nobodys },
  { resource: '/{directory}/{proxy+}', path: '/D/elsewhere', ...nobodys },
  { resource: '/{directory}/{proxy+}', path: '/D/scim/v1/Users', ...nobodys },
  // A base URL somewhere in a path is none, and no user is reached by it.
  { resource: '/{directory}/{proxy+}', path: '/D/nonsense/D/scim/v2/Users/ID', ...nobodys },
  { resource: '/{directory}/{proxy+}', path: '/D/x//D/scim/v2/Users', ...nobodys },
  { resource: `${BASE}/{type}/{id}/{proxy+}`, path: '/D/scim/v2/D/scim/v2/Users', ...nobodys },
  { resource: '/{directory}/scim', path: '/D/scim', ...nobodys },
  { resource: BASE, path: '/D/scim/v2', ...nobodys },
  { resource: `${BASE}/ServiceProviderConfig`, path: '/D/scim/v2/ServiceProviderConfig', ...readOnly },
  { resource: `${BASE}/ResourceTypes`, path: '/D/scim/v2/ResourceTypes', ...readOnly },
  { resource: `${BASE}/ResourceTypes/{id}`, path: '/D/scim/v2/ResourceTypes/User', ...readOnly },
  { resource: `${BASE}/ResourceTypes/{id}`, path: '/D/scim/v2/ResourceTypes/Nobody', answers: { GET: 404 }, others: 405 },
  { resource: `${BASE}/Schemas`, path: '/D/scim/v2/Schemas', ...readOnly },
  { resource: `${BASE}/Schemas/{id}`, path: '/D/scim/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:User', ...readOnly },
  { resource: `${BASE}/Me`, path: '/D/scim/v2/Me', others: 501 },
  { resource: `${BASE}/.search`, path: '/D/scim/v2/.search', answers: { POST: 501 }, others: 405 },
  { resource: `${BASE}/Bulk`, path: '/D/scim/v2/Bulk', answers: { POST: 501 }, others: 405 },
  { resource: `${BASE}/Users`, path: '/D/scim/v2/Users', answers: { GET: 200, POST: 400 }, others: 405 },
  { resource: `${BASE}/Users`, path: '/D/scim/v2/Users/', answers: { GET: 200, POST: 400 }, others: 405 },
  { resource: `${BASE}/Users/.search`, path: '/D/scim/v2/Users/.search', answers: { POST: 400 }, others: 405 },
  {
    resource: `${BASE}/Users/{id}`,
    path: '/D/scim/v2/Users/ID',
    answers: { GET: 200, PUT: 412, PATCH: 400, DELETE: 412 },
    others: 405,
  },
  {
    resource: `${BASE}/Users/{id}`,
    path: '/D/scim/v2/Users/nobody',
    answers: { GET: 404, PUT: 404, PATCH: 400, DELETE: 404 },
    others: 405,
  },
  { resource: `${BASE}/Users/{id}/{proxy+}`, path: '/D/scim/v2/Users/ID/name', ...nobodys },
  { resource: `${BASE}/Groups`, path: '/D/scim/v2/Groups', answers: { GET: 200, POST: 400 }, others: 405 },
  { resource: `${BASE}/Groups/.search`, path: '/D/scim/v2/Groups/.search', answers: { POST: 400 }, others: 405 },
  {
    resource: `${BASE}/Groups/{id}`,
    path: '/D/scim/v2/Groups/nobody',
    answers: { GET: 404, PUT: 404, PATCH: 400, DELETE: 404 },
    others: 405,
  },
  { resource: `${BASE}/Groups/{id}/{proxy+}`, path: '/D/scim/v2/Groups/1/2/3', ...nobodys },
  { resource: `${BASE}/{type}`, path: '/D/scim/v2/Roles', answers: { GET: 200, POST: 403 }, others: 405 },
  { resource: `${BASE}/{type}`, path: '/D/scim/v2/Licenses/', answers: { GET: 200, POST: 403 }, others: 405 },
  { resource: `${BASE}/{type}`, path: '/D/scim/v2/Nonsense', ...nobodys },
  { resource: `${BASE}/{type}/{id}`, path: '/D/scim/v2/Licenses/.search', answers: { POST: 400 }, others: 405 },
  {
    resource: `${BASE}/{type}/{id}`,
    path: '/D/scim/v2/Entitlements/nobody',
    answers: { GET: 404, PUT: 403, PATCH: 400, DELETE: 403 },
    others: 405,
  },
  { resource: `${BASE}/{type}/{id}`, path: '/D/scim/v2/Users%2F/1', ...nobodys },
  { resource: `${BASE}/{type}/{id}/{proxy+}`, path: '/D/scim/v2/Roles/1/2', ...nobodys },
];

let stack: Started;
let target: TestDirectory;
let other: TestDirectory;
let userId: string;
beforeAll(async () => {
  stack = await npmStart(temporaryFolder());
  target = await makeDirectory(stack.running, 'routes-one');
  other = await makeDirectory(stack.running, 'routes-other');
  const created = await send('POST', '/D/scim/v2/Users', {
    body: JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada@example.com' }),
  });
  userId = ((await created.json()) as { id: string }).id;
});
afterAll(async () => stack[Symbol.asyncDispose]());

const host = () => new URL(target.baseUrl).origin;

interface Options {
  readonly authorization?: string | null;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function send(method: string, path: string, { authorization = `Bearer ${target.token}`, body, headers }: Options = {}) {
  const concrete = path.replaceAll('/D', `/${target.directory}`).replace('ID', userId);
  const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
  return fetch(host() + concrete, {
    method,
    headers: {
      ...(authorization !== null && { Authorization: authorization }),
      ...(hasBody && { 'Content-Type': 'application/scim+json' }),
      ...headers,
    },
    ...(hasBody && { body: body ?? '{}' }),
  });
}

/** Every answer is a SCIM message that names its request, whatever answered it. */
async function requireScim(response: Response, method: string) {
  const text = await response.text();
  expect(response.headers.get('content-type')).toBe('application/scim+json');
  expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  if (method === 'HEAD') return expect(text).toBe('');
  const body = JSON.parse(text);
  expect(body.schemas).toEqual(expect.any(Array));
  if (response.status < 400) return;
  expect(body).toMatchObject({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(response.status),
    detail: expect.any(String),
  });
}

describe('every method of every resource', () => {
  test('is in the table', () => {
    const paths = ({ path, children }: ApiResource): string[] => [path, ...children.flatMap(paths)];
    const { root } = readApi(template());
    expect(new Set(ROWS.map(({ resource }) => resource))).toEqual(new Set(paths(root)));
  });

  test.each(ROWS)('$path', async ({ path, answers = {}, others }) => {
    for (const method of METHODS) {
      // The user stays, for the rows to come.
      const response = await send(method, path, { headers: { 'If-Match': 'W/"0"' } });
      expect([method, response.status]).toEqual([method, answers[method] ?? others]);
      const { GET, ...rest } = answers;
      const allowed = [...(GET === undefined ? [] : ['GET']), ...Object.keys(rest)];
      if (response.status === 405) expect(response.headers.get('allow')?.split(', ').sort()).toEqual(allowed.sort());
      await requireScim(response, method);
    }
  });

  test.each(ROWS)('$path without a credential is 401, with the one of another directory 403', async ({ path }) => {
    for (const method of METHODS) {
      for (const [authorization, status] of [
        [null, 401],
        ['non-token', 401],
        [`Bearer ${other.token}`, 403],
      ] as const) {
        const response = await send(method, path, { authorization });
        expect([method, authorization, response.status]).toEqual([method, authorization, status]);
        await requireScim(response, method);
      }
    }
  });
});

describe('slashes', () => {
  test.each([
    '/D/scim/v2/Users/',
    '/D/scim/v2//Users',
    '/D//scim/v2/Users',
    '/D/scim//v2///Users//',
    '/D/scim/v2/Users//ID',
    '/D/scim/v2//Users/ID/',
    '/D/scim/v2//Schemas',
    '/D/scim/v2//ServiceProviderConfig/',
  ])('%s is served as if none were too many, and no address is printed with it', async (path) => {
    const response = await send('GET', path);
    const text = await response.text();
    expect([path, response.status]).toEqual([path, 200]);
    expect(text).toContain(`${target.baseUrl}/`);
    expect(text.replaceAll(/https?:\/\//g, '')).not.toContain('//');
  });

  test('a user can be made, changed and removed by such paths', async () => {
    const body = JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'slashes@example.com' });
    const created = await send('POST', '/D/scim/v2//Users', { body });
    const { id } = (await created.json()) as { id: string };
    expect([created.status, created.headers.get('location')]).toEqual([201, `${target.baseUrl}/Users/${id}`]);
    const patch = JSON.stringify({ Operations: [{ op: 'add', path: 'title', value: 'Dr' }] });
    expect((await send('PATCH', `/D/scim/v2//Users/${id}`, { body: patch })).status).toBe(200);
    const search = JSON.stringify({ schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'] });
    expect((await send('POST', '/D/scim/v2/Users//.search', { body: search })).status).toBe(200);
    expect((await send('DELETE', `/D/scim/v2/Users/${id}//`)).status).toBe(204);
  });

  test('so can a role, with an application credential', async () => {
    const { directory, token, baseUrl } = await makeDirectory(stack.running, 'routes-application', ['application']);
    const base = `/${directory}/scim/v2`;
    const body = JSON.stringify({ schemas: [roleSchema.id], displayName: 'Pilot' });
    const authorization = `Bearer ${token}`;
    const created = await send('POST', `${base}//Roles`, { authorization, body });
    const { id } = (await created.json()) as { id: string };
    expect([created.status, created.headers.get('location')]).toEqual([201, `${baseUrl}/Roles/${id}`]);
    for (const path of ['Roles', `Roles/${id}`]) {
      const responses = [
        await send('GET', `${base}/${path}`, { authorization }),
        await send('GET', `${base}//${path}/`, { authorization }),
      ];
      expect(responses.map(({ status }) => status)).toEqual([200, 200]);
      const [one, other] = await Promise.all(responses.map((response) => response.text()));
      expect(other).toBe(one);
    }
    expect((await send('DELETE', `${base}/Roles/${id}//`, { authorization })).status).toBe(204);
  });

  test.each([
    ["a path that is nobody's", '/D/scim/v2//Nonsense/x', 404],
    ['a method that is not there', '/D/scim/v2//Users', 405],
    ['another directory', '/D2//scim/v2/Users', 403],
  ])('do not hide %s', async (_, path, status) => {
    const response = await send(status === 405 ? 'DELETE' : 'GET', path);
    expect(response.status).toBe(status);
    await requireScim(response, 'GET');
  });
});

describe('encodings', () => {
  test('a path parameter is decoded once; a malformed one is 404', async () => {
    const encoded = `%${userId.charCodeAt(0).toString(16)}${userId.slice(1)}`;
    expect((await send('GET', `/D/scim/v2/Users/${encoded}`)).status).toBe(200);
    expect((await send('GET', `/D/scim/v2/Users/${encoded.replace('%', '%25')}`)).status).toBe(404);
    expect((await send('GET', '/D/scim/v2/Users/%E0%A4%A')).status).toBe(404);
    expect((await send('GET', '/D/scim/v2//Users/%E0%A4%A')).status).toBe(404);
    expect((await send('GET', '/D/scim/v2/Roles/%E0%A4%A')).status).toBe(404);
    expect((await send('GET', '/D/scim/v2/%E0%A4%A')).status).toBe(404);
  });

  test.each([
    ['userName+eq+%22ada%40example.com%22', 1],
    ['userName%20eq%20%22ada@example.com%22', 1],
    ['userName%2520eq%2520%2522ada%2540example.com%2522', 1],
    ['userName%20eq%20%22nobody%22&filter=userName%20eq%20%22ada@example.com%22', 1],
    ['userName%20eq%20%22ada%2540example.com%22', 0],
  ])('?filter=%s finds %p', async (filter, totalResults) => {
    const response = await send('GET', `/D/scim/v2/Users?filter=${filter}`);
    expect(await response.json()).toMatchObject({ totalResults });
  });

  test.each(['authorization', 'AUTHORIZATION', 'Authorization'])('the header %s counts in any letter case', async (name) => {
    const response = await send('GET', '/D/scim/v2/Users', { authorization: null, headers: { [name]: `Bearer ${target.token}` } });
    expect(response.status).toBe(200);
  });
});

test('addresses are those of the Host header that the client used', async () => {
  const url = new URL(target.baseUrl);
  const response = await send('GET', '/D/scim/v2/Users/ID');
  expect(((await response.json()) as { meta: { location: string } }).meta.location).toBe(
    `${url.origin}/${target.directory}/scim/v2/Users/${userId}`,
  );
  const local = await fetch(`http://localhost:${url.port}/${target.directory}/scim/v2/Users/${userId}`, {
    headers: { Authorization: `Bearer ${target.token}` },
  });
  expect(local.headers.get('location')).toBe(`http://localhost:${url.port}/${target.directory}/scim/v2/Users/${userId}`);
});

describe('with the credential of another directory', () => {
  const asOther = () => ({ authorization: `Bearer ${other.token}` });

  test('a user of the same name is another user, before and after the credential is remembered', async () => {
    const body = JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada@example.com' });
    const url = `${other.baseUrl}/Users`.slice(host().length);
    const created = await send('POST', url, { ...asOther(), body });
    const { id } = (await created.json()) as { id: string };
    expect([created.status, id === userId]).toEqual([201, false]);
    for (const [path, status] of [
      [`${url}/ID`, 404],
      ['/D/scim/v2/Users/ID', 403],
      [`${url}/${id}`, 200],
      ['/D/scim/v2/Users/ID', 403],
    ] as const)
      expect([path, (await send('GET', path, asOther())).status]).toEqual([path, status]);
    const found = await send('GET', `${url}?filter=userName%20eq%20%22ADA@example.com%22`, asOther());
    expect(await found.json()).toMatchObject({ totalResults: 1, Resources: [{ id }] });
  });

  test.each([
    ['dots', '/routes-other/../routes-one/scim/v2/Users'],
    ['encoded dots', '/routes-other/%2e%2e/routes-one/scim/v2/Users'],
    ['an encoded slash', '/routes-other%2F..%2Froutes-one/scim/v2/Users'],
    ['an encoded name', '/%72outes-one/scim/v2/Users'],
    ['a name in capitals', '/ROUTES-ONE/scim/v2/Users'],
  ])('%s in a path lead nowhere', async (_, path) => {
    // What `fetch` would put right is sent as it is.
    const { hostname, port } = new URL(host());
    const asked = request({ hostname, port, path, headers: { Authorization: asOther().authorization } }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.resume();
    expect([403, 404]).toContain(response.statusCode);
  });

  test('Basic with the name of one and the token of the other is 401', async () => {
    const authorization = `Basic ${Buffer.from(`${target.directory}:${other.token}`).toString('base64')}`;
    expect((await send('GET', '/D/scim/v2/Users', { authorization })).status).toBe(401);
  });
});

test('each directory has the settings with which it was created: one whose groups have names of their own, beside one whose need not', async () => {
  const unique = await makeDirectory(stack.running, 'routes-unique', ['provision'], { uniqueGroupNames: true });
  const post = async ({ token, baseUrl }: TestDirectory, displayName: string) => {
    const body = JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName });
    const response = await send('POST', `${baseUrl}/Groups`.slice(host().length), { authorization: `Bearer ${token}`, body });
    return { status: response.status, body: await response.json() };
  };
  for (const one of [target, unique]) expect((await post(one, 'Engineering')).status).toBe(201);
  const taken = { status: 409, body: { scimType: 'uniqueness', detail: 'displayName is already in use' } };
  expect(await post(unique, 'ENGINEERING')).toMatchObject(taken);
  expect((await post(target, 'ENGINEERING')).status).toBe(201);
});
