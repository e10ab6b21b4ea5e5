import { beforeEach, describe, expect, test } from '@jest/globals';
import { create, type Directory, get, patch, remove, replace, search } from '../../lambdas/directory/operations.ts';
import { parseFilter } from '../../lambdas/scim/filter/parse.ts';
import { group, groupSchema } from '../../lambdas/scim/schemas/group.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { giveMembers } from '../support/memberships.ts';
import type { SentRequest } from '../support/strict-dynamodb.ts';
import { directoryOn, givingId, type TestTable } from '../support/test-table.ts';

/*
 * Requests that wait for one another are what a call costs in time; all of them are what it costs in money. Both are the same
 * in a directory of ten and of a million (`npm run bench -- scale`); these are the numbers.
 */

let table: TestTable;
let acme: Directory;
eachOnFreshTable((fresh) => {
  table = fresh;
  acme = directoryOn(table);
});

const plain = (n: number) => ({
  schemas: [userSchema.id],
  userName: `user${n}`,
  externalId: `X${n}`,
  emails: [{ value: `${n}@x` }],
});
const body = (n: number) => ({
  ...plain(n),
  roles: [{ value: `role ${n}` }],
  entitlements: [{ value: `license ${n}` }],
});
const find = (filter: string) => search(acme, user, { startIndex: 1, count: 100 }, { filter: parseFilter(filter) });

/*
 * What may have several pages looks for bookmarks of its reader, beside what else it reads: a request more, and no round trip.
 */

describe('a user', () => {
  test.each([
    { name: 'is created in 1', act: () => create(acme, user, plain(2)), expected: { requests: 1, depth: 1 } },
    { name: 'is created in 2 with roles and entitlements', act: () => create(acme, user, body(2)), expected: { requests: 2, depth: 2 } },
    { name: 'is read in 1', act: (id: string) => get(acme, user, id), expected: { requests: 1, depth: 1 } },
    { name: 'is found by userName in 2', act: () => find('userName eq "USER1"'), expected: { requests: 2, depth: 2 } },
    { name: 'is found by externalId in 2', act: () => find('externalId eq "X1"'), expected: { requests: 3, depth: 2 } },
    { name: 'is found by e-mail in 2', act: () => find('emails[value eq "1@x"]'), expected: { requests: 3, depth: 2 } },
    { name: 'is found by a role in 2', act: () => find('roles.value eq "role 1"'), expected: { requests: 3, depth: 2 } },
    { name: 'is found by an entitlement in 2', act: () => find('entitlements.value eq "license 1"'), expected: { requests: 3, depth: 2 } },
    { name: 'is found by its id in 1', act: (id: string) => find(`id eq "${id}"`), expected: { requests: 1, depth: 1 } },
    { name: 'is not found by what nobody has in 1', act: () => find('userName eq "nobody"'), expected: { requests: 1, depth: 1 } },
    {
      name: 'is found by one of several lookups in 2',
      act: () => find('userName eq "user1" or externalId eq "X2" or emails.value eq "3@x"'),
      expected: { requests: 5, depth: 2 },
    },
    {
      name: 'is replaced in 2, its entries with it',
      act: (id: string) => replace(acme, user, id, plain(2)),
      expected: { requests: 2, depth: 2 },
    },
    {
      name: 'is replaced in 2 with other roles and entitlements, which are looked up meanwhile',
      act: (id: string) => replace(acme, user, id, body(2)),
      expected: { requests: 3, depth: 2 },
    },
    {
      name: 'is granted a role in 2',
      act: (id: string) => patch(acme, user, id, [{ op: 'add', path: 'roles', value: [{ value: 'more' }] }]),
      expected: { requests: 3, depth: 2 },
    },
    {
      name: 'is patched in 2',
      act: (id: string) => patch(acme, user, id, [{ op: 'replace', path: 'active', value: false }]),
      expected: { requests: 2, depth: 2 },
    },
    {
      name: 'is patched in 1 where that changes nothing',
      act: (id: string) => patch(acme, user, id, []),
      expected: { requests: 1, depth: 1 },
    },
    {
      name: 'is removed in 3, with its entries that are not unique',
      act: (id: string) => remove(acme, user, id),
      expected: { requests: 3, depth: 3 },
    },
    { name: 'whose id is none is not looked for', act: () => find('id eq "none"'), expected: { requests: 0, depth: 0 } },
  ])('$name', async ({ act, expected }) => {
    const { id } = await create(acme, user, body(1));
    await expect(table.measure(() => act(id))).resolves.toEqual(expected);
  });
});

describe('a group', () => {
  const team = { schemas: [groupSchema.id], displayName: 'Team', externalId: 'G1' };

  test.each(['displayName eq "TEAM"', 'externalId eq "G1"'])('is looked up in 2, never walked: %s', async (text) => {
    await create(acme, group, team);
    const criteria = { filter: parseFilter(text) };
    const finding = async () =>
      expect(await search(acme, group, { startIndex: 1, count: 100 }, criteria)).toMatchObject({ totalResults: 1 });
    await expect(table.measure(finding)).resolves.toEqual({ requests: 3, depth: 2 });
  });

  test.each([
    { name: 'its members', filter: (id: string) => `members.value eq "${id}"` },
    { name: 'a value path', filter: (id: string) => `members[value eq "${id}"] and displayName sw "te"` },
    {
      name: 'what it is not, and the groups again',
      filter: (id: string) => `members eq "${id}" and not (members eq "${idOf('f0', 1)}")`,
      more: 1,
    },
  ])('is looked up in 3 or 4: the member, the groups that it names, their rows: $name', async ({ filter, more = 0 }) => {
    const [{ id: groupId }, { id }] = [await create(acme, group, team), await create(acme, user, body(1))];
    await giveMembers(table, 'acme', groupId, [{ id, type: 'User' }]);
    const criteria = { filter: parseFilter(filter(id)) };
    const finding = async () =>
      expect(await search(acme, group, { startIndex: 1, count: 100 }, criteria)).toMatchObject({ totalResults: 1 });
    await expect(table.measure(finding)).resolves.toEqual({ requests: 4 + more, depth: 3 + more });
  });

  test('has its members looked up by it in 4: the group, its rows, the users, the group again', async () => {
    const [{ id: groupId }, { id }] = [await create(acme, group, team), await create(acme, user, body(1))];
    await giveMembers(table, 'acme', groupId, [{ id, type: 'User' }]);
    const finding = async () => expect(await find(`groups.value eq "${groupId}"`)).toMatchObject({ totalResults: 1 });
    // Whether the group is there is asked beside that.
    await expect(table.measure(finding)).resolves.toEqual({ requests: 6, depth: 4 });
  });
});

const page = (startIndex: number, count: number) => search(acme, user, { startIndex, count });
const idOf = (prefix: string, n: number) => `${prefix}${String(n).padStart(6, '0')}-0000-4000-8000-000000000000`;

describe('a list', () => {
  /** Eight collections of seven users and one of four, each user in a 256th of its own: no page of ten ends where a collection does. */
  beforeEach(async () => {
    const creating = Array.from({ length: 60 }, (_, n) => create(givingId(acme, idOf(`${Math.floor(n / 7)}${n % 7}`, n)), user, body(n)));
    await Promise.all(creating);
  });

  test('of one page is read in 2: the counts, and all the collections that have users at once', async () => {
    await expect(table.measure(() => page(1, 100))).resolves.toEqual({ requests: 2 + 9, depth: 2 });
  });

  test('has its first page, and each page after a page, in 3: the counts with the bookmark, the page, the bookmark', async () => {
    const measured = [];
    for (const startIndex of [1, 11, 21, 31, 41, 51]) measured.push(await table.measure(() => page(startIndex, 10)));
    expect(measured).toEqual([
      { requests: 2 + 2 + 1, depth: 3 },
      // A page, and the user behind it, are in two collections, or in three where one of them is left of the first.
      ...[2, 3, 2, 3].map((collections) => ({ requests: 2 + collections + 1, depth: 3 })),
      { requests: 2 + 2 + 1, depth: 3 },
    ]);
  });

  test('has any other page in 3 too', async () => {
    await expect(table.measure(() => page(33, 7))).resolves.toEqual({ requests: 2 + 2 + 1, depth: 3 });
  });

  test('is counted in 1', async () => {
    await expect(table.measure(() => page(1, 0))).resolves.toEqual({ requests: 1, depth: 1 });
  });

  test('is walked in 2 for what cannot be looked up: the counts, and all 16 collections at once', async () => {
    await expect(table.measure(() => find('title eq "none"'))).resolves.toEqual({ requests: 2 + 16, depth: 2 });
  });
});

describe('a page after a page, whose bookmark stands in the last 256th of a collection', () => {
  beforeEach(async () => {
    for (let n = 0; n < 30; n++)
      await Promise.all(['0f', '1a'].map((prefix, i) => create(givingId(acme, idOf(prefix, n)), user, body(2 * n + i))));
  });

  /** How many items the Queries of each collection asked for at most. */
  const limitsIn = (sent: readonly SentRequest[]) =>
    sent.flatMap(({ command, input }) => {
      const { ExpressionAttributeValues: { ':pk': pk } = {}, Limit } = input as SentRequest['input'] & { Limit?: number };
      const [, shard] = /^acme#User#(.)$/.exec(pk?.S ?? '') ?? [];
      return command === 'Query' && shard !== undefined ? [{ shard, limit: Limit }] : [];
    });

  test('reads no more of the next collection than it needs, and does so at once', async () => {
    const read: object[] = [];
    for (const startIndex of [1, 11, 21]) {
      let depth = 0;
      const sent = await table.sentBy(async () => ({ depth } = await table.measure(() => page(startIndex, 10))));
      read.push({ depth, limits: limitsIn(sent) });
    }
    expect(read).toEqual([
      { depth: 3, limits: [{ shard: '0', limit: 11 }] },
      { depth: 3, limits: [{ shard: '0', limit: 11 }] },
      // Ten users are left of the first collection, and one more tells that there are more.
      {
        depth: 3,
        limits: [
          { shard: '0', limit: 11 },
          { shard: '1', limit: 1 },
        ],
      },
    ]);
  });
});
