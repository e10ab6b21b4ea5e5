import { afterAll, beforeAll, test } from '@jest/globals';
import fc from 'fast-check';
import { remove } from '../../lambdas/directory/operations.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { type TestTable, testTable } from '../support/test-table.ts';
import { batches, listed, performAtOnce } from './model/batches.ts';
import { COMMANDS, expectFound, type Open } from './model/commands.ts';
import { directoryOf, entriesOf, expectInTable, type Model, startModel } from './model/directories.ts';
import type { Person } from './model/people.ts';
import { newNames, RUNS } from './model/runs.ts';
import type { Entry, Search } from './model/searches.ts';

// The same runs each time: a change that fails, fails for what it changed.
fc.configureGlobal({ seed: 7644 });

/*
 * Random operations on the store, side by side with a model that holds its users in a map. Each run has two directories of its
 * own in one table, one with a name that begins with the other's: what passes from one to the other shows.
 */

let table: TestTable;
beforeAll(async () => {
  table = await testTable();
});
afterAll(async () => table[Symbol.asyncDispose]());

/** Everything that there is, in the table and through searches; then all of it goes, and nothing is left. */
async function expectSame(model: Model, open: Open) {
  for (const directory of model.names) {
    const entries = entriesOf(model, directory);
    await expectInTable(table, directory, entries);
    await expectFound(model, open, directory, { startIndex: 1, count: 1_000 });
    const byName = ({ person }: Entry): Search['filter'] => {
      return () => ({ text: `userName eq "${person.userName}"`, holds: (entry) => entry.person === person });
    };
    await Promise.all(entries.map((entry) => expectFound(model, open, directory, { filter: byName(entry), startIndex: 1, count: 1 })));
    for (const { id } of entries) await remove(open(directory), user, id);
    await expectInTable(table, directory, []);
  }
}

test('whatever is done one after the other, the store answers and keeps what a map would', async () => {
  const open: Open = (name) => directoryOf(table, name);
  await fc.assert(
    fc.asyncProperty(fc.commands(COMMANDS, { maxCommands: 60, size: 'max' }), async (commands) => {
      const model = startModel(newNames());
      await fc.asyncModelRun(() => ({ model, real: open }), commands);
      await expectSame(model, open);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
});

test('whatever is done at once, what is there afterwards is what some order of it leaves', async () => {
  const open: Open = (name) => directoryOf(table, name);
  await fc.assert(
    fc.asyncProperty(batches, async (all) => {
      const [directory = ''] = newNames();
      for (const acts of all) {
        await performAtOnce(open, directory, acts);
        const resources = await listed(open, directory);
        await expectInTable(
          table,
          directory,
          resources.map(({ id, body }) => ({ id, person: body as unknown as Person })),
        );
      }
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
});
