import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import {
  createDirectory,
  type DirectoryRow,
  getDirectory,
  listDirectories,
  markDeleting,
  removeDirectory,
  updateDirectory,
} from '../../lambdas/store/directories.ts';
import { FORMAT } from '../../lambdas/store/items.ts';
import { directoryKey } from '../../lambdas/store/keys.ts';
import { duplicate, first, isWrite, loseAnswer } from '../support/disturbances.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { scopeOf, type TestTable } from '../support/test-table.ts';

let table: TestTable;
eachOnFreshTable((fresh) => {
  table = fresh;
});

const ROW: DirectoryRow = { name: 'Acme', state: 'active', settings: { uniqueGroupNames: true }, createdAt: '2026-01-02T03:04:05.006Z' };
const NOW = new Date('2026-05-06T07:08:09.010Z');
const acme = () => scopeOf('acme');
const there = () => getDirectory(table, acme());
const put = (directory: string, attributes: object) =>
  table.client.send(new PutCommand({ TableName: table.name, Item: { ...directoryKey(directory), ...attributes } }));
const make = (row = ROW) => createDirectory(table, acme(), row);

describe('a new directory', () => {
  test('has the row that it was given', async () => {
    await expect(make()).resolves.toBeUndefined();
    await expect(there()).resolves.toEqual(ROW);
  });

  test('is not made where there is one, which is told', async () => {
    await make();
    await expect(make({ name: 'Other', state: 'active' })).resolves.toEqual(ROW);
    await expect(there()).resolves.toEqual(ROW);
  });

  test('is made by one of ten who make it at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => make({ name: `${i}`, state: 'active' })));
    expect(answers.filter((row) => row === undefined)).toHaveLength(1);
    const [loser] = answers.filter((row) => row !== undefined);
    await expect(there()).resolves.toEqual(loser);
  });
});

/** Each of them does something else when it is done twice, so that a repeat must not be taken for another one. */
const CHANGES = [
  { name: 'creating', prepare: async () => {}, act: () => make(), answer: undefined, row: ROW },
  {
    name: 'updating',
    prepare: make,
    act: () => updateDirectory(table, acme(), { name: 'New' }),
    answer: { ...ROW, name: 'New' },
    row: { ...ROW, name: 'New' },
  },
  {
    name: 'ending a change',
    prepare: () => make({ ...ROW, changing: 'then' }),
    act: () => updateDirectory(table, acme(), { changing: undefined }, { changing: 'then' }),
    answer: ROW,
    row: ROW,
  },
  {
    name: 'marking',
    prepare: make,
    act: () => markDeleting(table, acme(), NOW),
    answer: { ...ROW, state: 'deleting', deletingSince: NOW.toISOString() },
    row: { ...ROW, state: 'deleting', deletingSince: NOW.toISOString() },
  },
  {
    name: 'removing',
    prepare: async () => {
      await make();
      await markDeleting(table, acme(), NOW);
    },
    act: () => removeDirectory(table, acme()),
    answer: true,
    row: undefined,
  },
] as const;

describe.each(CHANGES)('$name', ({ prepare, act, answer, row }) => {
  test.each([
    { what: 'the answer is lost', disturbance: () => loseAnswer(first(isWrite)) },
    { what: 'the request arrives twice', disturbance: () => duplicate(first(isWrite), { answer: 'second' }) },
  ])('is done once where $what', async ({ disturbance }) => {
    await prepare();
    using _ = table.disturb(disturbance());
    await expect(act()).resolves.toEqual(answer);
    await expect(there()).resolves.toEqual(row);
  });
});

describe('an update', () => {
  test('leaves alone what it does not name, and what only another version knows', async () => {
    await put('acme', { ...ROW, plan: 'gold', format: FORMAT });
    const changes = { settings: { uniqueGroupNames: false }, changing: NOW.toISOString() };
    await expect(updateDirectory(table, acme(), changes)).resolves.toEqual({ ...ROW, plan: 'gold', ...changes });
  });

  test('takes out of the row what it names without a value', async () => {
    await make({ ...ROW, changing: 'then' });
    await expect(updateDirectory(table, acme(), { changing: undefined })).resolves.toEqual(ROW);
  });

  test('does not end a change of settings that another one has taken the place of', async () => {
    await make({ ...ROW, changing: 'later' });
    await expect(updateDirectory(table, acme(), { changing: undefined }, { changing: 'then' })).resolves.toBeUndefined();
    await expect(there()).resolves.toEqual({ ...ROW, changing: 'later' });
  });

  test('makes no directory, and does nothing to one that is being deleted', async () => {
    await expect(updateDirectory(table, acme(), { name: 'New' })).resolves.toBeUndefined();
    await expect(there()).resolves.toBeUndefined();
    await make({ ...ROW, state: 'deleting' });
    await expect(updateDirectory(table, acme(), { name: 'New' })).resolves.toBeUndefined();
    await expect(there()).resolves.toEqual({ ...ROW, state: 'deleting' });
  });
});

describe('a directory that is to go', () => {
  test('is being deleted since the first time that this was said', async () => {
    await make();
    const marked = await markDeleting(table, acme(), NOW);
    expect(marked).toEqual({ ...ROW, state: 'deleting', deletingSince: NOW.toISOString() });
    await expect(markDeleting(table, acme(), new Date())).resolves.toEqual(marked);
  });

  test('is none if there is none', async () => {
    await expect(markDeleting(table, acme(), NOW)).resolves.toBeUndefined();
    expect(await table.items()).toEqual([]);
  });

  test('goes only when it is being deleted, and may be gone already', async () => {
    await make();
    await expect(removeDirectory(table, acme())).resolves.toBe(false);
    await expect(there()).resolves.toEqual(ROW);
    await markDeleting(table, acme(), NOW);
    await expect(removeDirectory(table, acme())).resolves.toBe(true);
    await expect(removeDirectory(table, acme())).resolves.toBe(true);
    await expect(make()).resolves.toBeUndefined();
  });
});

test('what a newer version has written is told, and not changed', async () => {
  await put('acme', { ...ROW, format: FORMAT + 1 });
  await expect(listDirectories(table)).resolves.toEqual([{ ...ROW, directory: 'acme', isNewer: true }]);
  await expect(updateDirectory(table, acme(), { name: 'New' })).resolves.toBeUndefined();
  await expect(markDeleting(table, acme(), NOW)).resolves.toEqual(ROW);
  await put('acme', { ...ROW, state: 'deleting', format: FORMAT + 1 });
  await expect(removeDirectory(table, acme())).resolves.toBe(false);
});

test('directories are listed in the order of their ids, all of them', async () => {
  // More than one answer of DynamoDB holds.
  const name = 'x'.repeat(300_000);
  for (const directory of ['b', 'a-2', 'a', 'c', 'd']) await createDirectory(table, scopeOf(directory), { name, state: 'active' });
  await put('before', { name: 'From before', state: 'active' });
  const listed = await listDirectories(table);
  expect(listed.map(({ directory }) => directory)).toEqual(['a', 'a-2', 'b', 'before', 'c', 'd']);
  expect(listed.find(({ directory }) => directory === 'before')).toEqual({
    directory: 'before',
    name: 'From before',
    state: 'active',
    isNewer: false,
  });
});
