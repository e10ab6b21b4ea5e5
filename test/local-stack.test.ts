import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from './support/free-port.ts';
import { npmStart, type Started, temporaryFolder } from './support/npm-start.ts';
import { bearer, leftovers, list } from './support/users-of-stack.ts';

describe('npm start', () => {
  const folder = temporaryFolder();
  let stack: Started;
  let ports: { readonly dynamodb: number; readonly secretsManager: number };
  beforeAll(async () => {
    ports = { dynamodb: await freePort(), secretsManager: await freePort() };
    const { dynamodb, secretsManager } = ports;
    stack = await npmStart(folder, {}, ['--dynamodb-port', String(dynamodb), '--secrets-manager-port', String(secretsManager)]);
  });
  afterAll(async () => stack[Symbol.asyncDispose]());

  test('prints one line of JSON and nothing else', () => {
    expect(JSON.parse(stack.output())).toEqual({
      baseUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/acme\/scim\/v2$/),
      directory: 'acme',
      token: expect.stringMatching(/^rc\.acme\./),
      applicationToken: expect.stringMatching(/^rc\.acme\./),
    });
  });

  test('has its DynamoDB and its Secrets Manager at the ports that were chosen', () => {
    const { dynamodb, secretsManager } = stack.running;
    expect([dynamodb, secretsManager]).toEqual([`http://127.0.0.1:${ports.dynamodb}`, `http://127.0.0.1:${ports.secretsManager}`]);
  });

  test('has one complete enterprise user, whom both tokens may read', async () => {
    for (const token of [stack.token, stack.applicationToken]) {
      const { totalResults, Resources } = await list(stack, '', token);
      expect(totalResults).toBe(1);
      expect(Resources[0]).toMatchObject({
        userName: expect.any(String),
        'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { employeeNumber: expect.any(String), manager: expect.any(Object) },
      });
    }
  });

  test('keeps its tokens where only the operator can read them, and nowhere else', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => statSync(join(folder, file)).isFile());
    const holding = files.filter((file) => readFileSync(join(folder, file)).includes(stack.token));
    expect(holding).toEqual(['operator.json']);
    expect(statSync(join(folder, 'operator.json')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  test('a second copy on the same data is refused', async () => {
    const { status, stdout, stderr } = spawnSync('npm', ['start', '--silent', '--', '--port', '0', '--data', folder], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/^rollcall: the data folder .* is in use by another rollcall/)]);
  });

  test('shows Okta a page of each of its types of roles and entitlements at once', async () => {
    const get = async (path: string) => {
      const response = await fetch(stack.baseUrl + path, { headers: bearer(stack.token) });
      return { status: response.status, body: (await response.json()) as { Resources: { schema: string; endpoint: string }[] } };
    };
    const { Resources } = (await get('/ResourceTypes')).body;
    const shown = Resources.filter(({ schema }) => /^urn:okta:scim:schemas:core:1\.0:(Role|Entitlement)$/.test(schema));
    expect(shown.length).toBeGreaterThanOrEqual(3);
    for (const { schema, endpoint } of shown) {
      const totalResults = schema.endsWith('Role') ? 2 : 3;
      expect([endpoint, await get(`${endpoint}?count=1&startIndex=1`)]).toMatchObject([
        endpoint,
        { status: 200, body: { totalResults, startIndex: 1, itemsPerPage: 1, Resources: [{ schemas: expect.arrayContaining([schema]) }] } },
      ]);
    }
  });

  test("discovery and a path that is nobody's are answered by the template's own routes", async () => {
    const get = (path: string) => fetch(stack.baseUrl + path, { headers: bearer(stack.token) });
    expect((await get('/ServiceProviderConfig')).status).toBe(200);
    const unknown = await fetch(new URL('/', stack.baseUrl), { headers: bearer(stack.token) });
    expect(unknown.status).toBe(403);
    expect(unknown.headers.get('content-type')).toBe('application/scim+json');
    expect((await get('/Me')).status).toBe(501);
  });
});

test('DYNAMODB_ENDPOINT uses an emulator that is running already, without Java, and leaves it running', async () => {
  const endpoint = process.env.TEST_DYNAMODB_ENDPOINT ?? '';
  const folder = temporaryFolder();
  {
    await using stack = await npmStart(folder, { DYNAMODB_ENDPOINT: endpoint });
    expect(stack.running.dynamodb).toBe(endpoint);
    expect(leftovers(folder)).toEqual([]);
    expect((await list(stack)).totalResults).toBe(1);
  }
  expect((await fetch(endpoint)).status).toBe(400);
});
