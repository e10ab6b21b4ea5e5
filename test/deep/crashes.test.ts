import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import { create, type Directory, patch, remove, replace, search } from '../../lambdas/directory/operations.ts';
import { parseFilter } from '../../lambdas/scim/filter/parse.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { FORMAT } from '../../lambdas/store/items.ts';
import { countKey, placeOf, valueKey } from '../../lambdas/store/keys.ts';
import { reindex } from '../../lambdas/store/upkeep/reindex.ts';
import { repair } from '../../lambdas/store/upkeep/repair.ts';
import { crash } from '../support/dying.ts';
import { checkTable } from '../support/table-checker.ts';
import { directoryOn, type RawItem, type TestTable, testTable } from '../support/test-table.ts';

/*
 * Each operation dies before each of its requests is sent, and after each is done. Whatever it leaves: nothing false is served,
 * a repair leaves no trace of it, and the client's repeat does what was asked for.
 */

const schemas = [userSchema.id];
const before = {
  schemas,
  userName: 'ada',
  externalId: 'X1',
  emails: [{ value: 'ada@work' }, { value: 'ada@home' }],
  roles: [{ value: 'Admin' }, { value: 'Auditor' }],
  entitlements: [{ value: 'License 1' }],
};
/** More e-mail addresses than one batch of statements takes, so that a removal has several. */
const large = { ...before, emails: [...before.emails, ...Array.from({ length: 24 }, (_, i) => ({ value: `${i}@x` }))] };
const moved = {
  schemas,
  userName: 'lovelace',
  externalId: 'X2',
  emails: [{ value: 'ada@home' }, { value: 'ada@new' }],
  roles: [{ value: 'Auditor' }, { value: 'Owner' }],
  entitlements: [{ value: 'License 2' }],
};
const grace = {
  schemas,
  userName: 'grace',
  externalId: 'X3',
  emails: [{ value: 'ada@home' }],
  roles: [{ value: 'Admin' }],
  entitlements: [{ value: 'License 2' }],
};

interface Case {
  readonly name: string;
  /** How many requests it sends at least. */
  readonly requests: number;
  readonly existing: readonly object[];
  readonly act: (directory: Directory, id: string) => Promise<unknown>;
  /** The error by which the repeat may tell that it has been done already. */
  readonly done?: object;
  /** What there is in the end. */
  readonly end: readonly object[];
}

const isTaken = { status: 409, scimType: 'uniqueness' };
const isGone = { status: 404 };
const set = (values: object) => Object.entries(values).map(([path, value]) => ({ op: 'replace', path, value }));
const { schemas: _, ...movedValues } = moved;

const CASES: readonly Case[] = [
  { name: 'create', requests: 1, existing: [grace], act: (acme) => create(acme, user, before), done: isTaken, end: [grace, before] },
  {
    name: 'replace that moves entries',
    requests: 2,
    existing: [grace, before],
    act: (acme, id) => replace(acme, user, id, moved),
    end: [grace, moved],
  },
  {
    name: 'patch that moves entries',
    requests: 2,
    existing: [grace, before],
    act: (acme, id) => patch(acme, user, id, set(movedValues)),
    end: [grace, moved],
  },
  {
    name: 'patch that moves none',
    requests: 2,
    existing: [grace, before],
    act: (acme, id) => patch(acme, user, id, set({ title: 'Dr' })),
    end: [grace, { ...before, title: 'Dr' }],
  },
  {
    name: 'delete',
    requests: 4,
    existing: [grace, large],
    act: (acme, id) => remove(acme, user, id),
    done: isGone,
    end: [grace],
  },
];

/** A directory as a request of its own sees it. */
type NewRequest = () => Directory;
const directoryOf =
  (table: TestTable, name: string): NewRequest =>
  () =>
    directoryOn(table, name);

const isUserOf = (item: RawItem, name: string) => {
  const place = placeOf(item);
  return place?.kind === 'resource' && place.directory === name;
};
const usersIn = async (table: TestTable, name: string) =>
  (await table.items()).filter((item) => isUserOf(item, name)).map(({ sk, body }) => ({ id: sk, text: JSON.stringify(body) }));

const FILTERS = [before, moved, grace].flatMap(({ userName, externalId, emails, roles, entitlements }) => [
  { filter: `userName eq "${userName}"`, text: `"${userName}"` },
  { filter: `externalId eq "${externalId}"`, text: `"${externalId}"` },
  ...Object.entries({ emails, roles, entitlements }).flatMap(([attribute, values]) =>
    values.map(({ value }) => ({ filter: `${attribute}.value eq "${value}"`, text: `"${value}"` })),
  ),
]);

/** What is found and counted is what is there. */
async function expectNoGhosts(table: TestTable, directory: NewRequest) {
  const users = await usersIn(table, directory().directory);
  const idsOf = (found: readonly { readonly id: string }[]) => found.map(({ id }) => id).sort();
  const checked = FILTERS.map(async ({ filter, text }) => {
    const page = await search(directory(), user, { startIndex: 1, count: 100 }, { filter: parseFilter(filter) });
    const holders = users.filter((one) => one.text.includes(text));
    expect({ filter, total: page.totalResults, ids: idsOf(page.resources) }).toEqual({
      filter,
      total: holders.length,
      ids: idsOf(holders),
    });
  });
  await Promise.all(checked);
  await expect(search(directory(), user, { startIndex: 1, count: 0 })).resolves.toMatchObject({ totalResults: users.length });
  const page = await search(directory(), user, { startIndex: 1, count: 100 });
  expect(idsOf(page.resources)).toEqual(idsOf(users));
}

/** False if the operation had no n-th request to die at. */
async function dieAndRecover(table: TestTable, { existing, act, done, end }: Case, n: number, when: 'before' | 'after'): Promise<boolean> {
  const directory = directoryOf(table, `acme-${n}`);
  let id = '';
  for (const body of existing) ({ id } = await create(directory(), user, { ...body }));
  const died = await crash(table, n, when, () => act(directory(), id));
  expect(await checkTable(table, [user])).toEqual([]);
  await expectNoGhosts(table, directory);

  await expect(repair(table, [user])).resolves.toMatchObject({ recounted: 0, busy: 0 });
  expect(await checkTable(table, [user], { afterRepair: true })).toEqual([]);

  const repeated = await act(directory(), id).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (repeated !== undefined) expect(repeated).toMatchObject(done ?? { message: 'this operation can be repeated' });
  expect(await checkTable(table, [user], { afterRepair: true })).toEqual([]);
  await expectNoGhosts(table, directory);
  const { resources } = await search(directory(), user, { startIndex: 1, count: 100 });
  const expected = end.map(({ schemas: _, ...values }: { schemas?: unknown }) => expect.objectContaining(values));
  expect(resources.map(({ body }) => body)).toEqual(expect.arrayContaining(expected));
  expect(resources).toHaveLength(end.length);
  return died;
}

test.each(CASES.flatMap((one) => (['before', 'after'] as const).map((when) => ({ ...one, when }))))(
  '$name: the process dies $when any of its requests',
  async ({ when, ...one }) => {
    await using table = await testTable();
    let n = 1;
    while (await dieAndRecover(table, one, n, when)) n++;
    expect(n - 1).toBeGreaterThanOrEqual(one.requests);
  },
);

test('entries that a dead removal has left are there until the repair, which counts them', async () => {
  await using table = await testTable();
  const directory = directoryOf(table, 'acme');
  const { id } = await create(directory(), user, large);
  await crash(table, 3, 'before', () => remove(directory(), user, id));
  expect(await checkTable(table, [user], { afterRepair: true })).toHaveLength(30);
  await expect(repair(table, [user])).resolves.toMatchObject({ swept: 30, recounted: 0, busy: 0 });
  await expect(repair(table, [user])).resolves.toMatchObject({ swept: 0, recounted: 0, busy: 0 });
});

test.each([{ when: 'before' as const }, { when: 'after' as const }])(
  'a repair and a reindex that die $when any of their requests are finished by the next ones',
  async ({ when }) => {
    await using table = await testTable();
    const put = (item: object) => table.client.send(new PutCommand({ TableName: table.name, Item: { format: FORMAT, ...item } }));
    const options = { segments: 1, pause: 0 };
    const mend = async () => {
      await repair(table, [user], options);
      await reindex(table, [user], options);
    };
    let n = 1;
    for (let died = true; died; n++) {
      const { id } = await create(directoryOf(table, 'acme')(), user, { ...before, userName: `ada${n}` });
      const entry = (value: string, sk: string) => ({ pk: valueKey('acme', 'User', 'externalId', value), sk });
      await table.client.send(new DeleteCommand({ TableName: table.name, Key: entry('X1', id) }));
      await put({ ...entry('old', id), id });
      await put({ ...countKey('acme', { name: 'User' }, id), n: 7, changes: 7 });
      expect(await checkTable(table, [user], { afterRepair: true })).toHaveLength(3);
      died = await crash(table, n, when, mend);
      await mend();
      expect(await checkTable(table, [user], { afterRepair: true })).toEqual([]);
    }
    expect(n).toBeGreaterThan(9);
  },
);
