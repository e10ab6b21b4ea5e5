import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { authorizer } from '../../lambdas/auth/authorize.ts';
import { readDirectorySecret } from '../../lambdas/auth/directory-secret.ts';
import { cachedSecrets, type ReadSecret } from '../../lambdas/auth/secret-cache.ts';
import { mintToken } from '../../lambdas/auth/token.ts';
import { type LogLine, listenToLog } from '../support/log-lines.ts';
import { putSecret, type TestSecrets, testSecrets } from '../support/secrets.ts';

let secrets: TestSecrets;
beforeEach(async () => {
  secrets = await testSecrets();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await secrets[Symbol.asyncDispose]();
});

const { token, stored } = mintToken('acme', 'test', ['provision']);
const ARN = 'arn:aws:execute-api:eu-west-1:123456789012:api1/prod';
type Event = APIGatewayRequestAuthorizerEvent;
const event = (given: Partial<Pick<Event, 'headers' | 'multiValueHeaders'>>) =>
  ({ type: 'REQUEST', methodArn: `${ARN}/GET/acme/scim/v2/Users`, ...given }) as Event;
const authorizeEvent = (given: Event, read: ReadSecret = (directory) => readDirectorySecret(secrets, directory)) =>
  authorizer(cachedSecrets(read, { seconds: 60, unknownSeconds: 60 }))(given);
const authorize = (header?: string, read?: ReadSecret) =>
  authorizeEvent(event({ headers: header === undefined ? {} : { authorization: header } }), read);

describe('the authorizer', () => {
  test('opens the directory of the token for every method, and nothing else', async () => {
    await putSecret(secrets, 'acme', { tokens: [stored] });
    const { policyDocument, context, principalId } = await authorize(`Bearer ${token}`);
    expect(policyDocument.Statement).toEqual([
      {
        Action: 'execute-api:Invoke',
        Effect: 'Allow',
        Resource: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].map((method) => `${ARN}/${method}/acme/*`),
      },
    ]);
    expect(context).toEqual({ directory: 'acme', tokenId: stored.id, scopes: 'provision', uniqueGroupNames: false });
    expect(principalId).toBe(stored.id);
    expect(JSON.stringify(context)).not.toContain(token);
  });

  test.each([
    ['no header', undefined],
    ['no token', 'non-token'],
    ['a token of an unknown directory', `Bearer ${mintToken('nobody', 'x', []).token}`],
    ['a wrong token of the directory', `Bearer ${mintToken('acme', 'x', []).token}`],
  ])('%s is Unauthorized', async (_, header) => {
    await putSecret(secrets, 'acme', { tokens: [stored] });
    await expect(authorize(header)).rejects.toThrow(/^Unauthorized$/);
  });

  test('a secret that is spoilt is Unauthorized for the client and one line for the operator, without what it holds', async () => {
    const lines: LogLine[] = [];
    listenToLog((line) => void lines.push(line));
    await putSecret(secrets, 'acme', { tokens: token });
    await expect(authorize(`Bearer ${token}`)).rejects.toThrow(/^Unauthorized$/);
    expect(lines).toMatchObject([{ level: 'ERROR', directory: 'acme', reason: 'malformed' }]);
    expect(JSON.stringify(lines)).not.toContain(token);
  });

  test.each([
    { settings: undefined, told: false },
    { settings: {}, told: false },
    { settings: { uniqueGroupNames: false }, told: false },
    { settings: { uniqueGroupNames: true }, told: true },
    { settings: { uniqueGroupNames: true, directory: 'globex', later: { than: 'this' } }, told: true },
  ])('tells the settings that it knows, in a form that API Gateway takes: $settings', async ({ settings, told }) => {
    await putSecret(secrets, 'acme', { tokens: [stored], settings });
    const { context } = await authorize(`Bearer ${token}`);
    expect(context).toEqual({ directory: 'acme', tokenId: stored.id, scopes: 'provision', uniqueGroupNames: told });
    // Whoever changes the secret writes what has been read: settings of another version of the service stay.
    expect((await readDirectorySecret(secrets, 'acme'))?.settings).toEqual(settings);
  });

  test.each([{ settings: { uniqueGroupNames: 'true' } }, { settings: { uniqueGroupNames: null } }, { settings: [] }, { settings: 'none' }])(
    'settings of a wrong type spoil a secret: $settings',
    async ({ settings }) => {
      await putSecret(secrets, 'acme', { tokens: [stored], settings });
      await expect(authorize(`Bearer ${token}`)).rejects.toThrow(/^Unauthorized$/);
    },
  );

  test('an outage of Secrets Manager is not taken for a wrong credential', async () => {
    jest.spyOn(console, 'error').mockImplementation(() => {});
    const outage = async () => {
      throw Object.assign(new Error('down'), { name: 'InternalServiceError' });
    };
    await expect(authorize(`Bearer ${token}`, outage)).rejects.toThrow('Secrets Manager did not answer: InternalServiceError');
  });

  test('a token that has expired is Unauthorized, and of several that live each opens the directory', async () => {
    const second = mintToken('acme', 'second', ['application']);
    const past = mintToken('acme', 'past', ['provision']);
    await putSecret(secrets, 'acme', { tokens: [stored, { ...past.stored, expiresAt: '2026-01-01T00:00:00.000Z' }, second.stored] });
    expect(await authorize(token)).toMatchObject({ context: { tokenId: stored.id, scopes: 'provision' } });
    expect(await authorize(second.token)).toMatchObject({ context: { tokenId: second.stored.id, scopes: 'application' } });
    await expect(authorize(past.token)).rejects.toThrow(/^Unauthorized$/);
  });
});

describe('the Authorization header of the event', () => {
  const good = `Bearer ${token}`;
  beforeEach(() => putSecret(secrets, 'acme', { tokens: [stored] }));

  test.each([
    { name: 'in capitals', headers: { AUTHORIZATION: good } },
    { name: 'among the lists alone', headers: null, multiValueHeaders: { aUTHORIZATION: [good] } },
    { name: 'in both', headers: { Authorization: good }, multiValueHeaders: { Authorization: [good] } },
  ])('is found $name', async ({ name: _, ...given }) => {
    expect(await authorizeEvent(event(given))).toMatchObject({ principalId: stored.id });
  });

  test.each([
    { name: 'no headers at all', headers: null, multiValueHeaders: null },
    { name: 'an empty one', headers: { Authorization: '' } },
    { name: 'an empty list', headers: null, multiValueHeaders: { Authorization: [] } },
    { name: 'a good one before another', headers: { Authorization: 'x' }, multiValueHeaders: { Authorization: [good, 'x'] } },
    { name: 'a good one behind another', headers: { Authorization: good }, multiValueHeaders: { Authorization: ['x', good] } },
    { name: 'two of other letter case', headers: { Authorization: good, authorization: good } },
    { name: 'one that is named otherwise', headers: { 'Proxy-Authorization': good } },
  ])('is Unauthorized: $name', async ({ name: _, ...given }) => {
    await expect(authorizeEvent(event(given))).rejects.toThrow(/^Unauthorized$/);
  });
});
