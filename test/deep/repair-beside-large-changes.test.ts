import { describe, expect, test } from '@jest/globals';
import { create, patch } from '../../lambdas/directory/operations.ts';
import type { Member } from '../../lambdas/directory/store.ts';
import { group, groupSchema } from '../../lambdas/scim/schemas/group.ts';
import { hold } from '../support/disturbances.ts';
import { commits } from '../support/large-requests.ts';
import { endLeases } from '../support/leases.ts';
import { EARLIER, idsOf, markedGroups } from '../support/marked-groups.ts';
import type { SentRequest } from '../support/strict-dynamodb.ts';
import { type TestTable, testTable } from '../support/test-table.ts';

/*
 * Repairs and large changes of groups in the same table at once, each at every moment of the other.
 */

let table: TestTable;
const { acme, repairNow, check, newUsers, newGroup, membersOf, world, row, staged, stageBoth, apply } = markedGroups(() => table);

/** A member that a client writes. */
const valuesOf = (members: readonly Member[]) => members.map(({ id }) => ({ value: id }));
const add = (id: string, members: readonly Member[]) =>
  patch(acme(), group, id, [{ op: 'add', path: 'members', value: valuesOf(members) }]);
const setMembers = (id: string, members: readonly Member[]) =>
  patch(acme(), group, id, [{ op: 'replace', path: 'members', value: valuesOf(members) }]);

/** Has something done right before the n-th request, once. False if there was no such request. */
async function interrupt(n: number, act: () => Promise<unknown>, by: () => Promise<unknown>): Promise<boolean> {
  let isDone = false;
  const isNext = ({ n: nth }: SentRequest) => !isDone && nth >= n;
  const once = () => {
    isDone = true;
    return by();
  };
  using _ = table.disturb(hold(isNext, once));
  await act();
  return isDone;
}

/** Has something done for each moment of something else, in a table of its own, until there is no such moment. Gives how many there were. */
async function atEachMoment(act: (n: number) => Promise<boolean>): Promise<number> {
  for (let n = 1; ; n++) {
    await using fresh = await testTable();
    table = fresh;
    if (!(await act(n))) return n - 1;
  }
}

interface LargeChange {
  readonly name: string;
  readonly act: (id: string, before: readonly Member[], others: readonly Member[]) => Promise<unknown>;
  readonly outcome: (before: readonly Member[], others: readonly Member[]) => readonly Member[];
}

const LARGE: readonly LargeChange[] = [
  { name: 'many join', act: (id, _, others) => add(id, others), outcome: (before, others) => [...before, ...others] },
  {
    name: 'many leave and others join',
    act: (id, before, others) => setMembers(id, [...before.slice(0, 1), ...others]),
    outcome: (before, others) => [...before.slice(0, 1), ...others],
  },
  {
    name: 'a group is created',
    act: (_, before) => create(acme(), group, { schemas: [groupSchema.id], displayName: 'Created', members: valuesOf(before) }),
    outcome: (before) => before,
  },
];

describe.each(LARGE)('while $name', ({ act, outcome }) => {
  test('a repair at any moment of it changes nothing of what comes of it', async () => {
    const moments = await atEachMoment(async (n) => {
      const [before, others] = [await newUsers(4), await newUsers(4)];
      const id = await newGroup(before);
      const isMet = await interrupt(
        n,
        () => act(id, before, others),
        () => repairNow(),
      );
      expect(await check()).toEqual([]);
      expect(await membersOf(id)).toEqual(idsOf(outcome(before, others)));
      return isMet;
    });
    expect(moments).toBeGreaterThan(5);
  });

  test('a repair that takes it for dead at any moment undoes all of it or nothing', async () => {
    const outcomes = new Set<string>();
    await atEachMoment(async (n) => {
      const [before, others] = [await newUsers(4), await newUsers(4)];
      const id = await newGroup(before);
      const changing = () =>
        act(id, before, others).then(
          () => outcomes.add('done'),
          () => outcomes.add('refused'),
        );
      const isMet = await interrupt(n, changing, async () => {
        await endLeases(table);
        await repairNow();
        expect(await check(false)).toEqual([]);
      });
      expect(await check(false)).toEqual([]);
      const members = await membersOf(id);
      expect([idsOf(before), idsOf(outcome(before, others))]).toContainEqual(members);
      // What its holder has marked after that counts for nothing, and goes with the next repair.
      await repairNow();
      expect(await check()).toEqual([]);
      expect(await membersOf(id)).toEqual(members);
      return isMet;
    });
    expect(outcomes).toContain('done');
  });
});

test('large changes at any moment of a repair are what comes of them', async () => {
  const moments = await atEachMoment(async (n) => {
    const others = await newUsers(4);
    const some = await world();
    const { team, ada, alan, grace, edsger } = some;
    await stageBoth(some);
    if (n % 2 === 0) await apply(some);
    await row(team, edsger, `${EARLIER}.0.1`);
    await staged(team, edsger, `${EARLIER}.0.1`);
    const repairing = async () => {
      await repairNow({ segments: 1 });
    };
    const isMet = await interrupt(n, repairing, async () => {
      await setMembers(team, [edsger, grace, ...others]);
      await setMembers(team, [ada, edsger, ...others.slice(2)]);
      await add(team, [alan, others[0] as Member, others[1] as Member, grace]);
    });
    if (!isMet) return false;
    expect(await check(false)).toEqual([]);
    expect(await membersOf(team)).toEqual(idsOf([ada, alan, grace, edsger, ...others]));
    await repairNow();
    expect(await check()).toEqual([]);
    expect(await membersOf(team)).toEqual(idsOf([ada, alan, grace, edsger, ...others]));
    return true;
  });
  expect(moments).toBeGreaterThan(9);
});

test('a large change that begins at any moment of a repair, and is committed after it, is what comes of it', async () => {
  const moments = await atEachMoment(async (n) => {
    const others = await newUsers(4);
    const { team, ada, edsger } = await world();
    for (const [member, mark] of [
      [ada, `${EARLIER}.0.1-`],
      [edsger, `${EARLIER}.0.1`],
    ] as const) {
      await row(team, member, mark);
      await staged(team, member, mark);
    }
    const [isStaged, isRepaired] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let changing: Promise<unknown> = Promise.resolve();
    using _ = table.disturb(
      hold(commits, () => {
        isStaged.resolve();
        return isRepaired.promise;
      }),
    );
    const isMet = await interrupt(
      n,
      () => repairNow({ segments: 1 }),
      () => {
        changing = setMembers(team, [edsger, ...others]);
        return isStaged.promise;
      },
    );
    isRepaired.resolve();
    await changing;
    expect(await check(false)).toEqual([]);
    if (isMet) expect(await membersOf(team)).toEqual(idsOf([edsger, ...others]));
    await repairNow();
    expect(await check()).toEqual([]);
    if (isMet) expect(await membersOf(team)).toEqual(idsOf([edsger, ...others]));
    return isMet;
  });
  expect(moments).toBeGreaterThan(9);
});
