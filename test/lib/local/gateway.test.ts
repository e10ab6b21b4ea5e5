import type { Server } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { type Api, readApi } from '../../../lib/local/api.ts';
import type { Invoke } from '../../../lib/local/functions.ts';
import { createGateway } from '../../../lib/local/gateway.ts';
import { listen } from '../../../lib/local/listen.ts';
import { template } from '../../support/test-table.ts';

/** What functions are given and answer in these tests: the gateway is looked at, not they. */
type Answers = Readonly<Record<string, (event: Record<string, unknown>) => unknown>>;

const allow = (event: Record<string, unknown>) => ({
  principalId: 'p',
  policyDocument: {
    Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: String(event.methodArn).replace(/acme.*/, 'acme/*') }],
  },
  context: { directory: 'acme', number: 1 },
});

let server: Server;
const calls: string[] = [];
async function gateway(answers: Answers, { binaryMediaTypes = [], timeoutMs }: Partial<Api & { timeoutMs: number }> = {}): Promise<string> {
  calls.length = 0;
  const invoke: Invoke = async (functionId, event) => {
    calls.push(functionId);
    const answer = { AuthorizerFunction: allow, ...answers }[functionId];
    if (!answer) return { errorType: 'Error', errorMessage: 'no such function in this test' };
    const result = await answer(event as Record<string, unknown>);
    return result instanceof Error ? { errorType: 'Error', errorMessage: result.message } : { result };
  };
  server = createGateway(Promise.resolve({ api: { ...readApi(template()), binaryMediaTypes }, invoke }), timeoutMs);
  return `http://127.0.0.1:${await listen(server)}`;
}
afterEach(async () => {
  jest.useRealTimers();
  server.closeAllConnections();
  server.close();
});

const headers = { Authorization: 'Bearer t' };
const echo = (event: Record<string, unknown>) => ({ statusCode: 200, body: JSON.stringify(event) });

describe('the event of a function', () => {
  test('has path and path parameters as they were sent, and query values decoded once', async () => {
    const url = await gateway({ UsersFunction: echo });
    const response = await fetch(`${url}/acme/scim/v2/Users/a%2Fb?filter=a+b%2520c&x=1&x=2`, { headers: { ...headers, 'X-Twice': 'a' } });
    expect(await response.json()).toMatchObject({
      resource: '/{directory}/scim/v2/Users/{id}',
      path: '/acme/scim/v2/Users/a%2Fb',
      httpMethod: 'GET',
      pathParameters: { directory: 'acme', id: 'a%2Fb' },
      queryStringParameters: { filter: 'a b%20c', x: '2' },
      multiValueQueryStringParameters: { filter: ['a b%20c'], x: ['1', '2'] },
      headers: { 'X-Twice': 'a', 'X-Forwarded-Proto': 'http' },
      body: null,
      isBase64Encoded: false,
      requestContext: {
        stage: 'prod',
        path: '/acme/scim/v2/Users/a%2Fb',
        authorizer: { principalId: 'p', directory: 'acme', number: '1' },
      },
    });
  });

  test('has the body as text', async () => {
    const url = await gateway({ UsersFunction: echo });
    const response = await fetch(`${url}/acme/scim/v2/Users`, { method: 'POST', headers, body: '{"é":1}' });
    expect(await response.json()).toMatchObject({ body: '{"é":1}', isBase64Encoded: false });
  });

  test.each([
    { name: 'its type is declared binary', binaryMediaTypes: ['application/octet-stream'], type: 'application/octet-stream;x=1' },
    { name: 'every type is', binaryMediaTypes: ['*/*'], type: 'application/scim+json' },
  ])('has the body in base64 where $name, byte by byte', async ({ binaryMediaTypes, type }) => {
    const url = await gateway({ UsersFunction: echo }, { binaryMediaTypes });
    const body = Buffer.from([0, 255, 128, 13]);
    const response = await fetch(`${url}/acme/scim/v2/Users`, { method: 'POST', headers: { ...headers, 'Content-Type': type }, body });
    expect(await response.json()).toMatchObject({ body: body.toString('base64'), isBase64Encoded: true });
  });

  test('has repeated headers and parameters as lists too, and of each the last where it has room for one', async () => {
    const url = await gateway({ UsersFunction: echo });
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.end(
      `GET /acme/scim/v2/Users?a=1&a=2 HTTP/1.1\r\nHost: here\r\nAuthorization: t\r\nX-A: 1\r\nx-a: 2\r\nX-A: 3\r\nConnection: close\r\n\r\n`,
    );
    const [, json = ''] = (await text(socket)).split('\r\n\r\n');
    expect(JSON.parse(json.slice(json.indexOf('{'), json.lastIndexOf('}') + 1))).toMatchObject({
      queryStringParameters: { a: '2' },
      multiValueQueryStringParameters: { a: ['1', '2'] },
      headers: { 'X-A': '3', 'x-a': '2' },
      multiValueHeaders: { 'X-A': ['1', '3'], 'x-a': ['2'] },
    });
  });

  test.each([
    ['example.com:8080', 'example.com:8080'],
    ['[::1]:3000', '[::1]:3000'],
    ['', 'localhost'],
    ['example.com/acme/scim/v2', 'localhost'],
    ['a@b', 'localhost'],
  ])('names the host %p as %p', async (host, domainName) => {
    const url = await gateway({ UsersFunction: echo });
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.end(`GET /acme/scim/v2/Users HTTP/1.1\r\nHost: ${host}\r\nAuthorization: t\r\nConnection: close\r\n\r\n`);
    expect(await text(socket)).toContain(`"domainName":"${domainName}"`);
  });

  test('comes with 60 KB of headers', async () => {
    const url = await gateway({ UsersFunction: echo });
    const long = 'x'.repeat(60_000);
    const response = await fetch(`${url}/acme/scim/v2/Users`, { headers: { ...headers, 'X-Long': long } });
    expect(await response.json()).toMatchObject({ headers: { 'X-Long': long } });
  });
});

describe('authorization', () => {
  test('without the header, 401 and no function is asked', async () => {
    const url = await gateway({ UsersFunction: echo });
    const response = await fetch(`${url}/acme/scim/v2/Users`);
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/scim+json');
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({ status: '401' });
    expect(calls).toEqual([]);
  });

  test.each([
    ['Unauthorized', new Error('Unauthorized'), 401],
    ['another error', new Error('boom'), 500],
    ['no policy', { hello: 1 }, 500],
  ])('%s', async (_, answer, status) => {
    const url = await gateway({ AuthorizerFunction: () => answer, UsersFunction: echo });
    const response = await fetch(`${url}/acme/scim/v2/Users`, { headers });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ status: String(status) });
  });

  test('the answer is remembered by credential, and its policy is held against each request', async () => {
    const url = await gateway({ UsersFunction: echo });
    for (const [path, status] of [
      ['/acme/scim/v2/Users', 200],
      ['/acme/scim/v2/Users/1', 200],
      ['/globex/scim/v2/Users', 403],
    ] as const) {
      expect([path, (await fetch(url + path, { headers })).status]).toEqual([path, status]);
    }
    expect(calls.filter((name) => name === 'AuthorizerFunction')).toHaveLength(1);
    await fetch(`${url}/acme/scim/v2/Users`, { headers: { Authorization: 'Bearer other' } });
    expect(calls.filter((name) => name === 'AuthorizerFunction')).toHaveLength(2);
  });
});

describe('answers of a function', () => {
  test('are passed on with their headers; those that API Gateway keeps for itself are renamed', async () => {
    const answer = {
      statusCode: 201,
      headers: { ETag: 'W/"1"', 'WWW-Authenticate': 'Bearer' },
      multiValueHeaders: { Vary: ['a', 'b'] },
      body: 'x',
    };
    const url = await gateway({ UsersFunction: () => answer });
    const response = await fetch(`${url}/acme/scim/v2/Users`, { headers });
    expect(response.status).toBe(201);
    expect(response.headers.get('etag')).toBe('W/"1"');
    expect(response.headers.get('vary')).toBe('a, b');
    expect(response.headers.get('www-authenticate')).toBeNull();
    expect(response.headers.get('x-amzn-remapped-www-authenticate')).toBe('Bearer');
    expect(response.headers.get('x-amzn-requestid')).toBeTruthy();
  });

  test.each([
    ['a failure', new Error('boom')],
    ['no answer', 'text'],
    ['a body that is no string', { statusCode: 200, body: {} }],
  ])('%s is 502 in SCIM form', async (_, answer) => {
    const url = await gateway({ UsersFunction: () => answer });
    const response = await fetch(`${url}/acme/scim/v2/Users`, { headers });
    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toBe('application/scim+json');
  });
});

test('an answer in base64 is decoded, byte by byte', async () => {
  const bytes = Buffer.from([0, 255, 128]);
  const url = await gateway({ UsersFunction: () => ({ statusCode: 200, body: bytes.toString('base64'), isBase64Encoded: true }) });
  const response = await fetch(`${url}/acme/scim/v2/Users`, { headers });
  expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
});

test('nobody is throttled: fifty at once are answered', async () => {
  const url = await gateway({ UsersFunction: echo });
  const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(`${url}/acme/scim/v2/Users`, { headers })));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
});

describe('limits', () => {
  test('a function that takes longer than 29 s: 504 in SCIM form, with Retry-After, naming the request', async () => {
    const url = await gateway({ UsersFunction: () => new Promise((resolve) => setTimeout(resolve, 500)) }, { timeoutMs: 100 });
    const response = await fetch(`${url}/acme/scim/v2/Users`, { headers });
    expect(response.status).toBe(504);
    expect(response.headers.get('content-type')).toBe('application/scim+json');
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await response.json()).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '504',
      detail: `The request took too long (request ${response.headers.get('x-amzn-requestid')})`,
    });
  });

  test.each([
    ['above 10 MB, before anything else', 10 * 1024 * 1024 + 1, []],
    ['above the 6 MB of a Lambda event', 6 * 1024 * 1024, ['AuthorizerFunction']],
  ])('%s: 413 that is not SCIM', async (_, size, expected) => {
    const url = await gateway({ UsersFunction: echo });
    const response = await fetch(`${url}/acme/scim/v2/Users`, { method: 'POST', headers, body: 'x'.repeat(size) });
    expect(response.status).toBe(413);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(calls).toEqual(expected);
  });
});
