import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { create, search } from '../../../lambdas/directory/operations.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import { group, groupSchema } from '../../../lambdas/scim/schemas/group.ts';
import { DEFAULT_SETTINGS, type Settings, settingsOf } from '../../../lambdas/scim/schemas/settings.ts';
import { typeIn } from '../../../lambdas/scim/schemas/type-in.ts';
import { getDirectory, putDirectory } from '../../../lambdas/store/directories.ts';
import { FORMAT } from '../../../lambdas/store/items.ts';
import { directoryKey, placeOf, UNIQUE as UNIQUE_KEY, valueKey } from '../../../lambdas/store/keys.ts';
import { reindex } from '../../../lambdas/store/upkeep/reindex.ts';
import { repair } from '../../../lambdas/store/upkeep/repair.ts';
import type { ScanOptions } from '../../../lambdas/store/upkeep/scan.ts';
import { first, isWrite } from '../../support/disturbances.ts';
import { eachOnFreshTable } from '../../support/fresh-table.ts';
import { checkTable } from '../../support/table-checker.ts';
import { directoryOn, scopeOf, type TestTable } from '../../support/test-table.ts';

/*
 * What goes through a table sees each directory as its settings have it.
 */

let table: TestTable;
eachOnFreshTable((fresh) => {
  table = fresh;
});

const UNIQUE = settingsOf({ uniqueGroupNames: true });
const putRow = (name: string, settings?: Settings) => putDirectory(table, scopeOf(name), { name, state: 'active', settings });
const newGroup = (name: string, settings: Settings, displayName: string) =>
  create(directoryOn(table, name, settings), group, { schemas: [groupSchema.id], displayName, externalId: 'X' });
const find = async (name: string, settings: Settings, displayName: string) => {
  const filter = parseFilter(`displayName eq "${displayName}"`);
  return (await search(directoryOn(table, name, settings), group, { startIndex: 1, count: 9 }, { filter })).totalResults;
};
const repairNow = (options: ScanOptions = {}) => repair(table, [group], { pause: 0, ...options });
const reindexNow = (options: ScanOptions = {}) => reindex(table, [group], options);
const entriesOf = async (name: string) =>
  (await table.items()).filter((item) => placeOf(item)?.kind === 'entry' && placeOf(item)?.directory === name);
const dropEntries = async () => {
  for (const { pk, sk } of (await table.items()).filter((item) => placeOf(item)?.kind === 'entry'))
    await table.client.send(new DeleteCommand({ TableName: table.name, Key: { pk, sk } }));
};

const RIGHT = { newer: 0, unknown: 0, busy: 0 };
const WORKS = [
  {
    work: 'repair',
    act: repairNow,
    nothing: { ...RIGHT, swept: 0, mended: 0, tidied: 0, recounted: 0, resized: 0, reassigned: 0, undeclared: 0 },
  },
  { work: 'reindex', act: reindexNow, nothing: { ...RIGHT, added: 0, duplicates: [] } },
] as const;

describe('directories of both kinds, and one without a row', () => {
  beforeEach(async () => {
    await putRow('unique', UNIQUE);
    await putRow('shared', DEFAULT_SETTINGS);
    await putRow('before');
    for (const name of ['shared', 'before', 'bare'])
      for (const displayName of ['Twins', 'TWINS']) await newGroup(name, DEFAULT_SETTINGS, displayName);
    for (const displayName of ['One', 'Two']) await newGroup('unique', UNIQUE, displayName);
  });

  describe.each(WORKS)('where nothing is wrong a $work', ({ act, nothing }) => {
    test('writes nothing', async () => {
      const before = await table.items();
      const sent = await table.sentBy(() => expect(act()).resolves.toEqual({ ...nothing, items: before.length }));
      expect(sent.filter(isWrite)).toEqual([]);
    });

    test.each([{ directory: 'unique' }, { directory: 'shared' }, { directory: 'before' }, { directory: 'bare' }])(
      'of $directory alone neither',
      async ({ directory }) => {
        const sent = await table.sentBy(() => expect(act({ directory })).resolves.toMatchObject(nothing));
        expect(sent.filter(isWrite)).toEqual([]);
      },
    );
  });

  test('have entries of their kind again when these were lost', async () => {
    const before = await table.items();
    await dropEntries();
    await expect(reindexNow()).resolves.toMatchObject({ ...RIGHT, added: 16, duplicates: [] });
    expect(await table.items()).toEqual(before);
    expect(await find('unique', UNIQUE, 'one')).toBe(1);
    expect(await find('shared', DEFAULT_SETTINGS, 'twins')).toBe(2);
  });

  test('a name that nobody has is free after a repair, also where it must be unique', async () => {
    const Item = { pk: valueKey('unique', 'Group', 'displayName', 'three'), sk: UNIQUE_KEY, id: 'ab'.repeat(16), format: FORMAT };
    await table.client.send(new PutCommand({ TableName: table.name, Item }));
    await expect(newGroup('unique', UNIQUE, 'Three')).rejects.toMatchObject({ status: 409 });
    await expect(repairNow()).resolves.toMatchObject({ ...RIGHT, swept: 1 });
    await newGroup('unique', UNIQUE, 'Three');
  });
});

test('groups of one name in a directory where that is unique are reported, and what is right for the others is done', async () => {
  const groups = [];
  for (const displayName of ['Twins', 'TWINS', 'Single']) groups.push(await newGroup('acme', DEFAULT_SETTINGS, displayName));
  await putRow('acme', UNIQUE);
  const { duplicates, ...report } = await reindexNow();
  expect(report).toMatchObject({ ...RIGHT, added: 2 });
  expect(duplicates).toEqual([
    { directory: 'acme', type: 'Group', attribute: 'displayName', id: expect.any(String), holder: expect.any(String) },
  ]);
  const twins = groups.slice(0, 2).map(({ id }) => id);
  expect([duplicates[0]?.id, duplicates[0]?.holder].sort()).toEqual(twins.sort());

  // What was made as long as the name was not unique leads nowhere.
  await expect(repairNow()).resolves.toMatchObject({ ...RIGHT, swept: 3 });
  expect(await checkTable(table, [typeIn(group, UNIQUE)], { afterRepair: true })).toHaveLength(1);
  expect(await find('acme', UNIQUE, 'single')).toBe(1);
});

test.each(WORKS)('a directory that is created while a $work is under way is seen as what it is', async ({ act, nothing }) => {
  const isScan = first(({ command }) => command === 'Scan');
  let entries: object[] = [];
  using _ = table.disturb(async (request, pass) => {
    if (!isScan(request)) return pass();
    await putRow('late', UNIQUE);
    await newGroup('late', UNIQUE, 'Latecomers');
    entries = await entriesOf('late');
    return pass();
  });
  // One segment: the table is read when the directory is there.
  await expect(act({ segments: 1 })).resolves.toMatchObject(nothing);
  expect(entries).toHaveLength(2);
  expect(await entriesOf('late')).toEqual(entries);
});

describe('a directory whose settings only another version can read', () => {
  const lines: unknown[] = [];
  beforeEach(() => {
    lines.length = 0;
    jest.spyOn(console, 'warn').mockImplementation((line: unknown) => void lines.push(line));
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test.each<{ what: string; row: object }>([
    { what: 'a setting that is not known here', row: { settings: { uniqueGroupNames: true, uniqueExternalIds: true } } },
    { what: 'a setting of another type', row: { settings: { uniqueGroupNames: 'yes' } } },
    { what: 'settings of another type', row: { settings: 'all' } },
    { what: 'a newer format', row: { settings: { uniqueGroupNames: true }, format: FORMAT + 1 } },
  ])('is left alone, with one line that says so: $what', async ({ row }) => {
    const Item = { ...directoryKey('later'), name: 'Later', state: 'active', format: FORMAT, ...row };
    await table.client.send(new PutCommand({ TableName: table.name, Item }));
    await newGroup('later', UNIQUE, 'Team');
    await newGroup('acme', DEFAULT_SETTINGS, 'Team');
    await dropEntries();
    const stray = { pk: valueKey('later', 'Group', 'displayName', 'nobody'), sk: UNIQUE_KEY, id: 'ab'.repeat(16), format: FORMAT };
    await table.client.send(new PutCommand({ TableName: table.name, Item: stray }));

    await expect(repairNow()).resolves.toMatchObject({ ...RIGHT, newer: 3, swept: 0 });
    expect(lines).toEqual([expect.objectContaining({ directory: 'later', message: expect.stringContaining('left alone') })]);
    await expect(reindexNow()).resolves.toMatchObject({ ...RIGHT, newer: 3, added: 2 });
    expect(await entriesOf('later')).toEqual([stray]);
  });
});

test('the row of a directory keeps its settings', async () => {
  await putRow('acme', UNIQUE);
  await expect(getDirectory(table, scopeOf('acme'))).resolves.toMatchObject({ name: 'acme', state: 'active', settings: UNIQUE });
});
