import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import { create, get, patch, remove, search } from '../../lambdas/directory/operations.ts';
import { withRelations } from '../../lambdas/directory/relations.ts';
import { parseFilter } from '../../lambdas/scim/filter/parse.ts';
import { represent } from '../../lambdas/scim/resource.ts';
import { group, groupSchema } from '../../lambdas/scim/schemas/group.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import { FORMAT } from '../../lambdas/store/items.ts';
import { keysBeginWith, membershipKey, resourceKey } from '../../lambdas/store/keys.ts';
import { stagedEntry } from '../../lambdas/store/marks.ts';
import { crash } from '../support/dying.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { membersOf } from '../support/groups.ts';
import { endLeases } from '../support/leases.ts';
import { checkTable } from '../support/table-checker.ts';
import { directoryOn, givingId, type TestTable } from '../support/test-table.ts';

/*
 * Two directories with users and groups of the same ids: what a large change marks in one of them, and what is left of it there, counts
 * for nothing in the other, and keeps nobody from anything.
 */

/** One is the beginning of the other. */
const [OWN, OTHER] = ['acme-2', 'acme'] as const;
const STAFF = '50000000-0000-4000-8000-000000000000';
const CREW = '60000000-0000-4000-8000-000000000000';
const IDS = ['0', '1', '8', 'a', 'f'].map((digit) => `${digit}a000000-0000-4000-8000-000000000000`);
const [FIRST = ''] = IDS;

let table: TestTable;
eachOnFreshTable((fresh) => {
  table = fresh;
});

const open = (name: string) => ({ ...directoryOn(table, name), store: dynamoStore(table, { atOnce: 3, unspread: 4 }) });
const body = (displayName: string, ids: readonly string[]) => ({ schemas: [groupSchema.id], displayName, members: membersOf(...ids) });
const createGroup = (directory: string, id: string, ids: readonly string[]) => create(givingId(open(directory), id), group, body(id, ids));
const add = (directory: string, ids: readonly string[]) =>
  patch(open(directory), group, STAFF, [{ op: 'add', path: 'members', value: membersOf(...ids) }]);

/** In both directories the same users, and a group of the first of them. */
async function populate() {
  for (const directory of [OWN, OTHER]) {
    for (const id of IDS) await create(givingId(open(directory), id), user, { schemas: [userSchema.id], userName: id });
    await createGroup(directory, STAFF, [FIRST]);
  }
}

const itemsOf = async (directory: string) => (await table.items()).filter(({ pk }) => pk.startsWith(keysBeginWith(directory)));

/** What clients of a directory see: its users with their groups, and its groups with their members. */
async function shownIn(directory: string) {
  const of = async (type: typeof user, filter?: string) => {
    const { resources } = await search(open(directory), type, { startIndex: 1, count: 100 }, filter ? { filter: parseFilter(filter) } : {});
    const shown = await withRelations(open(directory), type, resources, () => true);
    return shown.map(({ stored, relations }) => represent(type, stored, relations));
  };
  return [await of(user), await of(group), await of(user, `groups.value eq "${STAFF}"`), await of(group, `members.value eq "${IDS[1]}"`)];
}

test.each([
  { name: 'adds many members', act: () => add(OWN, IDS) },
  { name: 'creates a group of many members', act: () => createGroup(OWN, CREW, IDS) },
  {
    name: 'removes many members',
    act: () => patch(open(OWN), group, STAFF, [{ op: 'remove', path: 'members' }]),
    before: () => add(OWN, IDS),
  },
])('who $name touches no other directory, wherever the process dies, and nobody there has to wait', async ({ act, before }) => {
  await populate();
  await before?.();
  const [items, shown] = [await itemsOf(OTHER), await shownIn(OTHER)];
  const bookmarks = (all: typeof items) => all.filter(({ pk }) => !pk.includes('#bookmark#'));
  let dies = true;
  for (let n = 1; dies; n += 3) {
    dies = await crash(table, n, 'after', act);
    expect(bookmarks(await itemsOf(OTHER))).toEqual(bookmarks(items));
    expect(await shownIn(OTHER)).toEqual(shown);
    await endLeases(table, OWN);
  }
  await crash(table, 9, 'before', act);

  // The lease of the one directory is not that of the other: an answer that had to be waited for would come too late.
  const hurried = { ...open(OTHER), deadline: Date.now() + 20_000 };
  const operations = [{ op: 'replace', path: 'members', value: membersOf(...IDS) }] as const;
  await patch(hurried, group, STAFF, operations);
  await createGroup(OTHER, CREW, IDS);
  await remove(open(OTHER), user, FIRST);
  const { size } = await get(open(OTHER), group, CREW);
  expect(size).toBe(4);
  const wrong = await checkTable(table, [user, group], { afterRepair: true });
  expect(wrong.filter((one) => !one.includes(OWN))).toEqual([]);
});

test('a mark that counts in one directory does not in the other, though it has the same name and is of the same ids', async () => {
  await populate();
  const mark = 'change.0.1';
  const [, joining = ''] = IDS;
  for (const directory of [OWN, OTHER]) {
    const Item = { ...membershipKey(directory, STAFF, 1, joining), type: 'User', format: FORMAT, mark };
    await table.client.send(new PutCommand({ TableName: table.name, Item }));
    await note(resourceKey(directory, user, joining), 'ADD staged :names', new Set([stagedEntry(STAFF, mark)]));
  }
  await note(resourceKey(OWN, group, STAFF), 'ADD applied :names, #size :one', new Set([mark]));
  const members = async (directory: string) => {
    const [, [staff] = [], ofGroup, ofMember] = await shownIn(directory);
    const groups = await open(directory).store.groupsOf(open(directory), user, [await get(open(directory), user, joining)]);
    return {
      shown: [staff?.members].flat().length,
      ofGroup: ofGroup?.length,
      ofMember: ofMember?.length,
      groups: groups.flat().length,
    };
  };
  expect(await members(OWN)).toEqual({ shown: 2, ofGroup: 2, ofMember: 1, groups: 1 });
  expect(await members(OTHER)).toEqual({ shown: 1, ofGroup: 1, ofMember: 0, groups: 0 });
  expect(await checkTable(table, [user, group])).toEqual([]);
});

const note = (Key: ReturnType<typeof resourceKey>, expression: string, names: ReadonlySet<string>) => {
  const isSized = expression.includes('#size');
  return table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key,
      UpdateExpression: expression,
      ...(isSized && { ExpressionAttributeNames: { '#size': 'size' } }),
      ExpressionAttributeValues: { ':names': names, ...(isSized && { ':one': 1 }) },
    }),
  );
};
