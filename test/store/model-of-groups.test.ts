import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { remove } from '../../lambdas/directory/operations.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { checkTable } from '../support/table-checker.ts';
import { type TestTable, testTable } from '../support/test-table.ts';
import type { Open } from './model/commands.ts';
import { directoryOf } from './model/directories.ts';
import { newNames, RUNS } from './model/runs.ts';
import { TEAM_COMMANDS } from './model/team-commands.ts';
import { expectPage } from './model/team-views.ts';
import { nodeIn, nodesIn, startTeams, type Teams, typeOf } from './model/teams.ts';

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

/** The rows of members in the table are those of the model, and nothing in it contradicts them. */
async function expectInTable(teams: Teams) {
  for (const directory of teams.names) {
    const begin = `${directory}#members#`;
    const rows = (await table.items()).filter(({ pk }) => pk.startsWith(begin));
    const expected = nodesIn(teams, directory).flatMap(({ id, members }) =>
      members.map((member) => `${begin}${id}#- ${member} ${nodeIn(teams, directory, member)?.type}`),
    );
    expect(rows.map(({ pk, sk, type }) => `${pk} ${sk} ${type}`).sort()).toEqual(expected.sort());
  }
  expect(await checkTable(table, [user, group], { afterRepair: true })).toEqual([]);
}

/** Everything that there is, in the table and through searches; then all of it goes, and nothing is left. */
async function expectSame(teams: Teams, open: Open) {
  await expectInTable(teams);
  for (const directory of teams.names) {
    await expectPage(teams, open, directory, { type: 'User' });
    await expectPage(teams, open, directory, { type: 'Group' });
    for (const node of nodesIn(teams, directory)) await remove(open(directory), typeOf(node), node.id);
  }
  await expectInTable(startTeams(teams.names));
  const left = (await table.items()).filter(({ pk, n }) => !pk.includes('#bookmark#') && n !== 0);
  expect(left).toEqual([]);
}

test('whatever is done to users and groups one after the other, the store answers and keeps what a graph would', async () => {
  const open: Open = (name) => directoryOf(table, name);
  await fc.assert(
    fc.asyncProperty(fc.commands(TEAM_COMMANDS, { maxCommands: 60, size: 'max' }), async (commands) => {
      const teams = startTeams(newNames());
      await fc.asyncModelRun(() => ({ model: teams, real: open }), commands);
      await expectSame(teams, open);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
});
