import type { BatchGetCommandOutput } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { first, hold, type Matches } from '../support/disturbances.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import {
  changesAtOnce,
  commits,
  largeChanges,
  SMALL_LIMITS,
  settlesMembers,
  spreads,
  spreadsAlone,
  stages,
} from '../support/large-requests.ts';
import type { Disturbance } from '../support/strict-dynamodb.ts';
import type { TestTable } from '../support/test-table.ts';

/*
 * The rows of a group that has become large are spread from then on. Those from before that stay where they are, and count as ever.
 */

let table: TestTable;
const { staff, newUsers, add, leave, leaveAll, put, read, membersOf, expectMembers } = largeChanges(() => table);
eachOnFreshTable((fresh) => {
  table = fresh;
});

/** The members whose rows are where those of a large group are not put. */
const unspread = async () => (await table.items()).flatMap(({ pk, sk }) => (/#members#.*#-$/.test(pk) ? [sk] : [])).sort();

describe('a large change that makes a group a large one', () => {
  test('spreads the rows of who joins, and those from before are found, removed and put again', async () => {
    const { id, before, after } = await staff();
    const [one = '', two = ''] = before;
    await add(id, ...after);
    expect(await read(group, id)).toMatchObject({ fan: 16, size: before.length + after.length });
    expect(await unspread()).toEqual(before);
    await expectMembers(id, [...before, ...after]);
    await leave(id, one);
    await leaveAll(id, [two, ...after]);
    await expectMembers(id, before.slice(2));
    await add(id, one);
    await add(id, two, ...after);
    expect(await unspread()).toEqual(before.slice(2));
    await expectMembers(id, [...before, ...after]);
    await put(id, 'Staff', [one]);
    await expectMembers(id, [one]);
    expect((await read(group, id)).fan).toBe(16);
  });

  test.each([
    { when: 'before the lease is taken', matches: spreads },
    { when: 'before it is begun anew', matches: spreadsAlone },
    { when: 'before it is tidied up', matches: settlesMembers },
  ])('keeps what small changes do $when, of those that it names as well', async ({ matches }) => {
    const { id, before, after } = await staff();
    const [stranger = '', other = ''] = await newUsers(2, 'other');
    // Only one that somebody was faster than has to be begun anew.
    using _ = table.disturb(hold(first(spreads), () => add(id, other)));
    {
      const meddle = async () => {
        await add(id, stranger, after[0] ?? '');
        await leave(id, before[0] ?? '');
        expect(await membersOf(id)).toContain(stranger);
      };
      using __ = table.disturb(hold(first(matches), meddle));
      await add(id, ...after);
    }
    await expectMembers(id, [...before.slice(1), ...after, stranger, other]);
  });

  test.each([
    { when: 'before the lease is taken', matches: spreads, isMade: false },
    { when: 'before anything is staged', matches: stages, isMade: false },
    { when: 'before the commit', matches: commits, isMade: false },
    { when: 'before it is tidied up', matches: settlesMembers, isMade: true },
  ])('shows readers one or the other $when', async ({ matches, isMade }) => {
    const { id, before, after } = await staff();
    let isSeen = false;
    const look = async () => {
      await expectMembers(id, isMade ? [...before, ...after] : before);
      isSeen = true;
    };
    using _ = table.disturb(hold(first(matches), look));
    await add(id, ...after);
    expect(isSeen).toBe(true);
    await expectMembers(id, [...before, ...after]);
  });
});

/** What reads a group and rows at once gets the rows as they were before something, once, and the group as it is after that. */
function rowsBefore(act: () => Promise<unknown>): Disturbance {
  const isNext: Matches = first(({ command, input }) => command === 'BatchGetItem' && JSON.stringify(input).includes('#members#'));
  return async (request, pass) => {
    if (!isNext(request)) return pass();
    const read = async () => ((await pass()) as BatchGetCommandOutput).Responses?.[table.name] ?? [];
    const isRow = ({ pk }: Record<string, unknown>) => String(pk).includes('#members#');
    const before = await read();
    await act();
    const after = await read();
    expect(after.filter(isRow)).not.toEqual(before.filter(isRow));
    return { $metadata: {}, Responses: { [table.name]: [...before.filter(isRow), ...after.filter((item) => !isRow(item))] } };
  };
}

describe('a small change that makes a group a large one', () => {
  /** A group of as many as have their rows in one place. */
  async function fullGroup() {
    const { id, before, after } = await staff();
    const [one = '', two = '', ...others] = after;
    await add(id, one, two);
    return { id, members: [...before, one, two], others };
  }

  test('has the rows of those spread who join after it', async () => {
    const { id, members, others } = await fullGroup();
    const [seventh = '', eighth = ''] = others;
    expect(members).toHaveLength(SMALL_LIMITS.unspread);
    expect((await read(group, id)).fan).toBe(1);
    await add(id, seventh);
    expect((await read(group, id)).fan).toBe(16);
    await add(id, eighth);
    expect(await unspread()).not.toContain(eighth);
    await expectMembers(id, [...members, seventh, eighth]);
    await leave(id, seventh);
    await leave(id, members[0] ?? '');
    await expectMembers(id, [...members.slice(1), eighth]);
  });

  test('makes nobody a member twice whom another has just made one', async () => {
    const { id, members, others } = await fullGroup();
    const [seventh = ''] = others;
    const isNext: Matches = first(changesAtOnce);
    {
      using _ = table.disturb(
        hold(isNext, async () => {
          await leave(id, members[0] ?? '');
          await add(id, seventh);
        }),
      );
      await add(id, seventh);
    }
    await expectMembers(id, [...members.slice(1), seventh]);
  });

  test('makes nobody a member twice whose row was read before it, and the group after it', async () => {
    const { id, members, others } = await fullGroup();
    const [seventh = ''] = others;
    {
      using _ = table.disturb(rowsBefore(() => add(id, seventh)));
      await add(id, seventh);
    }
    expect((await read(group, id)).fan).toBe(16);
    await expectMembers(id, [...members, seventh]);
  });
});
