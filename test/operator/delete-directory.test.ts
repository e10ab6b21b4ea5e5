import { RestoreSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readDirectorySecret } from '../../lambdas/auth/directory-secret.ts';
import { deleteDirectorySecret, secretStateOf } from '../../lambdas/auth/secret-life.ts';
import { create } from '../../lambdas/directory/operations.ts';
import { group, groupSchema } from '../../lambdas/scim/schemas/group.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { getDirectory, markDeleting, noteRevoked } from '../../lambdas/store/directories.ts';
import { deleteDirectory } from '../../lib/operator/delete-directory.ts';
import { createDirectory, listDirectories, showDirectory } from '../../lib/operator/directories.ts';
import { scopeOf } from '../../lib/operator/rows.ts';
import { createToken } from '../../lib/operator/tokens.ts';
import { type TestDeployment, testDeployment } from '../support/deployment.ts';
import { beforeFirst } from '../support/interleaved.ts';
import { directoryOn } from '../support/test-table.ts';

let deployment: TestDeployment;
beforeEach(async () => {
  deployment = await testDeployment();
  for (const name of ['Acme', 'Acme 2']) {
    const { directory } = await createDirectory(deployment, { name });
    const on = directoryOn(deployment.table, directory);
    const { id } = await create(on, user, { schemas: [userSchema.id], userName: 'ada', externalId: '00u1' });
    await create(on, group, { schemas: [groupSchema.id], displayName: 'Pilots', members: [{ value: id }] });
  }
});
afterEach(async () => deployment[Symbol.asyncDispose]());

const itemsOf = async (directory: string) =>
  (await deployment.table.items()).filter(({ pk, sk }) => pk.startsWith(`${directory}#`) || (pk === 'DIRECTORIES' && sk === directory));

/** As a deletion leaves it that died while it waited, a long time ago: what is left has not to wait any more. */
async function beginLongAgo(directory: string) {
  const { table } = deployment;
  const longAgo = new Date('2026-01-01T00:00:00Z');
  const row = await markDeleting(table, scopeOf(directory), longAgo);
  if (row) await noteRevoked(table, scopeOf(directory), row, longAgo);
}

test('everything of the directory is gone, its row last, and nothing of another one whose name begins alike', async () => {
  const others = await itemsOf('acme-2');
  await beginLongAgo('acme');
  const { items } = await deleteDirectory(deployment, 'acme');
  expect(items).toBeGreaterThan(5);
  expect(await itemsOf('acme')).toEqual([]);
  expect(await itemsOf('acme-2')).toEqual(others);
  expect((await listDirectories(deployment)).map(({ directory }) => directory)).toEqual(['acme-2']);
  expect((await secretStateOf(deployment.secrets, 'acme')).state).toBe('deleted');
  expect(await readDirectorySecret(deployment.secrets, 'acme-2')).toBeDefined();
});

test('tells what it waits for, and what it removes', async () => {
  await beginLongAgo('acme');
  const told: string[] = [];
  await deleteDirectory(deployment, 'acme', { recoveryDays: 0, onProgress: (what) => told.push(what) });
  expect(new Set(told)).toEqual(new Set(['Removing what is in the directory']));
  expect((await secretStateOf(deployment.secrets, 'acme')).state).toBe('none');
  await expect(createDirectory(deployment, { name: 'Acme' })).resolves.toMatchObject({ directory: 'acme' });
});

test('while it is not done the directory is deleting, its tokens are gone, and nothing is removed before nobody can write any more', async () => {
  const before = (await itemsOf('acme')).length;
  const waiting = Promise.withResolvers<void>();
  const stop = new Error('interrupted');
  const interrupted = deleteDirectory(deployment, 'acme', {
    onProgress: () => {
      waiting.resolve();
      throw stop;
    },
  });
  await expect(interrupted).rejects.toBe(stop);
  await waiting.promise;
  expect(await getDirectory(deployment.table, scopeOf('acme'))).toMatchObject({ state: 'deleting', revokedAt: expect.any(String) });
  expect((await itemsOf('acme')).length).toBe(before);
  expect((await secretStateOf(deployment.secrets, 'acme')).state).toBe('deleted');
  expect((await showDirectory(deployment, 'acme')).warnings).toEqual(['it is being deleted: delete acme finishes that']);
  await expect(createDirectory(deployment, { name: 'Acme' })).rejects.toThrow('acme is being deleted');
});

test("a token that is made while the directory goes is nobody's: it is not told, and its secret is taken away again", async () => {
  const { secrets } = deployment;
  await deleteDirectorySecret(secrets, 'acme', { recoveryDays: 0 });
  beforeFirst(secrets.client, 'CreateSecretCommand', async () => {
    await beginLongAgo('acme');
    await deleteDirectory(deployment, 'acme', { recoveryDays: 0 });
  });
  await expect(createToken(deployment, 'acme')).rejects.toThrow('acme is being deleted');
  expect((await secretStateOf(secrets, 'acme')).state).toBe('none');
  expect(await itemsOf('acme')).toEqual([]);
});

test('a directory that is deleted while it is created is not there', async () => {
  const { secrets } = deployment;
  beforeFirst(secrets.client, 'CreateSecretCommand', async () => {
    await beginLongAgo('globex');
    await deleteDirectory(deployment, 'globex', { recoveryDays: 0 });
  });
  await expect(createDirectory(deployment, { name: 'Globex' })).rejects.toThrow('globex is being deleted');
  expect((await secretStateOf(secrets, 'globex')).state).toBe('none');
  expect(await itemsOf('globex')).toEqual([]);
});

test('a secret that somebody brings back meanwhile is deleted again, and its tokens are waited for again', async () => {
  const { secrets, table } = deployment;
  await beginLongAgo('acme');
  const bringBack = () => secrets.client.send(new RestoreSecretCommand({ SecretId: 'rollcall/acme' }));
  beforeFirst(table.client, 'BatchExecuteStatementCommand', bringBack);
  const stop = new Error('interrupted');
  const again = deleteDirectory(deployment, 'acme', {
    onProgress: (what) => {
      if (what.startsWith('Waiting')) throw stop;
    },
  });
  await expect(again).rejects.toBe(stop);
  expect((await secretStateOf(secrets, 'acme')).state).toBe('deleted');
  const row = await getDirectory(table, scopeOf('acme'));
  expect(row?.state).toBe('deleting');
  expect(Date.parse(row?.revokedAt ?? '')).toBeGreaterThan(Date.parse('2026-01-02T00:00:00Z'));
});

test('two deletions at once are one', async () => {
  await beginLongAgo('acme');
  await Promise.all([deleteDirectory(deployment, 'acme'), deleteDirectory(deployment, 'acme')]);
  expect(await itemsOf('acme')).toEqual([]);
  expect((await listDirectories(deployment)).map(({ directory }) => directory)).toEqual(['acme-2']);
});

test('one that another one has finished before it could begin has nothing left to do', async () => {
  await beginLongAgo('acme');
  let isFinished = false;
  beforeFirst(deployment.table.client, 'TransactWriteItemsCommand', async () => {
    await deleteDirectory(deployment, 'acme');
    isFinished = true;
  });
  await expect(deleteDirectory(deployment, 'acme')).resolves.toEqual({ items: 0 });
  expect(isFinished).toBe(true);
});

test('of a directory that there is not says so', async () => {
  await expect(deleteDirectory(deployment, 'nobody')).rejects.toThrow('there is no directory nobody');
});
