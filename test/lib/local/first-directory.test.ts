import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { putDirectorySecret, readDirectorySecret, type Secrets } from '../../../lambdas/auth/directory-secret.ts';
import { findToken, mintToken } from '../../../lambdas/auth/token.ts';
import { DEFAULT_SETTINGS } from '../../../lambdas/scim/schemas/settings.ts';
import { getDirectory, putDirectory } from '../../../lambdas/store/directories.ts';
import type { OperatorTokens } from '../../../lib/local/data-folder.ts';
import { ensureFirstDirectory } from '../../../lib/local/first-directory.ts';
import { type SecretsManager, startSecretsManager } from '../../../lib/local/secrets-manager.ts';
import { LOCAL_CREDENTIALS } from '../../../lib/local/table.ts';
import { temporaryFolder } from '../../support/npm-start.ts';
import { scopeOf, type TestTable, testTable } from '../../support/test-table.ts';

describe('the tokens that a start shows work', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'secrets.json');
  let table: TestTable;
  let server: SecretsManager;
  let secrets: Secrets;
  const startServer = async () => {
    server = await startSecretsManager(file);
    secrets = { client: new SecretsManagerClient({ ...LOCAL_CREDENTIALS, endpoint: server.endpoint }), prefix: 'rollcall' };
  };
  beforeEach(async () => {
    table = await testTable();
    await startServer();
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await table[Symbol.asyncDispose]();
    rmSync(file, { force: true });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const start = (tokens?: OperatorTokens) => ensureFirstDirectory({ table, secrets, tokens });
  const scopesOf = async ({ token, applicationToken }: OperatorTokens) => {
    const secret = await readDirectorySecret(secrets, 'acme');
    return [token, applicationToken].map((each) => findToken(secret?.tokens ?? [], each, new Date())?.scopes);
  };
  const BOTH = [['provision'], ['application']];

  test('at the first start, and at the second, which shows the same', async () => {
    const first = await start();
    const second = await start(first);
    expect(second).toEqual(first);
    expect(await scopesOf(second)).toEqual(BOTH);
  });

  test('where secrets.json is lost: what was shown before is made good', async () => {
    const first = await start();
    await server[Symbol.asyncDispose]();
    rmSync(file);
    await startServer();
    expect(await start(first)).toEqual(first);
    expect(await scopesOf(first)).toEqual(BOTH);
    expect(readFileSync(file, 'utf8')).not.toContain(first.token);
  });

  test('where operator.json is lost: a new pair takes the place of the old one, and tokens of others stay', async () => {
    const first = await start();
    const other = mintToken('acme', 'another', ['provision']);
    const { tokens = [] } = (await readDirectorySecret(secrets, 'acme')) ?? {};
    await putDirectorySecret(secrets, 'acme', { tokens: [...tokens, other.stored] });

    const second = await start();
    expect(await scopesOf(second)).toEqual(BOTH);
    expect(await scopesOf(first)).toEqual([undefined, undefined]);
    expect((await readDirectorySecret(secrets, 'acme'))?.tokens).toContainEqual(other.stored);
  });

  test('and the settings of the directory stay: where operator.json is lost those of the secret, else those of its row', async () => {
    const settings = { uniqueGroupNames: true };
    await putDirectory(table, scopeOf('acme'), { name: 'Acme', state: 'active', settings });
    const settingsThere = async () => (await readDirectorySecret(secrets, 'acme'))?.settings;
    const first = await start();
    expect(await settingsThere()).toEqual(settings);
    await start();
    expect(await settingsThere()).toEqual(settings);
    await server[Symbol.asyncDispose]();
    rmSync(file);
    await startServer();
    await start(first);
    expect(await settingsThere()).toEqual(settings);
  });

  test('a new directory has the default settings, in its secret and in its row', async () => {
    await start();
    expect((await readDirectorySecret(secrets, 'acme'))?.settings).toEqual(DEFAULT_SETTINGS);
    expect(await getDirectory(table, scopeOf('acme'))).toMatchObject({ name: 'Acme', settings: DEFAULT_SETTINGS });
  });

  test.each([
    { what: 'is of another time', directory: 'acme' },
    { what: 'is of another directory', directory: 'globex' },
  ])('where operator.json $what: a new pair is shown', async ({ directory }) => {
    await start();
    const tokenOf = () => mintToken(directory, 'old', []).token;
    const shown = await start({ directory, token: tokenOf(), applicationToken: tokenOf() });
    expect(await scopesOf(shown)).toEqual(BOTH);
  });
});
