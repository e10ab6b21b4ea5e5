import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readDirectorySecret } from '../../lambdas/auth/directory-secret.ts';
import { changeDirectorySecret } from '../../lambdas/auth/secret-changes.ts';
import { create } from '../../lambdas/directory/operations.ts';
import { group, groupSchema } from '../../lambdas/scim/schemas/group.ts';
import { settingsOf } from '../../lambdas/scim/schemas/settings.ts';
import { getDirectory, updateDirectory as updateRow } from '../../lambdas/store/directories.ts';
import { createDirectory, showDirectory } from '../../lib/operator/directories.ts';
import { scopeOf } from '../../lib/operator/rows.ts';
import { updateDirectory } from '../../lib/operator/update-directory.ts';
import { type TestDeployment, testDeployment } from '../support/deployment.ts';
import { beforeFirst } from '../support/interleaved.ts';
import { directoryOn } from '../support/test-table.ts';

const UNIQUE = settingsOf({ uniqueGroupNames: true });
const LONG_AGO = '2026-01-01T00:00:00Z';

let deployment: TestDeployment;
beforeEach(async () => {
  deployment = await testDeployment();
  await createDirectory(deployment, { name: 'Acme' });
});
afterEach(async () => deployment[Symbol.asyncDispose]());

const rowOf = () => getDirectory(deployment.table, scopeOf('acme'));
const settingsInSecret = async () => (await readDirectorySecret(deployment.secrets, 'acme'))?.settings;
const addGroup = (displayName: string, settings = settingsOf()) =>
  create(directoryOn(deployment.table, 'acme', settings), group, { schemas: [groupSchema.id], displayName });

/** As a change leaves it that died while it waited, a long time ago: what is left has not to wait any more. */
async function beginLongAgo() {
  await updateRow(deployment.table, scopeOf('acme'), { settings: UNIQUE, changing: LONG_AGO, toldAt: LONG_AGO });
  await changeDirectorySecret(deployment.secrets, 'acme', (secret) => ({ ...secret, settings: UNIQUE, settingsSince: LONG_AGO }));
}

test('a name is changed at once', async () => {
  const updated = await updateDirectory(deployment, 'acme', { name: 'Acme Inc.' });
  expect(updated).toEqual({ directory: 'acme', name: 'Acme Inc.', settings: settingsOf(), duplicates: [], isDone: true });
  expect(await rowOf()).toMatchObject({ name: 'Acme Inc.', state: 'active' });
  await expect(updateDirectory(deployment, 'acme', { name: '\n' })).rejects.toThrow('name: expected 1 to 200 characters');
  await expect(updateDirectory(deployment, 'nobody', { name: 'N' })).rejects.toThrow('there is no directory nobody');
});

test('what changes nothing writes nothing', async () => {
  const before = [await deployment.table.items(), await readDirectorySecret(deployment.secrets, 'acme')];
  await updateDirectory(deployment, 'acme', { name: 'Acme', settings: { uniqueGroupNames: false } });
  await updateDirectory(deployment, 'acme', {});
  expect([await deployment.table.items(), await readDirectorySecret(deployment.secrets, 'acme')]).toEqual(before);
});

test('a setting is in the row and in the secret before anybody waits, and an interrupted change is told of', async () => {
  const stop = new Error('interrupted');
  const interrupted = updateDirectory(deployment, 'acme', { settings: UNIQUE }, () => {
    throw stop;
  });
  await expect(interrupted).rejects.toBe(stop);
  expect(await rowOf()).toMatchObject({ settings: UNIQUE, changing: expect.any(String) });
  expect(await settingsInSecret()).toEqual(UNIQUE);
  expect((await showDirectory(deployment, 'acme')).warnings).toEqual([expect.stringContaining('update acme finishes that')]);
});

test('a change that was interrupted is finished by the same command, and by one without options', async () => {
  await addGroup('Pilots');
  await beginLongAgo();
  const updated = await updateDirectory(deployment, 'acme', {});
  expect(updated).toMatchObject({ settings: UNIQUE, duplicates: [], isDone: true });
  expect(await settingsInSecret()).toEqual(UNIQUE);
  for (const member of ['changing', 'toldAt']) expect(await rowOf()).not.toHaveProperty(member);
  await expect(addGroup('pilots', UNIQUE)).rejects.toThrow('displayName is already in use');
});

test('who has the same name already is named, and left', async () => {
  const [one, other] = [await addGroup('Pilots'), await addGroup('PILOTS')];
  await beginLongAgo();
  const { duplicates } = await updateDirectory(deployment, 'acme', {});
  expect(duplicates).toMatchObject([{ directory: 'acme', type: 'Group', attribute: 'displayName' }]);
  expect([duplicates[0]?.id, duplicates[0]?.holder].sort()).toEqual([one.id, other.id].sort());
});

test('of two changes at once the later one counts, and the other is told so, whichever is slower', async () => {
  const stop = new Error('interrupted');
  const interrupting = () => {
    throw stop;
  };
  beforeFirst(deployment.secrets.client, 'PutSecretValueCommand', async () => {
    const later = updateDirectory(deployment, 'acme', { settings: settingsOf() }, interrupting);
    await expect(later).rejects.toBe(stop);
  });
  const earlier = updateDirectory(deployment, 'acme', { settings: UNIQUE }, interrupting);
  await expect(earlier).rejects.toThrow('somebody else changes the settings of acme at the same time');
  expect(await settingsInSecret()).toEqual(settingsOf());
  expect(await rowOf()).toMatchObject({ settings: settingsOf(), changing: expect.any(String), toldAt: expect.any(String) });
});

test('a change that another one has taken over does not end it', async () => {
  await beginLongAgo();
  beforeFirst(deployment.table.client, 'ScanCommand', () =>
    updateRow(deployment.table, scopeOf('acme'), { settings: settingsOf(), changing: '2026-02-02T00:00:00.000Z' }),
  );
  await expect(updateDirectory(deployment, 'acme', {})).rejects.toThrow('somebody else changes the settings of acme');
  expect(await rowOf()).toMatchObject({ settings: settingsOf(), changing: '2026-02-02T00:00:00.000Z' });
});

test('what the secret says otherwise than the row is put right, with all that follows from it', async () => {
  await changeDirectorySecret(deployment.secrets, 'acme', (secret) => ({ ...secret, settings: UNIQUE }));
  await addGroup('Pilots', UNIQUE);
  const stop = new Error('interrupted');
  const interrupted = updateDirectory(deployment, 'acme', { settings: { uniqueGroupNames: false } }, () => {
    throw stop;
  });
  await expect(interrupted).rejects.toBe(stop);
  await updateRow(deployment.table, scopeOf('acme'), { toldAt: LONG_AGO });
  await updateDirectory(deployment, 'acme', {});
  expect(await settingsInSecret()).toEqual(settingsOf());
  await addGroup('Pilots');
  const entries = (await deployment.table.items()).filter(({ pk }) => pk === 'acme#Group.displayName#pilots');
  expect(entries.map(({ sk }) => sk)).not.toContain('=');
  expect(entries).toHaveLength(2);
});
