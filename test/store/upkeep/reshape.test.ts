import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { create, get, patch, remove, replace, search } from '../../../lambdas/directory/operations.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import { group, groupSchema } from '../../../lambdas/scim/schemas/group.ts';
import { DEFAULT_SETTINGS, type Settings, settingsOf } from '../../../lambdas/scim/schemas/settings.ts';
import { typeIn } from '../../../lambdas/scim/schemas/type-in.ts';
import { createDirectory, putDirectory, updateDirectory } from '../../../lambdas/store/directories.ts';
import { placeOf } from '../../../lambdas/store/keys.ts';
import { reindex } from '../../../lambdas/store/upkeep/reindex.ts';
import { repair } from '../../../lambdas/store/upkeep/repair.ts';
import { reshape } from '../../../lambdas/store/upkeep/reshape.ts';
import { first, isWrite } from '../../support/disturbances.ts';
import { crash } from '../../support/dying.ts';
import { checkItems } from '../../support/table-checker.ts';
import { directoryOn, scopeOf, type TestTable, testTable } from '../../support/test-table.ts';

/*
 * A setting of a directory is changed while functions that remember the old choice write side by side with others that know the new
 * one: nothing is missed meanwhile, and after it all is as the new choice has it.
 */

let table: TestTable;
beforeAll(async () => {
  table = await testTable();
});
afterAll(async () => table[Symbol.asyncDispose]());
beforeEach(() => {
  jest.spyOn(console, 'warn').mockImplementation(() => {});
});

const UNIQUE = settingsOf({ uniqueGroupNames: true });
const SHARED = DEFAULT_SETTINGS;
const BOTH = [UNIQUE, SHARED];
const CHANGING = new Date().toISOString();

let directories = 0;
const newName = () => `change-${++directories}`;
const fold = (name: unknown) => String(name).toLowerCase();
const body = (displayName: string) => ({ schemas: [groupSchema.id], displayName, externalId: 'X' });
const as = (name: string, settings: Settings) => directoryOn(table, name, settings);
const setRow = (name: string, settings: Settings, changing?: string) =>
  putDirectory(table, scopeOf(name), { name, state: 'active', settings, changing });
const all = async (name: string) => (await search(as(name, SHARED), group, { startIndex: 1, count: 500 })).resources;
const find = async (name: string, settings: Settings, displayName: string) => {
  const filter = parseFilter(`displayName eq "${displayName}"`);
  return (await search(as(name, settings), group, { startIndex: 1, count: 100 }, { filter })).resources.map(({ id }) => id);
};
const reshapeNow = (name: string) => reshape(table, [group], name, { pause: 0, segments: 1 });
const itemsOf = async (name: string) => (await table.items()).filter((item) => placeOf(item)?.directory === name);
const entriesOf = async (name: string) => (await itemsOf(name)).filter((item) => placeOf(item)?.kind === 'entry');
const wrongIn = async (name: string, settings: Settings) =>
  checkItems(await itemsOf(name), [typeIn(group, settings)], { afterRepair: true });

const NAMES = ['Red', 'RED', 'Green', 'Blue', 'Black'];
const FOLDED = [...new Set(NAMES.map(fold))];

/** What one writer does, of those groups that there are: which of them, to which name, and by which choice. */
const steps = fc.record({
  act: fc.constantFrom('create', 'create', 'replace', 'patch', 'remove', 'other'),
  who: fc.nat({ max: 999 }),
  name: fc.constantFrom(...NAMES),
  settings: fc.constantFrom(...BOTH),
});
type Step = Parameters<Parameters<typeof steps.map>[0]>[0];

const EXPECTED = [404, 409];

async function take(directory: string, { act, who, name, settings }: Step, ids: readonly string[]): Promise<void> {
  const own = as(directory, settings);
  const id = ids[who % ids.length];
  const acts = {
    replace: (one: string) => replace(own, group, one, body(name)),
    patch: (one: string) => patch(own, group, one, [{ op: 'replace', path: 'displayName', value: name }]),
    other: (one: string) => patch(own, group, one, [{ op: 'replace', path: 'externalId', value: `X${who}` }]),
    remove: (one: string) => remove(own, group, one),
  };
  const doing: Promise<unknown> = act === 'create' || id === undefined ? create(own, group, body(name)) : acts[act](id);
  await doing.catch((error: { status?: number }) => {
    if (!EXPECTED.includes(error.status ?? 0)) throw error;
  });
}

/** By each name those groups are found that have it, and no others, whatever the function knows that looks. */
async function expectFound(directory: string, names: readonly string[] = FOLDED): Promise<void> {
  const lookups = names.flatMap((name) => BOTH.map((settings) => ({ name, settings })));
  const [groups, ...found] = await Promise.all([all(directory), ...lookups.map(({ name, settings }) => find(directory, settings, name))]);
  const having = (name: string) => groups.filter((one) => fold(one.body.displayName) === name).map(({ id }) => id);
  expect(found).toEqual(lookups.map(({ name }) => having(name)));
}

/** Which names several groups have. */
async function sharedNames(directory: string): Promise<string[]> {
  const byName = Map.groupBy(await all(directory), (one) => fold(one.body.displayName));
  return [...byName].flatMap(([name, groups]) => (groups.length > 1 ? groups.slice(1).map(() => name) : []));
}

const AT_ONCE = 4;

async function writeMixture(directory: string, script: readonly Step[]): Promise<void> {
  for (let i = 0; i < script.length; i += AT_ONCE) {
    const ids = (await all(directory)).map(({ id }) => id);
    await Promise.all(script.slice(i, i + AT_ONCE).map((step) => take(directory, step, ids)));
    await expectFound(directory);
  }
}

describe.each([
  { to: 'unique names', settings: UNIQUE },
  { to: 'names that several may have', settings: SHARED },
])('a change to $to', ({ settings }) => {
  test.each([{ seed: 1 }, { seed: 2 }])('is complete whatever a mixture of writers has left: $seed', async ({ seed }) => {
    const directory = newName();
    const script = fc.sample(fc.array(steps, { minLength: 20, maxLength: 20, size: 'max' }), { seed, numRuns: 1 })[0] ?? [];
    await setRow(directory, settings, CHANGING);
    await writeMixture(directory, script);
    const shared = await sharedNames(directory);

    const { reindex: reindexed, repair: repaired } = await reshapeNow(directory);
    expect(repaired).toMatchObject({ busy: 0, newer: 0, recounted: 0, undeclared: 0 });
    expect(reindexed).toMatchObject({ busy: 0, newer: 0 });
    expect(reindexed.duplicates).toHaveLength(settings.uniqueGroupNames ? shared.length : 0);
    expect(await wrongIn(directory, settings)).toHaveLength(settings.uniqueGroupNames ? shared.length : 0);
    await expectFound(directory, settings.uniqueGroupNames ? FOLDED.filter((name) => !shared.includes(name)) : FOLDED);
  });

  test('is complete also by the commands that an operator has', async () => {
    const directory = newName();
    const script = fc.sample(fc.array(steps, { minLength: 15, maxLength: 15, size: 'max' }), { seed: 4, numRuns: 1 })[0] ?? [];
    await writeMixture(directory, script);
    await setRow(directory, settings);
    await reindex(table, [group], { directory });
    await repair(table, [group], { directory, pause: 0 });
    const { duplicates } = await reindex(table, [group], { directory });
    const shared = settings.uniqueGroupNames ? await sharedNames(directory) : [];
    expect(duplicates).toHaveLength(shared.length);
    expect(await wrongIn(directory, settings)).toHaveLength(shared.length);
  });
});

/** Groups whose entries are of both kinds, and some that lead nowhere; each has a name of its own. */
async function mixed(directory: string): Promise<void> {
  for (const settings of BOTH)
    for (const more of ['a', 'b', 'c']) await create(as(directory, settings), group, body(`${more}${settings.uniqueGroupNames}`));
  const [one, two, three] = (await all(directory)).map(({ id }) => id) as [string, string, string];
  await replace(as(directory, SHARED), group, one, body('one'));
  await replace(as(directory, UNIQUE), group, two, body('two'));
  await remove(as(directory, SHARED), group, three);
  // What each of them was called before.
  for (const name of ['atrue', 'btrue', 'ctrue', 'afalse', 'bfalse', 'cfalse'])
    if ((await find(directory, SHARED, name)).length === 0) await create(as(directory, SHARED), group, body(name));
}
const OWN_NAMES = ['one', 'two', 'atrue', 'btrue', 'ctrue', 'afalse', 'bfalse', 'cfalse'];

describe.each([
  { to: 'unique names', settings: UNIQUE },
  { to: 'names that several may have', settings: SHARED },
])('while what a directory holds is changed to $to', ({ settings }) => {
  test('nothing is missed', async () => {
    const directory = newName();
    await mixed(directory);
    await setRow(directory, settings, CHANGING);
    let writes = 0;
    using _ = table.disturb(async (request, pass) => {
      const output = await pass();
      if (!isWrite(request)) return output;
      writes++;
      await expectFound(directory, OWN_NAMES);
      return output;
    });
    await expect(reshapeNow(directory)).resolves.toMatchObject({ reindex: { duplicates: [] }, repair: { busy: 0 } });
    expect(writes).toBeGreaterThan(3);
    expect(await wrongIn(directory, settings)).toEqual([]);
  });

  test('a process that dies leaves what the next one finishes', async () => {
    const directory = newName();
    await mixed(directory);
    await setRow(directory, settings, CHANGING);
    for (let n = 2; await crash(table, n, 'after', () => reshapeNow(directory)); n += 4) await expectFound(directory, OWN_NAMES);
    expect(await wrongIn(directory, settings)).toEqual([]);
  });

  test('what is done again when all is done writes nothing', async () => {
    const directory = newName();
    await mixed(directory);
    await setRow(directory, settings, CHANGING);
    await reshapeNow(directory);
    const sent = await table.sentBy(() => reshapeNow(directory));
    expect(sent.filter(isWrite)).toEqual([]);
  });
});

test('a group takes back a name that it had, whoever has changed it meanwhile', async () => {
  const directory = newName();
  const { id } = await create(as(directory, UNIQUE), group, body('Old'));
  await replace(as(directory, SHARED), group, id, body('New'));
  await replace(as(directory, UNIQUE), group, id, body('Old'));
  await expect(get(as(directory, UNIQUE), group, id)).resolves.toMatchObject({ body: { displayName: 'Old' } });
  await expect(create(as(directory, UNIQUE), group, body('old'))).rejects.toMatchObject({ status: 409 });
});

describe('a repair of the whole table', () => {
  const lines = () => jest.mocked(console.warn).mock.calls.map(([line]) => line as { directory?: string });

  test('leaves a directory alone whose settings are being changed, and says so once', async () => {
    const directory = newName();
    await mixed(directory);
    await setRow(directory, UNIQUE, CHANGING);
    const before = await entriesOf(directory);
    const { newer } = await repair(table, [group], { pause: 0, segments: 2 });
    expect(newer).toBeGreaterThanOrEqual(before.length);
    expect(await entriesOf(directory)).toEqual(before);
    expect(lines().filter((line) => line.directory === directory)).toHaveLength(1);
  });

  test('that has begun before a setting is changed does no harm to what is written by the new one', async () => {
    const directory = newName();
    await createDirectory(table, scopeOf(directory), { name: directory, state: 'active', settings: SHARED });
    for (const name of ['one', 'two']) await create(as(directory, SHARED), group, body(name));
    const isScan = first(({ command }) => command === 'Scan');
    using _ = table.disturb(async (request, pass) => {
      const page = await pass();
      if (!isScan(request)) return page;
      await updateDirectory(table, scopeOf(directory), { settings: UNIQUE, changing: CHANGING });
      await create(as(directory, UNIQUE), group, body('three'));
      return page;
    });
    await repair(table, [group], { pause: 0, segments: 1 });
    await expectFound(directory, ['one', 'two', 'three']);
    await expect(create(as(directory, UNIQUE), group, body('Three'))).rejects.toMatchObject({ status: 409 });
  });
});
