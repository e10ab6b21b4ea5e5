import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readDirectorySecret } from '../../lambdas/auth/directory-secret.ts';
import { changeDirectorySecret } from '../../lambdas/auth/secret-changes.ts';
import { deleteDirectorySecret } from '../../lambdas/auth/secret-life.ts';
import { findToken } from '../../lambdas/auth/token.ts';
import { create } from '../../lambdas/directory/operations.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { getDirectory, markDeleting } from '../../lambdas/store/directories.ts';
import { createDirectory, listDirectories, showDirectory } from '../../lib/operator/directories.ts';
import { scopeOf } from '../../lib/operator/rows.ts';
import { type TestDeployment, testDeployment } from '../support/deployment.ts';
import { directoryOn } from '../support/test-table.ts';

let deployment: TestDeployment;
beforeEach(async () => {
  deployment = await testDeployment();
});
afterEach(async () => deployment[Symbol.asyncDispose]());

const secretOf = (directory: string) => readDirectorySecret(deployment.secrets, directory);

describe('a directory that is created', () => {
  test('has a row, a secret without anything usable in it, and a token for the identity provider', async () => {
    const created = await createDirectory(deployment, { name: 'Acme Corp.' });
    expect(created).toEqual({
      directory: 'acme-corp',
      baseUrl: 'https://scim.example/acme-corp/scim/v2',
      token: expect.stringMatching(/^rc\.acme-corp\.[\w-]{43}$/),
    });
    const secret = await secretOf('acme-corp');
    expect(findToken(secret?.tokens ?? [], created.token, new Date())).toMatchObject({ label: 'first token', scopes: ['provision'] });
    expect(secret).toMatchObject({ settings: { uniqueGroupNames: false }, sealKey: expect.stringMatching(/^[\w-]{43}$/) });
    expect(JSON.stringify(secret)).not.toContain(created.token.slice(-43));
    expect(JSON.stringify(await deployment.table.items())).not.toContain(created.token.slice(-43));
    expect(await getDirectory(deployment.table, scopeOf('acme-corp'))).toMatchObject({ name: 'Acme Corp.', state: 'active' });
  });

  test('has the settings that were chosen, in its row and in its secret', async () => {
    await createDirectory(deployment, { name: 'Acme', settings: { uniqueGroupNames: true } });
    expect((await secretOf('acme'))?.settings).toEqual({ uniqueGroupNames: true });
    expect(await getDirectory(deployment.table, scopeOf('acme'))).toMatchObject({ settings: { uniqueGroupNames: true } });
  });

  test('is created once: a second time is refused and changes nothing, whatever it is called', async () => {
    await createDirectory(deployment, { name: 'Acme' });
    const before = [await deployment.table.items(), await secretOf('acme')];
    for (const name of ['Acme', 'ACME!', 'Other'])
      await expect(createDirectory(deployment, { name, id: 'acme' })).rejects.toThrow('acme exists already (Acme): choose another id');
    expect([await deployment.table.items(), await secretOf('acme')]).toEqual(before);
  });

  test('is one directory, where ten create it at once, and nine of them are told so', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => createDirectory(deployment, { name: 'Acme' })));
    const made = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []));
    expect(made).toHaveLength(1);
    for (const reason of reasons) expect(reason).toMatch('OperatorError: acme exists already');
    expect(findToken((await secretOf('acme'))?.tokens ?? [], made[0]?.token ?? '', new Date())).toBeDefined();
  });

  test('is made whole by the same call, where the first one died before the secret was made', async () => {
    await createDirectory(deployment, { name: 'Acme' });
    await deleteDirectorySecret(deployment.secrets, 'acme', { recoveryDays: 0 });
    await expect(createDirectory(deployment, { name: 'Other', id: 'acme' })).rejects.toThrow('exists already');
    const { token } = await createDirectory(deployment, { name: 'Acme' });
    expect(findToken((await secretOf('acme'))?.tokens ?? [], token, new Date())).toBeDefined();
  });

  test('is refused while its id is not free, and nothing is written', async () => {
    await createDirectory(deployment, { name: 'Acme' });
    await markDeleting(deployment.table, scopeOf('acme'), new Date());
    await expect(createDirectory(deployment, { name: 'Acme' })).rejects.toThrow('acme is being deleted: delete acme finishes that');
    await createDirectory(deployment, { name: 'Globex' });
    expect((await listDirectories(deployment)).map(({ directory }) => directory)).toEqual(['acme', 'globex']);
  });

  test('is refused while Secrets Manager holds the name of its secret, with until when and what helps', async () => {
    await createDirectory(deployment, { name: 'Globex' });
    await deleteDirectorySecret(deployment.secrets, 'globex', { recoveryDays: 7 });
    const again = createDirectory(deployment, { name: 'Globex' });
    await expect(again).rejects.toThrow(/^Secrets Manager holds the name .* until about \d{4}-.*--force-delete-without-recovery/);
  });

  test('does not take over the tokens of a secret that no directory has, unless it is told to', async () => {
    const first = await createDirectory(deployment, { name: 'Acme', settings: { uniqueGroupNames: true } });
    const { client, name } = deployment.table;
    await client.send(new DeleteCommand({ TableName: name, Key: { pk: 'DIRECTORIES', sk: 'acme' } }));
    await expect(createDirectory(deployment, { name: 'Acme' })).rejects.toThrow(/there is a secret rollcall\/acme already.*--adopt/);
    expect(await getDirectory(deployment.table, scopeOf('acme'))).toBeUndefined();
    const second = await createDirectory(deployment, { name: 'Acme', adopt: true });
    const { tokens = [], settings } = (await secretOf('acme')) ?? {};
    for (const { token } of [first, second]) expect(findToken(tokens, token, new Date())).toBeDefined();
    expect(await getDirectory(deployment.table, scopeOf('acme'))).toMatchObject({ settings });
    expect(settings).toEqual({ uniqueGroupNames: true });
  });

  test('takes over a secret as it is, or none, and goes on where that died midway', async () => {
    await expect(createDirectory(deployment, { name: 'Acme', adopt: true })).rejects.toThrow(
      'there is no secret rollcall/acme to take over',
    );
    const { token } = await createDirectory(deployment, { name: 'Acme' });
    const both = { name: 'Acme', adopt: true, settings: { uniqueGroupNames: true } };
    await expect(createDirectory(deployment, both)).rejects.toThrow('settings cannot be chosen for a secret that is taken over');
    await expect(createDirectory(deployment, { name: 'Other', id: 'acme', adopt: true })).rejects.toThrow('acme exists already (Acme)');
    const again = await createDirectory(deployment, { name: 'Acme', adopt: true });
    for (const each of [token, again.token]) expect(findToken((await secretOf('acme'))?.tokens ?? [], each, new Date())).toBeDefined();
  });
});

describe('what is shown of directories', () => {
  test('is a list in the order of ids, without anything of their secrets', async () => {
    for (const name of ['Globex', 'Acme', 'Acme 2']) await createDirectory(deployment, { name });
    const listed = await listDirectories(deployment);
    expect(listed.map(({ directory, name, state }) => [directory, name, state])).toEqual([
      ['acme', 'Acme', 'active'],
      ['acme-2', 'Acme 2', 'active'],
      ['globex', 'Globex', 'active'],
    ]);
    expect(listed[1]).toMatchObject({ baseUrl: 'https://scim.example/acme-2/scim/v2', settings: { uniqueGroupNames: false } });
    expect(JSON.stringify(listed)).not.toMatch(/sha256|sealKey/);
  });

  test('is what one holds, and its tokens without their digests', async () => {
    await createDirectory(deployment, { name: 'Acme' });
    await create(directoryOn(deployment.table), user, { schemas: [userSchema.id], userName: 'ada' });
    const details = await showDirectory(deployment, 'acme');
    expect(details).toMatchObject({ directory: 'acme', resources: { User: 1, Group: 0, Role: 0 }, warnings: [] });
    expect(details.tokens).toMatchObject([{ label: 'first token', scopes: ['provision'], state: 'live' }]);
    expect(JSON.stringify(details)).not.toMatch(/sha256|sealKey/);
  });

  test('is what is wrong with it: settings that differ, a secret that is damaged, one that is gone', async () => {
    await createDirectory(deployment, { name: 'Acme' });
    const warnings = async () => (await showDirectory(deployment, 'acme')).warnings;
    await changeDirectorySecret(deployment.secrets, 'acme', (secret) => ({ ...secret, settings: { uniqueGroupNames: true } }));
    expect(await warnings()).toEqual([expect.stringContaining('its secret has other settings than its row')]);
    await deployment.secrets.client.send(new PutSecretValueCommand({ SecretId: 'rollcall/acme', SecretString: 'spoilt' }));
    expect(await warnings()).toEqual([expect.stringContaining('its tokens are refused')]);
    await deleteDirectorySecret(deployment.secrets, 'acme', { recoveryDays: 0 });
    expect(await warnings()).toEqual([expect.stringContaining('token create acme makes a new one')]);
  });

  test('of one that there is not is an error that says what helps', async () => {
    await expect(showDirectory(deployment, 'nobody')).rejects.toThrow('there is no directory nobody: list shows those that there are');
    await expect(showDirectory(deployment, 'No Body')).rejects.toThrow('"No Body" is no id of a directory');
  });
});
