import { expect, test } from '@jest/globals';
import { type Directory, patch, remove, replace } from '../../lambdas/directory/operations.ts';
import type { Operation } from '../../lambdas/scim/patch/actions.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { repair } from '../../lambdas/store/upkeep/repair.ts';
import { deathsOf } from '../support/deaths.ts';
import { crash } from '../support/dying.ts';
import { adding, groupBody, removing, renaming, setting } from '../support/group-operations.ts';
import { type Seen, seenIn, withoutVersions } from '../support/seen-groups.ts';
import { checkTable } from '../support/table-checker.ts';
import { directoryOn, type TestTable, testTable } from '../support/test-table.ts';
import { createGroup, createUser, idOf, userIds, type World } from '../support/worlds.ts';

/*
 * As in crashes.test.ts, with groups and their members: each operation dies before each of its requests is sent, and after each
 * is done. What clients see then is what was before it or what is after it, and nothing between; groups and members agree about
 * who is in which; a repair has nothing to mend; and the client's repeat does the rest.
 */

const TYPES = [user, group];

const [ada = '', grace = '', alan = ''] = userIds(3);
const [inner, team, outer, empty, added] = [1, 2, 3, 4, 5].map((n) => idOf('b', n)) as [string, string, string, string, string];

/** Three users, and groups in one another. */
const few: World = async (acme) => {
  for (const id of [ada, grace, alan]) await createUser(acme, id);
  await createGroup(acme, inner, [alan]);
  await createGroup(acme, team, [ada, grace, inner], { externalId: 'G1' });
  await createGroup(acme, outer, [team, ada]);
  await createGroup(acme, empty, []);
};

const crowd = userIds(30);

/** More members than forget a group at once when it is gone. */
const thirty: World = async (acme) => {
  await Promise.all(crowd.map((id) => createUser(acme, id)));
  await createGroup(acme, team, crowd);
};

/** A user in more groups than it can leave at once. */
const popular: World = async (acme) => {
  await createUser(acme, ada);
  for (let n = 0; n < 50; n++) await createGroup(acme, idOf('b', n), [ada]);
};

interface Case {
  readonly name: string;
  readonly world: World;
  /** How many requests it sends at least. */
  readonly requests: number;
  readonly act: (directory: Directory) => Promise<unknown>;
  /** The error by which the repeat may tell that it has been done already. */
  readonly done?: object;
  /**
   * What may be seen of it midway: the versions of what is not itself its object move later, or it is done in parts. Nothing, if
   * absent.
   */
  readonly shows?: 'versions' | 'parts';
}

const isGone = { status: 404 };
const isTaken = { status: 409, scimType: 'uniqueness' };
const patchTeam =
  (...operations: readonly Operation[]): Case['act'] =>
  (acme) =>
    patch(acme, group, team, operations);

const CASES: readonly Case[] = [
  { name: 'create without members', world: few, requests: 1, act: (acme) => createGroup(acme, added, []), done: isTaken },
  {
    name: 'create with members, one of them a group',
    world: few,
    requests: 3,
    act: (acme) => createGroup(acme, added, [ada, inner]),
    done: isTaken,
  },
  { name: 'PATCH that adds a user', world: few, requests: 2, act: patchTeam(adding([alan])) },
  { name: 'PATCH that adds a user and a group', world: few, requests: 4, act: patchTeam(adding([alan, empty, ada])) },
  { name: 'PATCH that makes a ring', world: few, requests: 4, act: patchTeam(adding([outer])) },
  { name: 'PATCH that removes a user and a group', world: few, requests: 2, act: patchTeam(removing([ada, inner, empty])) },
  {
    name: 'PATCH that removes what a filter finds',
    world: few,
    requests: 3,
    act: patchTeam({ op: 'remove', path: 'members[type eq "User"]' }),
  },
  { name: 'PATCH that replaces', world: few, requests: 3, act: patchTeam(setting([alan, ada])) },
  { name: 'PATCH that renames', world: few, requests: 2, act: patchTeam(renaming('Crew')) },
  {
    name: 'PATCH that renames, adds and removes',
    world: few,
    requests: 2,
    act: patchTeam(renaming('Crew'), adding([alan]), removing([ada])),
  },
  { name: 'PUT', world: few, requests: 3, act: (acme) => replace(acme, group, team, groupBody('Crew', [alan, ada])) },
  { name: 'delete of a user in two groups', world: few, requests: 3, act: (acme) => remove(acme, user, ada), done: isGone },
  {
    name: 'delete of a group in a group',
    world: few,
    requests: 7,
    act: (acme) => remove(acme, group, team),
    done: isGone,
    shows: 'versions',
  },
  { name: 'delete of a group without members', world: few, requests: 3, act: (acme) => remove(acme, group, empty), done: isGone },
  {
    name: 'delete of a user in 50 groups',
    world: popular,
    requests: 4,
    act: (acme) => remove(acme, user, ada),
    done: isGone,
    shows: 'parts',
  },
  {
    name: 'delete of a group of 30',
    world: thirty,
    requests: 8,
    act: (acme) => remove(acme, group, team),
    done: isGone,
    shows: 'versions',
  },
];

const expectSound = async (table: TestTable, afterRepair = false) => expect(await checkTable(table, TYPES, { afterRepair })).toEqual([]);

test.each(CASES)('$name: the process dies before or after any of its requests', async ({ act, done, shows, ...one }) => {
  await using table = await testTable();
  const open = (name: string) => directoryOn(table, name);
  const { before, after, requests, deaths, copyTo } = await deathsOf(table, open, one.world, act);
  expect(requests).toBeGreaterThanOrEqual(one.requests);
  const comparable = (seen: readonly Seen[]) => (shows === undefined ? seen : withoutVersions(seen));
  for (const { name, n, when } of deaths) {
    await copyTo(name);
    expect(await crash(table, n, when, () => act(open(name)))).toBe(true);
    const seen = comparable(await seenIn(open, name));
    if (shows !== 'parts') expect([before, after].map((state) => ({ name, seen: comparable(state) }))).toContainEqual({ name, seen });
  }
  await expectSound(table);
  await expect(repair(table, TYPES)).resolves.toMatchObject({ recounted: 0, resized: 0, mended: 0, busy: 0 });
  await expectSound(table, true);

  for (const { name } of deaths) {
    const repeated = await act(open(name)).catch((error: unknown) => error);
    if (repeated instanceof Error) expect(repeated).toMatchObject(done ?? { message: 'this operation can be repeated' });
    expect({ name, seen: comparable(await seenIn(open, name)) }).toEqual({ name, seen: comparable(after) });
  }
  await expectSound(table, true);
});
