import type { Server } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { authorizer } from '../../lambdas/auth/authorize.ts';
import { readDirectorySecret } from '../../lambdas/auth/directory-secret.ts';
import { cachedSecrets } from '../../lambdas/auth/secret-cache.ts';
import { mintToken } from '../../lambdas/auth/token.ts';
import { readApi } from '../../lib/local/api.ts';
import type { Invoke } from '../../lib/local/functions.ts';
import { createGateway } from '../../lib/local/gateway.ts';
import { listen } from '../../lib/local/listen.ts';
import { putSecret, type TestSecrets, testSecrets } from '../support/secrets.ts';
import { template } from '../support/test-table.ts';

/*
 * The authorizer behind the gateway: whatever stands in the header, the client is told 401 and how to authenticate, and no function
 * that reaches the table is asked.
 */

const { token, stored } = mintToken('acme', 'test', ['provision']);
let secrets: TestSecrets;
let server: Server;
let port: number;
const invoked: string[] = [];

beforeAll(async () => {
  secrets = await testSecrets();
  await putSecret(secrets, 'acme', { tokens: [stored] });
  await putSecret(secrets, 'spoilt', 'no JSON');
  const authorize = authorizer(cachedSecrets((directory) => readDirectorySecret(secrets, directory), { seconds: 60, unknownSeconds: 60 }));
  const invoke: Invoke = async (functionId, event) => {
    invoked.push(functionId);
    if (functionId !== 'AuthorizerFunction') return { result: { statusCode: 200, body: '{}' } };
    return authorize(event as APIGatewayRequestAuthorizerEvent).then(
      (result) => ({ result }),
      ({ name, message }) => ({ errorType: name, errorMessage: message }),
    );
  };
  server = createGateway(Promise.resolve({ api: readApi(template()), invoke }));
  port = await listen(server);
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await secrets[Symbol.asyncDispose]();
});

/** Sends lines of a header as they stand, byte by byte. */
async function send(lines: readonly string[]): Promise<string> {
  invoked.length = 0;
  const socket = connect(port, '127.0.0.1');
  const head = ['GET /acme/scim/v2/Users HTTP/1.1', 'Host: here', 'Connection: close', ...lines].join('\r\n');
  socket.write(Buffer.from(`${head}\r\n\r\n`, 'latin1'));
  const answer = await text(socket);
  return answer;
}

const base64 = (plain: string) => Buffer.from(plain).toString('base64');
const guess = (directory: string) => mintToken(directory, 'guess', []).token;

const REFUSED = /^HTTP\/1\.1 401 .*\r\nContent-Type: application\/scim\+json\r\nWWW-Authenticate: Bearer\r\n.*"status":"401"/s;

describe('401 in SCIM form, and nobody is asked who reaches the table', () => {
  test.each([
    { name: 'no header', lines: [], asked: [] },
    { name: 'an empty header', lines: ['Authorization:'], asked: [] },
    { name: 'blanks', lines: ['Authorization:   \t '], asked: [] },
    { name: 'a scheme alone', lines: ['Authorization: Bearer'] },
    { name: 'a scheme and blanks', lines: ['Authorization: Bearer   '] },
    { name: 'another scheme', lines: [`Authorization: Digest ${token}`] },
    { name: 'a wrong token', lines: [`Authorization: Bearer ${guess('acme')}`] },
    { name: 'a token of an unknown directory', lines: [`Authorization: Bearer ${guess('nobody')}`] },
    { name: 'a token of a directory whose secret is spoilt', lines: [`Authorization: Bearer ${guess('spoilt')}`] },
    { name: 'a token and more', lines: [`Authorization: Bearer ${token} ${token}`] },
    { name: 'two headers', lines: [`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`] },
    { name: 'two headers of other letter case', lines: ['AUTHORIZATION: x', `authorization: ${token}`] },
    { name: 'bytes beyond ASCII', lines: ['Authorization: Bearer rc.acm\xe9.\xff\xfe\x80'] },
    { name: 'Basic whose base64 is none', lines: ['Authorization: Basic %%%'] },
    { name: 'Basic without a colon', lines: [`Authorization: Basic ${base64(token)}`] },
    { name: 'Basic with several colons', lines: [`Authorization: Basic ${base64(`acme:${token}:${token}`)}`] },
    { name: 'Basic with an empty user', lines: [`Authorization: Basic ${base64(`:${token}`)}`] },
    { name: 'Basic with a NUL and a line end', lines: [`Authorization: Basic ${base64(`acme:${token}\0\r\n`)}`] },
    { name: '10 KB', lines: [`Authorization: Bearer ${'x'.repeat(10_240)}`] },
    { name: '10 KB that end in a token', lines: [`Authorization: ${' Bearer'.repeat(1_500)} ${token}`] },
  ])('$name', async ({ lines, asked = ['AuthorizerFunction'] }) => {
    const answer = await send(lines);
    expect(answer).toMatch(REFUSED);
    expect(answer).not.toContain(token);
    expect(invoked).toEqual(asked);
  });
});

test.each([
  { name: 'Bearer', line: `Authorization: Bearer ${token}` },
  { name: 'in capitals, with blanks behind it', line: `AUTHORIZATION: BEARER ${token}   ` },
  { name: 'bare', line: `authorization:${token}` },
  { name: 'Basic', line: `authorization: basic ${base64(`acme:${token}`)}` },
])('a good credential is let through: $name', async ({ line }) => {
  expect(await send([line])).toMatch(/^HTTP\/1\.1 200 /);
});

test('a wrong token, an unknown directory and a spoilt secret are told the same, but for the id of the request', async () => {
  const answers = [];
  for (const directory of ['acme', 'nobody', 'spoilt']) answers.push(await send([`Authorization: Bearer ${guess(directory)}`]));
  const same = answers.map((answer) => answer.replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'ID').replace(/\r\nDate: [^\r]*/i, ''));
  expect(new Set(same).size).toBe(1);
});
