import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { conflict } from '../support/disturbances.ts';
import { groupRequests, statusOf } from '../support/group-requests.ts';
import { type TestTable, testTable } from '../support/test-table.ts';

/*
 * Forty clients at one group for as long as it takes: its changes exclude one another, so that all of them wait most of the time.
 */

let table: TestTable;
const { read, newUsers, newGroup, add, leave, membersOf, expectConsistent } = groupRequests(() => table);
beforeAll(async () => {
  table = await testTable();
});
afterAll(async () => table[Symbol.asyncDispose]());

const WRITERS = 40;
const CHANGES = 50;

/** A client that is told to try again later does so, at most so often. */
const REPEATS = 20;

async function untilDone(act: () => Promise<unknown>): Promise<number> {
  for (let repeats = 0; ; repeats++) {
    const refusal = await act().then(() => undefined, statusOf);
    if (refusal === undefined) return repeats;
    expect([refusal, repeats]).toEqual([503, expect.any(Number)]);
    expect(repeats).toBeLessThan(REPEATS);
  }
}

test('forty clients with fifty changes of one group each: none is lost, and every change is a version', async () => {
  const own = await newUsers(2 * WRITERS, 'own');
  const shared = await newUsers(5, 'shared');
  const id = await newGroup();
  const choices = fc.sample(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 4 }), fc.boolean()), { seed: 7644, numRuns: WRITERS * CHANGES });
  const sent = { conflicts: 0, transactions: 0, repeats: 0 };
  // All transactions are about the one group: while one is under way, any other is refused, without a request to the emulator.
  let isBusy = false;
  using _ = table.disturb(async (request, pass) => {
    if (request.command !== 'TransactWriteItems') return pass();
    sent.transactions++;
    if (isBusy) {
      sent.conflicts++;
      return conflict(() => true)(request, pass);
    }
    isBusy = true;
    return pass().finally(() => {
      isBusy = false;
    });
  });

  /** Mostly its own two users, in turn; now and then one whom others add and remove as well. */
  const present = new Set<string>();
  const write = async (writer: number) => {
    for (let i = 0; i < CHANGES; i++) {
      const [chance = 0, which = 0, joins = false] = choices[writer * CHANGES + i] ?? [];
      if (chance < 2) {
        const one = shared[which] ?? '';
        sent.repeats += await untilDone(() => (joins ? add(id, one) : leave(id, one)));
        continue;
      }
      const one = own[2 * writer + (i % 2)] ?? '';
      const isIn = present.has(one);
      sent.repeats += await untilDone(() => (isIn ? leave(id, one) : add(id, one)));
      if (isIn) present.delete(one);
      else present.add(one);
    }
  };
  const started = Date.now();
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  console.info({ ...sent, seconds: (Date.now() - started) / 1_000 });

  const members = await membersOf(id);
  expect(members.filter((one) => own.includes(one))).toEqual([...present].sort());
  // Each change moves the group by one version, and the member too.
  const versions = await Promise.all([...own, ...shared].map(async (one) => (await read(user, one)).version - 1));
  const { version, size } = await read(group, id);
  expect(version - 1).toBe(versions.reduce((sum, one) => sum + one, 0));
  expect(size).toBe(members.length);
  expect(version - 1).toBeGreaterThanOrEqual(choices.filter(([chance]) => chance >= 2).length);
  await expectConsistent();
}, 1_200_000);
