import { describe, expect, test } from '@jest/globals';
import { withRelations } from '../../lambdas/directory/relations.ts';
import type { StoredResource } from '../../lambdas/scim/resource.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { first, hold, type Matches, nth } from '../support/disturbances.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { shortPages } from '../support/interleaved.ts';
import { commits, forgets, insertsRows, largeChanges, settlesMembers, settlesRows } from '../support/large-requests.ts';
import type { SentRequest } from '../support/strict-dynamodb.ts';
import type { TestTable } from '../support/test-table.ts';

/*
 * A client reads while another changes many members of a group. It is shown the members of one version or of the next, and of users
 * the groups that follow from that: nothing that is only staged, and all that is committed, whether that is tidied up or not.
 */

let table: TestTable;
const { acme, newUsers, newGroup, replaceMembers, read, found, listed, expectMembers, untidied } = largeChanges(() => table);
eachOnFreshTable((fresh) => {
  table = fresh;
});

const valuesOf = ({ input }: SentRequest) => JSON.stringify(input);
const readsRows: Matches = (request) => request.command === 'Query' && valuesOf(request).includes('#members#');
const readsNextPage: Matches = (request) => readsRows(request) && valuesOf(request).includes('ExclusiveStartKey');
const readsLastRows: Matches = (request) => readsRows(request) && /#f"/.test(valuesOf(request));
const readsGroups: Matches = (request) => request.command === 'BatchGetItem' && valuesOf(request).includes('#Group#');

/** A group of so many, and as many others. */
async function groupOf(size: number) {
  const ids = (await newUsers(2 * size)).sort();
  const [before, after] = [ids.slice(0, size), ids.slice(size)];
  return { id: await newGroup(before), before, after };
}

test('each step of a large change shows everybody all of what was before, or all of what comes after', async () => {
  const { id, before, after } = await groupOf(4);
  const seen: string[] = [];
  const look = (name: string, matches: Matches, members: readonly string[]) =>
    table.disturb(
      hold(first(matches), async () => {
        await expectMembers(id, members);
        seen.push(name);
      }),
    );
  {
    using _1 = look('before anything is staged', insertsRows, before);
    using _2 = look('before the commit', commits, before);
    using _3 = look('before members are settled', settlesMembers, after);
    using _4 = look('before rows are settled', settlesRows, after);
    using _5 = look('before its names are forgotten', forgets, after);
    await replaceMembers(id, after);
  }
  expect(seen).toHaveLength(5);
  await expectMembers(id, after);
});

const HOW = [
  { how: 'and is not tidied up', change: (id: string, ids: readonly string[]) => untidied(() => replaceMembers(id, ids)) },
  { how: 'and is tidied up', change: (id: string, ids: readonly string[]) => replaceMembers(id, ids) },
];

describe.each(HOW)('where a large change is made $how while groups are read', ({ change }) => {
  test.each([
    { place: 'before the rows', size: 4, matches: readsRows },
    { place: 'between two pages of the rows', size: 4, matches: readsNextPage },
    { place: 'between the last two pages of the rows', size: 4, matches: nth(2, readsNextPage) },
    { place: 'before the group again', size: 4, matches: readsGroups },
    { place: 'before the last rows of a spread group', size: 8, matches: readsLastRows },
    { place: 'before a spread group again', size: 8, matches: readsGroups },
  ])('the members shown are those of the version shown: $place', async ({ size, matches }) => {
    const { id, before, after } = await groupOf(size);
    const others = await newGroup(before.slice(0, 1));
    const groups = [await read(group, others), await read(group, id)];
    shortPages(table.client, '#members#', 2);
    let isChanging = false;
    const isNext: Matches = (request) => !isChanging && matches(request);
    const meddle = async () => {
      isChanging = true;
      await change(id, after);
    };
    using _ = table.disturb(hold(isNext, meddle));
    const shown = await withRelations(acme(), group, groups, () => true);
    expect(isChanging).toBe(true);
    const [other, one] = shown;
    expect(other?.relations.members?.map((member) => member.id)).toEqual(before.slice(0, 1));
    const version = one?.stored.version;
    expect([1, 2]).toContain(version);
    expect(one?.relations.members?.map((member) => member.id)).toEqual(version === 1 ? before : after);
  });

  test.each([
    { of: 'users by their groups', type: user },
    { of: 'groups by their members', type: group },
  ])('a filter finds what was before or what comes after: $of', async ({ type }) => {
    const { id, before, after } = await groupOf(4);
    const [one = ''] = after;
    let isChanging = false;
    const isNext: Matches = (request) => !isChanging && request.command === 'BatchGetItem';
    const meddle = async () => {
      isChanging = true;
      await change(id, after);
    };
    using _ = table.disturb(hold(isNext, meddle));
    if (type === user) expect([before, after]).toContainEqual(await found(user, `groups.value eq "${id}"`));
    else expect([[], [id]]).toContainEqual(await found(group, `members.value eq "${one}"`));
    expect(isChanging).toBe(true);
  });
});

describe('users who were read', () => {
  const groupsOf = async (users: readonly StoredResource[], id: string) => {
    const shown = await withRelations(acme(), user, users, () => true);
    return shown.flatMap(({ stored, relations }) => (relations.groups?.some((one) => one.id === id) ? [stored.id] : [])).sort();
  };

  const READ = [
    { read: 'before the commit', matches: commits, isAfter: false },
    { read: 'before they are settled', matches: settlesMembers, isAfter: true },
    { read: 'before the rows are settled', matches: settlesRows, isAfter: true },
    { read: 'before its names are forgotten', matches: forgets, isAfter: true },
  ];

  test.each(READ)('$read are shown with their groups of now, at every later step', async ({ matches, isAfter }) => {
    const { id, before, after } = await groupOf(4);
    let users: StoredResource[] = [];
    const watch = (step: Matches, expected: readonly string[]) =>
      table.disturb(
        hold(first(step), async () => {
          if (users.length > 0) expect(await groupsOf(users, id)).toEqual(expected);
        }),
      );
    {
      using _1 = watch(settlesMembers, after);
      using _2 = watch(settlesRows, after);
      using _3 = watch(forgets, after);
      using _4 = table.disturb(
        hold(first(matches), async () => {
          users = [...(await listed(user))];
          expect(await groupsOf(users, id)).toEqual(isAfter ? after : before);
        }),
      );
      await replaceMembers(id, after);
    }
    expect(users).toHaveLength(8);
    expect(await groupsOf(users, id)).toEqual(after);
  });
});
