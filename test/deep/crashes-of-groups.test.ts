import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import { create, type Directory, patch, remove, replace, search } from '../../lambdas/directory/operations.ts';
import { withRelations } from '../../lambdas/directory/relations.ts';
import type { Operation } from '../../lambdas/scim/patch/actions.ts';
import { represent } from '../../lambdas/scim/resource.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { inBatches } from '../../lambdas/store/batches.ts';
import { repair } from '../../lambdas/store/upkeep/repair.ts';
import { crash } from '../support/disturbances.ts';
import { adding, groupBody, removing, renaming, setting } from '../support/group-operations.ts';
import { checkTable } from '../support/table-checker.ts';
import { directoryOn, givingId, type TestTable, testTable } from '../support/test-table.ts';

/*
 * As in crashes.test.ts, with groups and their members: each operation dies before each of its requests is sent, and after each
 * is done. What clients see then is what was before it or what is after it, and nothing between; groups and members agree about
 * who is in which; a repair has nothing to mend; and the client's repeat does the rest.
 */

const TYPES = [user, group];

const idOf = (kind: 'a' | 'b', n: number) => `${n.toString(16).padStart(2, '0')}${kind.repeat(6)}-0000-4000-8000-000000000000`;
const userIds = (count: number) => Array.from({ length: count }, (_, n) => idOf('a', n));
const [ada = '', grace = '', alan = ''] = userIds(3);
const [inner, team, outer, empty, added] = [1, 2, 3, 4, 5].map((n) => idOf('b', n)) as [string, string, string, string, string];

/** What a directory holds before an operation. */
type World = (directory: Directory) => Promise<void>;

const createUser = (acme: Directory, id: string) => create(givingId(acme, id), user, { schemas: [userSchema.id], userName: id });
const createGroup = (acme: Directory, id: string, members: readonly string[], more: object = {}) =>
  create(givingId(acme, id), group, groupBody(`Group ${id}`, members, more));

/** Three users, and groups in one another. */
const few: World = async (acme) => {
  for (const id of [ada, grace, alan]) await createUser(acme, id);
  await createGroup(acme, inner, [alan]);
  await createGroup(acme, team, [ada, grace, inner], { externalId: 'G1' });
  await createGroup(acme, outer, [team, ada]);
  await createGroup(acme, empty, []);
};

const crowd = userIds(60);
const insiders = crowd.slice(0, 30);
const outsiders = crowd.slice(30);

const teamOf30 =
  (users: readonly string[]): World =>
  async (acme) => {
    await Promise.all(users.map((id) => createUser(acme, id)));
    await createGroup(acme, team, insiders);
  };

/** More members than forget a group at once when it is gone. */
const thirty = teamOf30(insiders);

/** As many users who are no members: to change places is more than one transaction takes. */
const many = teamOf30(crowd);

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
    name: 'PATCH of 60 members',
    world: many,
    requests: 4,
    act: patchTeam(removing(insiders), adding(outsiders)),
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

/** What a client sees of a resource, but for times. */
type Seen = Record<string, unknown> & { readonly version: number };

async function seenOf(directory: Directory, type: ResourceType): Promise<Seen[]> {
  const { totalResults, resources } = await search(directory, type, { startIndex: 1, count: 1_000 });
  expect(totalResults).toBe(resources.length);
  const shown = await withRelations(directory, type, resources, () => true);
  return shown.map(({ stored, relations }) => {
    const { meta: _, ...resource } = represent(type, stored, relations);
    return { ...resource, version: stored.version };
  });
}

const seenIn = async (table: TestTable, name: string): Promise<Seen[]> =>
  (await Promise.all(TYPES.map((type) => seenOf(directoryOn(table, name), type)))).flat();

const withoutVersions = (seen: readonly Seen[]) => seen.map(({ version: _, ...rest }) => rest);

/** Makes more directories that hold what one does. */
async function copier(table: TestTable, from: string): Promise<(to: string) => Promise<void>> {
  const items = (await table.items()).filter(({ pk }) => pk.startsWith(`${from}#`));
  return async (to) => {
    const puts = items.map((item) => ({ Put: { TableName: table.name, Item: { ...item, pk: to + item.pk.slice(from.length) } } }));
    for (const TransactItems of inBatches(puts, 100)) await table.client.send(new TransactWriteCommand({ TransactItems }));
  };
}

/** What there is before an operation and after it, if nothing happens to it, and how it dies: each time in a directory of its own. */
async function deathsOf(table: TestTable, { world, act }: Pick<Case, 'world' | 'act'>) {
  await world(directoryOn(table, 'origin'));
  const copyTo = await copier(table, 'origin');
  await copyTo('done');
  const { requests } = await table.measure(() => act(directoryOn(table, 'done')));
  const deaths = (['before', 'after'] as const).flatMap((when) =>
    Array.from({ length: requests }, (_, i) => ({ when, n: i + 1, name: `${when}-${i + 1}` })),
  );
  const [before, after] = [await seenIn(table, 'origin'), await seenIn(table, 'done')];
  return { before, after, requests, deaths, copyTo };
}

const expectSound = async (table: TestTable, afterRepair = false) => expect(await checkTable(table, TYPES, { afterRepair })).toEqual([]);

test.each(CASES)('$name: the process dies before or after any of its requests', async ({ act, done, shows, ...one }) => {
  await using table = await testTable();
  const { before, after, requests, deaths, copyTo } = await deathsOf(table, { ...one, act });
  expect(requests).toBeGreaterThanOrEqual(one.requests);
  const comparable = (seen: readonly Seen[]) => (shows === undefined ? seen : withoutVersions(seen));
  for (const { name, n, when } of deaths) {
    await copyTo(name);
    expect(await crash(table, n, when, () => act(directoryOn(table, name)))).toBe(true);
    const seen = comparable(await seenIn(table, name));
    if (shows !== 'parts') expect([before, after].map((state) => ({ name, seen: comparable(state) }))).toContainEqual({ name, seen });
  }
  await expectSound(table);
  await expect(repair(table, TYPES)).resolves.toMatchObject({ recounted: 0, resized: 0, mended: 0, busy: 0 });
  await expectSound(table, true);

  for (const { name } of deaths) {
    const repeated = await act(directoryOn(table, name)).catch((error: unknown) => error);
    if (repeated instanceof Error) expect(repeated).toMatchObject(done ?? { message: 'this operation can be repeated' });
    expect({ name, seen: comparable(await seenIn(table, name)) }).toEqual({ name, seen: comparable(after) });
  }
  await expectSound(table, true);
});

test('create with more members than join at once, where the process dies, leaves a group that is right, or none', async () => {
  await using table = await testTable();
  const createAs = (id: string) => (acme: Directory) => createGroup(acme, id, crowd, { displayName: 'Large' });
  const { before, after, requests, deaths, copyTo } = await deathsOf(table, { world: many, act: createAs(added) });
  expect(requests).toBeGreaterThanOrEqual(3);
  for (const { name, n, when } of deaths) {
    await copyTo(name);
    expect(await crash(table, n, when, () => createAs(empty)(directoryOn(table, name)))).toBe(true);
  }
  await expectSound(table);
  for (const { name } of deaths) {
    const isThere = (await seenIn(table, name)).length > before.length;
    await createAs(added)(directoryOn(table, name));
    if (isThere) await remove(directoryOn(table, name), group, empty);
    expect({ name, seen: withoutVersions(await seenIn(table, name)) }).toEqual({ name, seen: withoutVersions(after) });
  }
  await expectSound(table, true);
});
