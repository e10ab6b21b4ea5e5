import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readDirectorySecret, type Secrets } from '../../../lambdas/auth/directory-secret.ts';
import { changeDirectorySecret } from '../../../lambdas/auth/secret-changes.ts';
import { deleteDirectorySecret } from '../../../lambdas/auth/secret-life.ts';
import { findToken, mintToken } from '../../../lambdas/auth/token.ts';
import { search } from '../../../lambdas/directory/operations.ts';
import { string } from '../../../lambdas/scim/schemas/attribute.ts';
import { entitlementType } from '../../../lambdas/scim/schemas/entitlement.ts';
import { entitlementTypes } from '../../../lambdas/scim/schemas/entitlement-types.ts';
import { resourceTypes } from '../../../lambdas/scim/schemas/registry.ts';
import type { Definition, ResourceType } from '../../../lambdas/scim/schemas/resource-type.ts';
import { role } from '../../../lambdas/scim/schemas/role.ts';
import { DEFAULT_SETTINGS } from '../../../lambdas/scim/schemas/settings.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { getDirectory, putDirectory } from '../../../lambdas/store/directories.ts';
import { directoryKey } from '../../../lambdas/store/keys.ts';
import type { OperatorTokens } from '../../../lib/local/data-folder.ts';
import { ensureFirstDirectory } from '../../../lib/local/first-directory.ts';
import { type SecretsManager, startSecretsManager } from '../../../lib/local/secrets-manager.ts';
import { LOCAL_CREDENTIALS } from '../../../lib/local/table.ts';
import { temporaryFolder } from '../../support/npm-start.ts';
import { directoryOn, scopeOf, type TestTable, testTable } from '../../support/test-table.ts';

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

  test('where the directory was deleted, and its secret could still be restored: it is made anew', async () => {
    const first = await start();
    await deleteDirectorySecret(secrets, 'acme', { recoveryDays: 7 });
    expect(await scopesOf(await start(first))).toEqual(BOTH);
  });

  test('where operator.json is lost: a new pair takes the place of the old one, and tokens of others stay', async () => {
    const first = await start();
    const other = mintToken('acme', 'another', ['provision']);
    await changeDirectorySecret(secrets, 'acme', (secret) => ({ ...secret, tokens: [...secret.tokens, other.stored] }));

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

describe('what the first directory shows', () => {
  let table: TestTable;
  let server: SecretsManager;
  const said: string[] = [];
  beforeEach(async () => {
    table = await testTable();
    server = await startSecretsManager();
    said.length = 0;
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await table[Symbol.asyncDispose]();
  });

  const start = (types?: readonly ResourceType[]) => {
    const client = new SecretsManagerClient({ ...LOCAL_CREDENTIALS, endpoint: server.endpoint });
    const secrets = { client, prefix: 'rollcall' };
    return ensureFirstDirectory({ table, secrets, tokens: undefined, log: (text) => said.push(text), ...(types && { types }) });
  };
  const all = async (type: ResourceType) =>
    (await search(directoryOn(table), type, { startIndex: 1, count: 100 })).resources.map(({ body }) => body);
  const namesOf = async (type: ResourceType) => (await all(type)).map(({ displayName }) => displayName).sort();
  const badge = (extensions: Definition['extensions'] = []) =>
    entitlementType({ name: 'Badge', endpoint: '/Badges', description: 'Opens doors', extensions });

  test('is two roles, three values of each type of entitlements, and a user who has the first of each', async () => {
    await start();
    expect(await namesOf(role)).toEqual(['Administrator', 'Auditor']);
    for (const type of entitlementTypes) {
      const found = await all(type);
      expect([type.name, found.length]).toEqual([type.name, 3]);
      for (const { type: name, displayName, description } of found)
        expect([name, typeof displayName, typeof description]).toEqual([type.name, 'string', 'string']);
    }
    const [grace, ...others] = await all(user);
    expect(others).toEqual([]);
    expect(grace).toMatchObject({
      roles: [{ value: 'role-admin' }],
      entitlements: entitlementTypes.map(({ name }) => ({ value: expect.any(String), type: name })),
    });
    expect(said).toEqual([]);
  });

  test('has no License or Profile where the vendor has removed them, and three values of what nobody has heard of', async () => {
    await start([role, badge()]);
    expect(await namesOf(badge())).toEqual(['Badge 1', 'Badge 2', 'Badge 3']);
    for (const type of entitlementTypes) expect(await all(type)).toEqual([]);
    expect(await all(user)).toMatchObject([{ roles: [{ value: 'role-admin' }] }]);
    expect(said).toEqual([]);
  });

  test('lacks a type that demands more of its resources than a sample has, and says so', async () => {
    const schema = { id: 'urn:example:Doors', name: 'Doors', description: '', attributes: [string('door', '', { required: true })] };
    const demanding = badge([{ schema, required: true }]);
    await start([demanding]);
    expect(await all(demanding)).toEqual([]);
    expect(said).toEqual(
      ['1', '2', '3'].map((n) => expect.stringMatching(`^The sample Badge Badge ${n} is left out \\(.*required.*\\)\n$`)),
    );
    expect(await all(user)).toMatchObject([{ userName: 'grace.hopper@acme.example' }]);
    expect(await getDirectory(table, scopeOf('acme'))).toMatchObject({ name: 'Acme' });
  });

  test('is made whole by the next start where one was killed half-way', async () => {
    await start([role]);
    await table.client.send(new DeleteCommand({ TableName: table.name, Key: directoryKey('acme') }));
    await start();
    expect(new Set(await namesOf(role))).toEqual(new Set(['Administrator', 'Auditor']));
    for (const type of entitlementTypes) expect(await all(type)).toHaveLength(3);
    expect(await all(user)).toHaveLength(1);
    expect(await getDirectory(table, scopeOf('acme'))).toMatchObject({ name: 'Acme' });
    expect(said).toEqual([]);
  });

  test('is nothing new in a directory that is there', async () => {
    await putDirectory(table, scopeOf('acme'), { name: 'Acme', state: 'active' });
    await start();
    for (const type of resourceTypes) expect(await all(type)).toEqual([]);
  });
});
