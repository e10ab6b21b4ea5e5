import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { create, remove } from '../../lambdas/directory/operations.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import { GROUP_LIMITS, type GroupLimits } from '../../lambdas/store/member-writes.ts';
import { repair } from '../../lambdas/store/upkeep/repair.ts';
import { SMALL_LIMITS } from '../support/large-requests.ts';
import { checkTable } from '../support/table-checker.ts';
import { givingId, type TestTable, testTable } from '../support/test-table.ts';
import type { Open } from './model/commands.ts';
import { crossings } from './model/crossings.ts';
import { dyingCommands } from './model/deaths.ts';
import { directoryOf } from './model/directories.ts';
import { newNames, RUNS } from './model/runs.ts';
import { teamCommands } from './model/team-commands.ts';
import { expectPage } from './model/team-views.ts';
import * as model from './model/teams.ts';

// The same runs each time: a change that fails, fails for what it changed.
fc.configureGlobal({ seed: 7643 });

/*
 * As in model.test.ts, with groups: random operations on the store, side by side with a graph of users and groups in two maps. What
 * clients see is held against it, with every version; and so are the rows of members in the table.
 */

let table: TestTable;
beforeAll(async () => {
  table = await testTable();
});
afterAll(async () => table[Symbol.asyncDispose]());

type Teams = model.Teams;

const rowsIn = async (directory: string) => (await table.items()).filter(({ pk }) => pk.startsWith(`${directory}#members#`));

/** The rows of members in the table are those of the model, and nothing in it contradicts them. */
async function expectInTable(teams: Teams) {
  for (const directory of teams.names) {
    const expected = model.nodesIn(teams, directory).flatMap(({ id, members, spread }) =>
      members.map((member) => {
        const shard = spread?.includes(member) ? member[0] : '-';
        return `${directory}#members#${id}#${shard} ${member} ${model.nodeIn(teams, directory, member)?.type}`;
      }),
    );
    expect((await rowsIn(directory)).map(({ pk, sk, type, mark = '' }) => `${pk} ${sk} ${type}${mark}`).sort()).toEqual(expected.sort());
  }
  const items = await table.items();
  expect(items.filter((item) => ['staged', 'applied', 'changing'].some((name) => name in item))).toEqual([]);
  expect(await checkTable(table, [user, group], { afterRepair: true })).toEqual([]);
}

async function expectSeen(teams: Teams, open: Open) {
  for (const directory of teams.names) {
    await expectPage(teams, open, directory, { type: 'User' });
    await expectPage(teams, open, directory, { type: 'Group' });
  }
}

/** All of it goes, and nothing is left. */
async function expectGone(teams: Teams, open: Open) {
  for (const directory of teams.names)
    for (const node of model.nodesIn(teams, directory)) await remove(open(directory), model.typeOf(node), node.id);
  await expectInTable(model.startTeams(teams.names, teams.limits));
  const left = (await table.items()).filter(({ pk, n }) => !pk.includes('#bookmark#') && n !== 0);
  expect(left).toEqual([]);
}

/** A directory of users, whose ids are the same in each. */
async function addCrowd(teams: Teams, open: Open, count: number) {
  for (const directory of teams.names)
    for (let i = 0; i < count; i++) {
      const [id, name] = [`${(i % 16).toString(16)}c0000${String(i).padStart(2, '0')}-0000-4000-8000-000000000000`, `member ${i}`];
      await create(givingId(open(directory), id), user, { schemas: [userSchema.id], userName: name });
      model.create(teams, directory, { id, type: 'User', name, members: [] });
    }
}

/** Versions that moved late, or with something else, are never those of more changes than there were. */
async function expectVersionsBehind(teams: Teams) {
  const versions = new Map((await table.items()).map(({ pk, sk, version }) => [`${pk.split('#')[0]} ${sk}`, Number(version)]));
  for (const directory of teams.names)
    for (const { id, version } of model.nodesIn(teams, directory))
      expect({ id, isAhead: (versions.get(`${directory} ${id}`) ?? 0) > version }).toEqual({ id, isAhead: false });
}

const openWith =
  (limits: GroupLimits): Open =>
  (name) => ({ ...directoryOf(table, name), store: dynamoStore(table, limits) });

/** So that changes and groups are a little smaller and larger than each of the small limits. */
const AROUND_SMALL = [2, 3, 4, 5, 6, 7, 8];

describe('whatever is done to users and groups one after the other, the store answers and keeps what a graph would', () => {
  test.each([
    { name: 'of a few members', limits: GROUP_LIMITS, crowd: 0, sizes: [], more: [], runs: RUNS, most: 60 },
    {
      name: 'that are large when others are small',
      limits: SMALL_LIMITS,
      crowd: 9,
      sizes: AROUND_SMALL,
      more: [crossings, crossings],
      runs: RUNS,
      most: 60,
    },
    {
      name: 'around the number that finds place in a transaction',
      limits: GROUP_LIMITS,
      crowd: 52,
      sizes: [47, 48, 49, 50],
      more: [],
      runs: 2,
      most: 40,
    },
  ])('groups $name', async ({ limits, crowd, sizes, more, runs, most }) => {
    const open = openWith(limits);
    await fc.assert(
      fc.asyncProperty(
        fc.commands([...teamCommands(model.membersOf(sizes)), ...more], { maxCommands: most, size: 'max' }),
        async (commands) => {
          const teams = model.startTeams(newNames(), limits);
          await addCrowd(teams, open, crowd);
          await fc.asyncModelRun(() => ({ model: teams, real: open }), commands);
          await expectInTable(teams);
          await expectSeen(teams, open);
          await expectGone(teams, open);
        },
      ),
      { numRuns: runs, endOnFailure: true },
    );
  });
});

test.each([{ seed: 7643 }, { seed: 7644 }])(
  'a large change whose process dies has happened or not, and whatever is done afterwards is as if nothing were left of it (runs of $seed)',
  async ({ seed }) => {
    const open = openWith(SMALL_LIMITS);
    const all = [...teamCommands(model.membersOf(AROUND_SMALL)), ...dyingCommands(table, model.membersOf([4, 5, 6, 7, 8]))];
    await fc.assert(
      fc.asyncProperty(fc.commands(all, { maxCommands: 60, size: 'max' }), async (commands) => {
        const teams = model.startTeams(newNames(), SMALL_LIMITS);
        await addCrowd(teams, open, 9);
        await fc.asyncModelRun(() => ({ model: teams, real: open }), commands);
        await expectSeen(teams, open);
        expect(await checkTable(table, [user, group])).toEqual([]);

        await repair(table, [user, group]);
        expect(await checkTable(table, [user, group], { afterRepair: true })).toEqual([]);
        await expectSeen(teams, open);
        await expectVersionsBehind(teams);
        await expectGone(teams, open);
      }),
      { seed, numRuns: RUNS / 2, endOnFailure: true },
    );
  },
);
