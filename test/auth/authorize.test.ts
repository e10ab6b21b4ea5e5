import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { authorizer } from '../../lambdas/auth/authorize.ts';
import { type DirectorySecret, putDirectorySecret, readDirectorySecret, type Secrets } from '../../lambdas/auth/directory-secret.ts';
import { cachedSecrets } from '../../lambdas/auth/secret-cache.ts';
import { mintToken } from '../../lambdas/auth/token.ts';
import { type SecretsManager, startSecretsManager } from '../../lib/local/secrets-manager.ts';
import { LOCAL_CREDENTIALS } from '../../lib/local/table.ts';

let manager: SecretsManager;
let secrets: Secrets;
beforeEach(async () => {
  manager = await startSecretsManager();
  secrets = { client: new SecretsManagerClient({ ...LOCAL_CREDENTIALS, endpoint: manager.endpoint }), prefix: 'rollcall' };
});
afterEach(async () => {
  secrets.client.destroy();
  jest.restoreAllMocks();
  await manager[Symbol.asyncDispose]();
});

const { token, stored } = mintToken('acme', 'test', ['provision']);
const ARN = 'arn:aws:execute-api:eu-west-1:123456789012:api1/prod';
const event = (Authorization?: string) =>
  ({
    type: 'REQUEST',
    methodArn: `${ARN}/GET/acme/scim/v2/Users`,
    headers: Authorization === undefined ? {} : { authorization: Authorization },
  }) as unknown as APIGatewayRequestAuthorizerEvent;
const authorize = (header?: string, read = (directory: string) => readDirectorySecret(secrets, directory)) =>
  authorizer(read)(event(header));

describe('the authorizer', () => {
  test('opens the directory of the token for every method, and nothing else', async () => {
    await putDirectorySecret(secrets, 'acme', { tokens: [stored] });
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
    await putDirectorySecret(secrets, 'acme', { tokens: [stored] });
    await expect(authorize(header)).rejects.toThrow(/^Unauthorized$/);
  });

  test('a secret that is spoilt is Unauthorized for the client and one line for the operator, without what it holds', async () => {
    const lines: unknown[] = [];
    jest.spyOn(console, 'error').mockImplementation((line: unknown) => void lines.push(line));
    await putDirectorySecret(secrets, 'acme', { tokens: 'spoilt' } as unknown as DirectorySecret);
    await expect(authorize(`Bearer ${token}`)).rejects.toThrow(/^Unauthorized$/);
    expect(lines).toEqual([expect.objectContaining({ directory: 'acme', message: expect.stringContaining('cannot be read') })]);
    expect(JSON.stringify(lines)).not.toContain(token);
  });

  test.each([
    { settings: undefined, told: false },
    { settings: {}, told: false },
    { settings: { uniqueGroupNames: false }, told: false },
    { settings: { uniqueGroupNames: true }, told: true },
    { settings: { uniqueGroupNames: true, directory: 'globex', later: { than: 'this' } }, told: true },
  ])('tells the settings that it knows, in a form that API Gateway takes: $settings', async ({ settings, told }) => {
    await putDirectorySecret(secrets, 'acme', { tokens: [stored], settings });
    const { context } = await authorize(`Bearer ${token}`);
    expect(context).toEqual({ directory: 'acme', tokenId: stored.id, scopes: 'provision', uniqueGroupNames: told });
    // Whoever changes the secret writes what has been read: settings of another version of the service stay.
    expect((await readDirectorySecret(secrets, 'acme'))?.settings).toEqual(settings);
  });

  test.each([{ settings: { uniqueGroupNames: 'true' } }, { settings: { uniqueGroupNames: null } }, { settings: [] }, { settings: 'none' }])(
    'settings of a wrong type spoil a secret: $settings',
    async ({ settings }) => {
      jest.spyOn(console, 'error').mockImplementation(() => {});
      await putDirectorySecret(secrets, 'acme', { tokens: [stored], settings } as unknown as DirectorySecret);
      await expect(authorize(`Bearer ${token}`)).rejects.toThrow(/^Unauthorized$/);
    },
  );

  test('an outage of Secrets Manager is not taken for a wrong credential', async () => {
    jest.spyOn(console, 'error').mockImplementation(() => {});
    const outage = async () => {
      throw Object.assign(new Error('down'), { name: 'InternalServiceError' });
    };
    await expect(authorize(`Bearer ${token}`, outage)).rejects.toThrow('down');
  });
});

describe('cachedSecrets', () => {
  test('asks once within its time, for known and unknown directories alike', async () => {
    let calls = 0;
    let now = 0;
    const ask = async (directory: string) => {
      calls++;
      return directory === 'acme' ? { tokens: [] } : undefined;
    };
    const read = cachedSecrets(ask, 60, () => now);
    for (const directory of ['acme', 'nobody', 'acme', 'nobody']) await read(directory);
    expect(calls).toBe(2);
    now = 60_000;
    await read('acme');
    expect(calls).toBe(3);
  });

  test('remembers a thousand at most, so that guessing fills nothing', async () => {
    let calls = 0;
    const ask = async () => {
      calls++;
      return undefined;
    };
    const read = cachedSecrets(ask, 60);
    for (let i = 0; i < 1_001; i++) await read(`d${i}`);
    await read('d1000');
    expect(calls).toBe(1_001);
    await read('d0');
    expect(calls).toBe(1_002);
  });
});
