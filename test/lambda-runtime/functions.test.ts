import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { listen } from '../../lib/local/listen.ts';
import { MAX_RESPONSE_BYTES } from '../../lib/local/payload-limits.ts';
import { eventOf } from '../support/events.ts';
import { functionOfSample, sampleEvent, sampleNames } from '../support/sam.ts';
import { type Answer, answerIn, type Deployment, deploy, logged } from './deployment.ts';
import type { Environment } from './environment.ts';
import type { LogLine } from './log.ts';

const ERROR = ['urn:ietf:params:scim:api:messages:2.0:Error'];

let deployment: Deployment;
beforeAll(async () => {
  deployment = await deploy();
});
afterAll(async () => deployment[Symbol.asyncDispose]());

const ask = async (environment: Environment, event: unknown): Promise<Answer> => answerIn(await environment.invoke(event));

describe('the events in test/events/ are answered', () => {
  const BASE = 'https://abcdefghij.execute-api.us-east-1.amazonaws.com/prod/acme/scim/v2';
  const listOf = (totalResults: number, ...Resources: object[]) => ({
    totalResults,
    Resources: Resources.map((it) => expect.objectContaining(it)),
  });
  const grace = { userName: 'grace.hopper@acme.example' };

  /** In the order in which they are sent. */
  const EXPECTED: Readonly<Record<string, Partial<Answer>>> = {
    'users-list': { status: 200, body: listOf(1, grace) },
    'users-find': { status: 200, body: listOf(1, grace) },
    'users-create': {
      status: 201,
      headers: { Location: expect.stringMatching(`^${BASE}/Users/`), ETag: expect.any(String) },
      body: { userName: 'ada.lovelace@acme.example', active: true },
    },
    'users-patch': { status: 404, body: { schemas: ERROR, status: '404' } },
    'groups-create': { status: 201, headers: { Location: expect.stringMatching(`^${BASE}/Groups/`) }, body: { displayName: 'Compilers' } },
    'groups-list': { status: 200, body: listOf(1, { displayName: 'Compilers' }) },
    'roles-list': { status: 200, body: { totalResults: 2 } },
    'roles-patch': { status: 200, body: { id: 'role-auditor', description: 'May see everything' } },
    'discovery-service-provider-config': {
      status: 200,
      body: { patch: { supported: true }, meta: { location: `${BASE}/ServiceProviderConfig` } },
    },
    'discovery-schemas': { status: 200, body: { Resources: expect.arrayContaining([expect.objectContaining({ name: 'User' })]) } },
    'discovery-resource-types': {
      status: 200,
      body: { Resources: expect.arrayContaining([expect.objectContaining({ endpoint: '/Users' })]) },
    },
    'bulk-not-found': { status: 404, body: { schemas: ERROR, status: '404' } },
    'bulk-slash-too-many': { status: 200, body: { totalResults: 2 } },
    'bulk-not-built': { status: 501, body: { schemas: ERROR, status: '501' } },
  };

  test('each of them is sent', () => {
    const functions = sampleNames.filter((name) => !name.startsWith('authorizer-'));
    expect(Object.keys(EXPECTED).sort()).toEqual([...functions].sort());
  });

  test('with status, headers and body that the service promises, and a line of the log for each', async () => {
    const environments = new Map<string, Environment>();
    for (const [name, expected] of Object.entries(EXPECTED)) {
      const logicalId = functionOfSample(name);
      const environment = environments.get(logicalId) ?? (await deployment.start(logicalId));
      environments.set(logicalId, environment);
      const event = sampleEvent(name);
      const answer = await ask(environment, event);
      expect({ name, ...answer }).toMatchObject({ name, ...expected });
      expect(answer.headers).toMatchObject({ 'X-Request-Id': event.requestContext.requestId, 'Content-Type': 'application/scim+json' });
      // The line itself, and not what Lambda's console would make of it: of no other does CloudWatch make metrics.
      const isOfRequest = ({ text }: LogLine) => text.includes(event.requestContext.requestId);
      const line = (await environment.log.until((lines) => lines.some(isOfRequest))).find(isOfRequest);
      expect(line?.from).toBe('stdout');
      expect(JSON.parse(line?.text ?? '')).toMatchObject({
        level: 'INFO',
        directory: 'acme',
        method: event.httpMethod,
        route: event.resource,
        status: expected.status,
        requestId: event.requestContext.requestId,
        userAgent: event.requestContext.identity.userAgent,
        Stack: 'Rollcall',
        _aws: { CloudWatchMetrics: [{ Namespace: 'Rollcall', Dimensions: [['Stack']] }] },
      });
    }
  });
});

describe('what is wrong with a request', () => {
  const withBody = (body: string | null, isBase64Encoded = false): APIGatewayProxyEvent => ({
    ...sampleEvent('users-create'),
    body,
    isBase64Encoded,
  });
  let users: Environment;
  beforeAll(async () => {
    users = await deployment.start('UsersFunction');
  });

  test.each([
    {
      what: 'a body that is no JSON',
      event: withBody('{"userName":'),
      expected: { status: 400, body: { schemas: ERROR, scimType: 'invalidSyntax' } },
    },
    { what: 'no body', event: withBody(null), expected: { status: 400, body: { schemas: ERROR, scimType: 'invalidSyntax' } } },
    {
      what: 'a body that is no object',
      event: withBody('[]'),
      expected: { status: 400, body: { schemas: ERROR, scimType: 'invalidSyntax' } },
    },
    {
      what: 'a value of another type',
      event: withBody('{"userName":7}'),
      expected: { status: 400, body: { schemas: ERROR, scimType: 'invalidValue' } },
    },
    {
      what: 'a filter that is none',
      event: eventOf({ path: '/Users?filter=userName' }),
      expected: { status: 400, body: { scimType: 'invalidFilter' } },
    },
    { what: 'a method that is not there', event: eventOf({ method: 'PUT', path: '/Users' }), expected: { status: 405 } },
    { what: "another directory's path", event: eventOf({ path: '/Users', credential: 'globex' }), expected: { status: 403 } },
  ])('$what is a SCIM error', async ({ event, expected }) => {
    await expect(ask(users, event)).resolves.toMatchObject(expected);
  });

  test('an event that is not of API Gateway is an error of the function, and the next is served', async () => {
    await expect(users.invoke({ not: 'an event' })).resolves.toMatchObject({ errorType: 'TypeError' });
    await expect(ask(users, sampleEvent('users-list'))).resolves.toMatchObject({ status: 200 });
  });
});

test("a page that would outgrow Lambda's limit for answers ends sooner, and the next goes on", async () => {
  const users = await deployment.start('UsersFunction');
  const LENGTH = 350_000;
  const COUNT = 20;
  for (let i = 0; i < COUNT; i++) {
    const body = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: `large-${i}`, nickName: 'x'.repeat(LENGTH) };
    expect(await ask(users, eventOf({ method: 'POST', path: '/Users', directory: 'massive', body }))).toMatchObject({ status: 201 });
  }
  const page = async (startIndex: number) => {
    const { status, body } = await ask(users, eventOf({ path: `/Users?startIndex=${startIndex}`, directory: 'massive' }));
    expect(status).toBe(200);
    return body as { totalResults: number; itemsPerPage: number; Resources: unknown[] };
  };
  const first = await page(1);
  expect(first.Resources.length).toBeLessThan(MAX_RESPONSE_BYTES / LENGTH);
  const second = await page(1 + first.Resources.length);
  expect([first.totalResults, first.Resources.length + second.Resources.length]).toEqual([COUNT, COUNT]);
});

describe('the authorizer', () => {
  const withToken = (name: string, token: string) => {
    const event = sampleEvent(name);
    const value = name === 'authorizer-basic' ? `Basic ${Buffer.from(`acme:${token}`).toString('base64')}` : `Bearer ${token}`;
    const headers = { ...event.headers, Authorization: value };
    return { ...event, headers, multiValueHeaders: { ...event.multiValueHeaders, Authorization: [value] } };
  };
  let authorizer: Environment;
  beforeAll(async () => {
    authorizer = await deployment.start('AuthorizerFunction');
  });

  test.each(['authorizer-bearer', 'authorizer-basic'])('%s: opens the directory of a token that it knows', async (name) => {
    const outcome = await authorizer.invoke(withToken(name, deployment.token));
    expect(outcome).toMatchObject({
      result: {
        policyDocument: {
          Statement: [{ Effect: 'Allow', Resource: expect.arrayContaining([expect.stringMatching(/\/prod\/GET\/acme\/\*$/)]) }],
        },
        context: { directory: 'acme', scopes: 'provision' },
      },
    });
  });

  test.each(['authorizer-bearer', 'authorizer-basic'])(
    '%s: any other token is `Unauthorized`, which API Gateway makes 401 of',
    async (name) => {
      await expect(authorizer.invoke(sampleEvent(name))).resolves.toEqual({ errorType: 'Error', errorMessage: 'Unauthorized' });
    },
  );

  test('nothing of a credential is logged', async () => {
    await authorizer[Symbol.asyncDispose]();
    const given = ['authorizer-bearer', 'authorizer-basic'].flatMap((name) => [sampleEvent(name), withToken(name, deployment.token)]);
    const credentials = given.map(({ headers }) => headers.Authorization?.split(' ')[1] ?? '');
    // A token, its secret part, and what Basic makes of the pair.
    const secrets = credentials.flatMap((credential) => [credential, credential.split('.')[2] ?? credential]);
    const told = ['rc.acme.', 'Bearer', 'Basic', ...secrets];
    expect(authorizer.log.lines().filter(({ text }) => told.some((secret) => text.includes(secret)))).toEqual([]);
  });
});

describe('what fails around a function', () => {
  test('a table that is not there is an opaque 500 that names its request, and is in the log with its reason', async () => {
    const users = await deployment.start('UsersFunction', { variables: { TABLE_NAME: 'nowhere' } });
    const event = sampleEvent('users-list');
    const { requestId } = event.requestContext;
    await expect(ask(users, event)).resolves.toMatchObject({
      status: 500,
      headers: { 'X-Request-Id': requestId },
      body: { schemas: ERROR, status: '500', detail: `Internal server error (request ${requestId})` },
    });
    const lines = await users.log.until((all) => all.some(({ text }) => text.includes('"level":"ERROR"')));
    expect(lines.filter(({ from }) => from === 'console').map(logged)).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        requestId,
        name: 'ResourceNotFoundException',
        stack: expect.stringContaining('index.mjs'),
      }),
    );
  });

  test('a database that does not answer is 503 before the time is over', async () => {
    const silent = createServer(() => {});
    const endpoint = `http://127.0.0.1:${await listen(silent)}`;
    try {
      const users = await deployment.start('UsersFunction', { variables: { AWS_ENDPOINT_URL_DYNAMODB: endpoint }, timeoutMs: 6_000 });
      const answer = await ask(users, sampleEvent('users-list'));
      expect(answer).toMatchObject({
        status: 503,
        headers: { 'Retry-After': expect.any(String) },
        body: { schemas: ERROR, status: '503' },
      });
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });

  test('an environment that takes longer than it may is killed', async () => {
    const users = await deployment.start('UsersFunction', { timeoutMs: 1_000 });
    await users.ready;
    process.kill(users.pid, 'SIGSTOP');
    await expect(users.invoke(sampleEvent('users-list'))).resolves.toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/^RequestId: .* Task timed out after 1 seconds$/),
    });
    await expect(users.ended).resolves.toEqual({ code: null, signal: 'SIGKILL' });
  });

  test.each(['UsersFunction', 'GroupsFunction', 'EntitlementsFunction', 'BulkFunction'])(
    '%s without the name of its table says so when it starts, and ends',
    async (logicalId) => {
      const environment = await deployment.start(logicalId, { without: ['TABLE_NAME'] });
      const outcome = await environment.invoke(sampleEvent('users-list'));
      expect(outcome).toMatchObject({ errorMessage: expect.stringContaining('TABLE_NAME') });
      expect(environment.initError()).toEqual(outcome);
      const { code } = await environment.ended;
      expect(code).not.toBe(0);
      expect(environment.log.lines().find(({ text }) => text.includes('"level":"ERROR"'))?.text).toContain('TABLE_NAME');
    },
  );

  test('an authorizer that is told no time to remember secrets for says so when it starts, and ends', async () => {
    const environment = await deployment.start('AuthorizerFunction', { variables: { SECRET_CACHE_SECONDS: 'x' } });
    const outcome = await environment.invoke(sampleEvent('authorizer-bearer'));
    expect(outcome).toMatchObject({ errorMessage: expect.stringContaining('SECRET_CACHE_SECONDS') });
    expect(environment.initError()).toEqual(outcome);
    await environment.ended;
    expect(environment.log.lines().find(({ text }) => text.includes('"level":"ERROR"'))?.text).toContain('SECRET_CACHE_SECONDS');
  });

  test('a profile that the variables name changes nothing', async () => {
    const users = await deployment.start('UsersFunction', { variables: { AWS_PROFILE: 'another' } });
    await expect(ask(users, sampleEvent('users-list'))).resolves.toMatchObject({ status: 200 });
  });
});
