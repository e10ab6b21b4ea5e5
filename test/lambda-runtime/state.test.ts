import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readApi } from '../../lib/local/api.ts';
import { createGateway } from '../../lib/local/gateway.ts';
import { listen } from '../../lib/local/listen.ts';
import { makeDirectory, type TestDirectory } from '../support/directories.ts';
import { eventOf, type TestRequest } from '../support/events.ts';
import { template } from '../support/test-table.ts';
import { type Answer, answerIn, type Deployment, deploy, logged } from './deployment.ts';
import type { Environment } from './environment.ts';

const USER = ['urn:ietf:params:scim:schemas:core:2.0:User'];

let deployment: Deployment;
beforeAll(async () => {
  deployment = await deploy();
});
afterAll(async () => deployment[Symbol.asyncDispose]());

const ask = async (environment: Environment, request: TestRequest): Promise<Answer> => answerIn(await environment.invoke(eventOf(request)));
const createUser = (directory: string, userName: string) => ({
  method: 'POST',
  path: '/Users',
  directory,
  body: { schemas: USER, userName },
});

describe('200 invocations in one environment', () => {
  const DIRECTORIES = ['globex', 'initech', 'umbrella', 'hooli'];
  const ROUNDS = 10;
  /** An attribute that nobody knows, in each of the 80 bodies: an environment that kept them all would outgrow its heap. */
  const BALLAST = 'x'.repeat(1_000_000);
  const HEAP_MB = 64;

  test('leave nothing of one request, or one directory, in another', async () => {
    const users = await deployment.start('UsersFunction', { variables: { NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}` } });
    const sent: { readonly directory: string; readonly status: number; readonly method: string }[] = [];
    const send = async (request: TestRequest & { readonly directory: string }) => {
      const answer = await ask(users, request);
      sent.push({ directory: request.directory, status: answer.status, method: request.method ?? 'GET' });
      return answer;
    };
    const heavy = <T extends { readonly body: object }>(request: T) => ({ ...request, body: { ...request.body, ballast: BALLAST } });
    /** The same in every directory, but for who asks: only state that is shared could tell them apart wrongly. */
    const ids = new Map<string, string[]>(DIRECTORIES.map((name) => [name, []]));
    for (let round = 1; round <= ROUNDS; round++) {
      for (const [i, directory] of DIRECTORIES.entries()) {
        const own = ids.get(directory) ?? [];
        const created = await send(heavy(createUser(directory, `user-${round}`)));
        expect(created).toMatchObject({
          status: 201,
          body: { meta: { location: expect.stringContaining(`/${directory}/scim/v2/Users/`) } },
        });
        own.push((created.body as { id: string }).id);

        const other = ids.get(DIRECTORIES[(i + 1) % DIRECTORIES.length] ?? '')?.at(-1) ?? 'nobody';
        expect(await send({ path: `/Users/${other}`, directory })).toMatchObject({ status: 404 });

        const narrow = await send({ path: '/Users?attributes=userName&sortBy=userName&sortOrder=descending&count=3', directory });
        expect(narrow).toMatchObject({ status: 200, body: { totalResults: round } });
        expect(own).toEqual(expect.arrayContaining((narrow.body as { Resources: { id: string }[] }).Resources.map(({ id }) => id)));

        const whole = await send({ path: `/Users?filter=userName eq "user-${round}"`, directory });
        expect(whole).toMatchObject({
          status: 200,
          body: { Resources: [{ id: own.at(-1), active: expect.anything(), meta: { version: expect.any(String) } }] },
        });

        expect(await send({ ...createUser(directory, 'x'), body: `{"ballast":"${BALLAST}","userName":` })).toMatchObject({ status: 400 });
      }
    }
    expect(sent).toHaveLength(200);

    const lines = await users.log.until(({ length }) => length >= sent.length);
    expect(lines.map(logged).map(({ directory, status, method }) => ({ directory, status, method }))).toEqual(sent);
    expect(lines.filter(({ text }) => text.includes('xxxx') || text.includes('user-1'))).toEqual([]);
  }, 120_000);
});

test('two environments of one function give a name to one user', async () => {
  const environments = await Promise.all([deployment.start('UsersFunction'), deployment.start('UsersFunction')]);
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) => ask(environments[i % 2] as Environment, createUser('stark', 'tony'))),
  );
  const statuses = answers.map(({ status }) => status).sort();
  expect(statuses).toEqual([201, ...Array(11).fill(409)]);
});

describe('behind API Gateway', () => {
  const environments = new Map<string, Promise<Environment>>();
  const functionOf = (logicalId: string) => {
    const found = environments.get(logicalId) ?? deployment.start(logicalId);
    environments.set(logicalId, found);
    return found;
  };
  const server = createGateway(
    Promise.resolve({ api: readApi(template()), invoke: async (logicalId, event) => (await functionOf(logicalId)).invoke(event) }),
  );
  let own: TestDirectory;
  let other: TestDirectory;
  beforeAll(async () => {
    const address = `http://127.0.0.1:${await listen(server)}`;
    const running = { ...deployment.running, baseUrl: `${address}/acme/scim/v2` };
    own = await makeDirectory(running, 'wayne');
    other = await makeDirectory(running, 'oscorp');
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const send = async (path: string, token: string, init: RequestInit = {}) => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/scim+json' };
    const response = await fetch(`${own.baseUrl}${path}`, { ...init, headers });
    return { status: response.status, type: response.headers.get('content-type'), body: await response.json() };
  };

  test('a token opens its own directory, and no other', async () => {
    const created = await send('/Users', own.token, { method: 'POST', body: JSON.stringify({ schemas: USER, userName: 'bruce' }) });
    expect(created).toMatchObject({
      status: 201,
      body: { userName: 'bruce', meta: { location: expect.stringContaining(`${own.baseUrl}/Users/`) } },
    });
    expect(await send('/Users', own.token)).toMatchObject({ status: 200, body: { totalResults: 1 } });
    expect(await send('/Users', other.token)).toMatchObject({ status: 403, type: 'application/scim+json' });
    expect(await send('/Users', `${own.token.slice(0, -1)}!`)).toMatchObject({ status: 401, type: 'application/scim+json' });
  });

  test('an environment that is killed is a SCIM error of the gateway, and another one serves the next', async () => {
    const groups = await functionOf('GroupsFunction');
    await groups.ready;
    process.kill(groups.pid, 'SIGKILL');
    await groups.ended;
    expect(await send('/Groups', own.token)).toMatchObject({
      status: 502,
      type: 'application/scim+json',
      body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'] },
    });
    environments.delete('GroupsFunction');
    expect(await send('/Groups', own.token)).toMatchObject({ status: 200, body: { totalResults: 0 } });
  });
});
