import { beforeEach, describe, expect, test } from '@jest/globals';
import { create, type Directory, get, patch, remove, replace, search } from '../../lambdas/directory/operations.ts';
import { viewOf } from '../../lambdas/http/view.ts';
import { parseFilter } from '../../lambdas/scim/filter/parse.ts';
import type { Operation } from '../../lambdas/scim/patch/actions.ts';
import type { Selection } from '../../lambdas/scim/project.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { adding, groupBody, removing, renaming, setting } from '../support/group-operations.ts';
import type { SentRequest } from '../support/strict-dynamodb.ts';
import { directoryOn, givingId, type TestTable } from '../support/test-table.ts';

/*
 * As in round-trips.test.ts: what users and groups cost where there are members. A change costs what it names, and a group of
 * hundreds no more than one of three; a large change takes no more round trips for more members, but more requests beside each other.
 */

let table: TestTable;
let acme: Directory;
eachOnFreshTable((fresh) => {
  table = fresh;
  acme = directoryOn(table);
});

const createUsers = (count: number, prefix = 'user'): Promise<string[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, n) => (await create(acme, user, { schemas: [userSchema.id], userName: `${prefix}${n}` })).id),
  );
const createGroup = async (displayName: string, members: readonly string[] = [], more: object = {}): Promise<string> =>
  (await create(acme, group, groupBody(displayName, members, more))).id;

const withoutMembers: Selection = { excludedAttributes: ['members'] };

/** What a GET of one resource does. */
const show = async (type: ResourceType, id: string, selection: Selection = {}) =>
  viewOf(type, acme, '', selection).one(await get(acme, type, id));

/** What a GET of a page does. */
const showPage = (type: ResourceType, selection: Selection = {}, filter?: string) =>
  search(
    acme,
    type,
    { startIndex: 1, count: 100, fitting: viewOf(type, acme, '', selection).fitting },
    { filter: filter === undefined ? undefined : parseFilter(filter) },
  );

/** How many items each transaction has that is sent while something is done. */
async function transactionsOf(act: () => Promise<unknown>): Promise<number[]> {
  const sent: readonly SentRequest[] = await table.sentBy(act);
  return sent.flatMap(({ command, input }) => (command === 'TransactWriteItems' ? [input.TransactItems?.length ?? 0] : []));
}

const trips = (requests: number, depth = requests) => ({ requests, depth });

describe('a user in groups', () => {
  let lonely: string;
  let member: string;
  beforeEach(async () => {
    [lonely = '', member = ''] = await createUsers(2);
    await createGroup('Team', [member]);
    await createGroup('Crew', [member]);
  });

  test.each([
    { name: 'is shown in 2: the groups are named in 1', act: () => show(user, member), expected: trips(2) },
    { name: 'is shown in 1 without its groups', act: () => show(user, member, { excludedAttributes: ['groups'] }), expected: trips(1) },
    { name: 'is shown in 1 where it is in none', act: () => show(user, lonely), expected: trips(1) },
    { name: 'is found by userName in 3', act: () => showPage(user, {}, 'userName eq "user1"'), expected: trips(3) },
    { name: 'is found by userName in 2 where it is in none', act: () => showPage(user, {}, 'userName eq "user0"'), expected: trips(2) },
    { name: 'is patched in 2', act: () => patch(acme, user, member, [renaming('Ada')]), expected: trips(2) },
    {
      name: 'is patched and shown in 3',
      act: async () => viewOf(user, acme, '', {}).one(await patch(acme, user, member, [renaming('Ada')])),
      expected: trips(3),
    },
    {
      name: 'is replaced and shown in 3',
      act: async () => viewOf(user, acme, '', {}).one(await replace(acme, user, member, { schemas: [userSchema.id], userName: 'renamed' })),
      expected: trips(3),
    },
    { name: 'is removed in 3: itself, its groups, all at once', act: () => remove(acme, user, member), expected: trips(3) },
    { name: 'is removed in 2 where it is in none', act: () => remove(acme, user, lonely), expected: trips(2) },
  ])('$name', async ({ act, expected }) => {
    await expect(table.measure(act)).resolves.toEqual(expected);
  });

  test('leaves them in the transaction that removes it', async () => {
    // The user, its userName, the count, and of each group the row and the group.
    await expect(transactionsOf(() => remove(acme, user, member))).resolves.toEqual([3 + 2 * 2]);
  });
});

describe('a user in 60 groups', () => {
  let member: string;
  beforeEach(async () => {
    [member = ''] = await createUsers(1);
    for (let n = 0; n < 60; n++) await createGroup(`Team ${n}`, [member]);
  });

  test('is shown in 2 all the same', async () => {
    await expect(table.measure(() => show(user, member))).resolves.toEqual(trips(2));
  });

  test('leaves those before it is removed that find no place in the transaction: 4, its groups in two batches', async () => {
    const sizes: number[] = [];
    await expect(table.measure(async () => sizes.push(...(await transactionsOf(() => remove(acme, user, member)))))).resolves.toEqual(
      trips(5, 4),
    );
    expect(sizes).toEqual([1 + 2 * 12, 3 + 2 * 48]);
  });
});

describe('a group', () => {
  test.each([
    { name: 'without members is created in 1', members: 0, expected: trips(1), transactions: [4] },
    { name: 'with a member is created in 1', members: 1, expected: trips(1), transactions: [6] },
    { name: 'with as many members as find place is created in 1', members: 48, expected: trips(1), transactions: [100] },
    {
      name: 'with one more is created in 7: are they there, the reservation, the marks, the group, two for its marks, their names',
      members: 49,
      expected: trips(1 + 1 + 2 * 2 + 1 + 2 * 2 + 1, 7),
      transactions: [1, 5, 1],
    },
  ])('$name', async ({ members, expected, transactions }) => {
    const ids = await createUsers(members);
    const make = (displayName: string) => createGroup(displayName, ids, { externalId: 'G1' });
    await expect(table.measure(() => make('Team'))).resolves.toEqual(expected);
    await expect(transactionsOf(() => make('Crew'))).resolves.toEqual(transactions);
  });

  test('with a group among its members, of which the client does not say so, is created in 3', async () => {
    const inner = await createGroup('Inner');
    await expect(table.measure(() => createGroup('Outer', [inner]))).resolves.toEqual(trips(3));
  });

  test.each([{ members: 1 }, { members: 2 }, { members: 48 }])('$members join in 2, and leave in 2', async ({ members }) => {
    const ids = await createUsers(members);
    const id = await createGroup('Team');
    for (const operation of [adding(ids), removing(ids)]) {
      await expect(table.measure(() => patch(acme, group, id, [operation]))).resolves.toEqual(trips(2));
      const back = operation.op === 'add' ? removing(ids) : adding(ids);
      await expect(transactionsOf(() => patch(acme, group, id, [back]))).resolves.toEqual([1 + 2 * members]);
      await patch(acme, group, id, [operation]);
    }
  });

  test('takes no more than 100 items at once where it is renamed as well', async () => {
    const ids = await createUsers(48);
    const id = await createGroup('Team', [], { externalId: 'G1' });
    const renamed = (name: string): Operation => ({ op: 'replace', value: { displayName: name, externalId: name } });
    const act = () => patch(acme, group, id, [renamed('Crew'), adding(ids)]);
    // With four entries that move, 47 members find place; 48 are a large change.
    await expect(transactionsOf(act)).resolves.toEqual([1, 5, 1]);
    await expect(transactionsOf(() => patch(acme, group, id, [renamed('Team'), removing(ids.slice(1))]))).resolves.toEqual([5 + 2 * 47]);
  });

  test('a member joins one of 300 for what it takes to join one of 3', async () => {
    const ids = await createUsers(301);
    const last = ids.slice(300);
    const groups = [await createGroup('Few', ids.slice(0, 3)), await createGroup('Many', ids.slice(0, 300))];
    for (const id of groups)
      for (const operation of [adding(last), removing(last)]) {
        await expect(table.measure(() => patch(acme, group, id, [operation]))).resolves.toEqual(trips(2));
        await expect(table.measure(() => patch(acme, group, id, [operation]))).resolves.toEqual(trips(1));
      }
    for (const id of groups) {
      await expect(table.measure(() => show(group, id, withoutMembers))).resolves.toEqual(trips(1));
      await expect(table.measure(() => patch(acme, group, id, [renaming('Crew')]))).resolves.toEqual(trips(2));
    }
    await expect(table.measure(() => show(group, groups[1] ?? ''))).resolves.toEqual(trips(3));
  });
});

describe('a large change', () => {
  const inBatchesOf = (size: number, count: number) => Math.ceil(count / size);
  /** The marks of rows and members beside each other, and the end of both one after the other. */
  const writesOf = (members: number) => 4 * inBatchesOf(25, members);
  /** The lease, the commit, and the end of its names. */
  const ALONE = 3;

  test.each([
    { members: 49, types: 1 },
    { members: 120, types: 2 },
  ])(
    'of $members who join is made in 9: the group, the rows, who they are, the lease, the marks, the commit, two for the marks, their names',
    async ({ members, types }) => {
      const ids = await createUsers(members);
      const id = await createGroup('Team');
      const reads = 1 + inBatchesOf(100, members) + types;
      const join = () => patch(acme, group, id, [adding(ids)]);
      await expect(table.measure(join)).resolves.toEqual(trips(reads + ALONE + writesOf(members), 9));
      const leave = () => patch(acme, group, id, [removing(ids)]);
      await expect(table.measure(leave)).resolves.toEqual(trips(reads - types + ALONE + writesOf(members), 8));
      await expect(transactionsOf(join)).resolves.toEqual([1, 1, 1]);
    },
  );

  test('gives a group 60 other members, and another name, in 9', async () => {
    const ids = await createUsers(120);
    const id = await createGroup('Team', ids.slice(0, 60));
    const act = () => replace(acme, group, id, groupBody('Crew', ids.slice(60)));
    await expect(table.measure(act)).resolves.toEqual(trips(1 + 1 + 2 + ALONE + writesOf(120), 9));
  });

  test('takes no more where it makes the group one whose rows are spread', async () => {
    const small = { ...acme, store: dynamoStore(table, { unspread: 48 }) };
    const ids = await createUsers(49);
    const id = await createGroup('Team');
    const act = () => patch(small, group, id, [adding(ids)]);
    await expect(table.measure(act)).resolves.toMatchObject({ depth: 9 });
  });
});

describe('a group of two users and a group', () => {
  let team: string;
  let ids: string[];
  let others: string[];
  beforeEach(async () => {
    ids = [...(await createUsers(2)), await createGroup('Inner')];
    others = await createUsers(2, 'other');
    team = await createGroup('Team', ids);
  });

  test.each([
    { name: 'is shown in 4: itself, the rows, itself again, names of both types', act: () => show(group, team), expected: trips(5, 4) },
    { name: 'is shown in 1 without its members', act: () => show(group, team, withoutMembers), expected: trips(1) },
    {
      name: 'is shown in 1 where they are not asked for',
      act: () => show(group, team, { attributes: ['displayName'] }),
      expected: trips(1),
    },
    { name: 'is renamed in 2', act: () => patch(acme, group, team, [renaming('Crew')]), expected: trips(2) },
    {
      name: 'is renamed in 2 while others join',
      act: () => patch(acme, group, team, [renaming('Crew'), adding(others)]),
      expected: trips(2),
    },
    { name: 'is left in 2 by a user', act: () => patch(acme, group, team, [removing(ids.slice(0, 1))]), expected: trips(2) },
    {
      name: 'is left in 2 by a group: its row says what it is',
      act: () => patch(acme, group, team, [removing(ids.slice(2))]),
      expected: trips(2),
    },
    {
      name: 'is patched in 1 where that changes nothing',
      act: () => patch(acme, group, team, [adding(ids), removing(others)]),
      expected: trips(1),
    },
    {
      name: 'is given other members in 3: itself, the rows, the change',
      act: () => patch(acme, group, team, [setting(others)]),
      expected: trips(3),
    },
    { name: 'is given the same members in 2', act: () => patch(acme, group, team, [setting(ids)]), expected: trips(2) },
    {
      name: 'is patched in 3 by what only its members can tell',
      act: () => patch(acme, group, team, [{ op: 'remove', path: 'members[type eq "Group"]' }]),
      expected: trips(3),
    },
    { name: 'is replaced in 3', act: () => replace(acme, group, team, groupBody('Crew', others)), expected: trips(3) },
    {
      name: 'is removed in 6: itself, its entries, the rows, what its members say of it, the rows',
      act: () => remove(acme, group, team),
      expected: trips(6),
    },
    {
      name: 'is left in 5 by a group that is removed: itself, its groups, all at once, its entries, its own rows',
      act: () => remove(acme, group, ids[2] ?? ''),
      expected: trips(5),
    },
  ])('$name', async ({ act, expected }) => {
    await expect(table.measure(act)).resolves.toEqual(expected);
  });
});

describe('a page of groups', () => {
  /** Six groups in three collections, of one user and a group each but for the first. */
  beforeEach(async () => {
    const ids = await createUsers(6);
    let last: string[] = [];
    for (const [n, id] of ids.entries()) {
      const groupId = `${n % 3}0000000-0000-4000-8000-00000000000${n}`;
      await create(givingId(acme, groupId), group, groupBody(`Team ${n}`, [id, ...last]));
      last = [groupId];
    }
  });

  test('is read in 2 without members, as one of users is', async () => {
    await expect(table.measure(() => showPage(group, withoutMembers))).resolves.toEqual(trips(2 + 3, 2));
  });

  test('is read in 3 more with members: the rows of all at once, the groups again, names of both types', async () => {
    await expect(table.measure(() => showPage(group))).resolves.toEqual(trips(2 + 3 + 6 + 1 + 2, 5));
  });

  test('is looked up in 2 without members, and in 5 with them', async () => {
    const find = (selection: Selection) => () => showPage(group, selection, 'displayName eq "TEAM 1"');
    await expect(table.measure(find(withoutMembers))).resolves.toEqual(trips(3, 2));
    await expect(table.measure(find({}))).resolves.toEqual(trips(3 + 1 + 1 + 2, 5));
  });

  test('of users is read in 1 more with their groups, however many those are', async () => {
    const collections = new Set((await table.items()).flatMap(({ pk }) => (pk.startsWith('acme#User#') ? [pk] : []))).size;
    await expect(table.measure(() => showPage(user, { excludedAttributes: ['groups'] }))).resolves.toEqual(trips(2 + collections, 2));
    await expect(table.measure(() => showPage(user))).resolves.toEqual(trips(2 + collections + 1, 3));
  });
});
