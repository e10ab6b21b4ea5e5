import { describe, expect, test } from '@jest/globals';
import { patch } from '../../lambdas/directory/operations.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { cutOff, first, hold, landsLater, nth } from '../support/disturbances.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { adding } from '../support/group-operations.ts';
import { changesAtOnce, commits, largeChanges, takesLease } from '../support/large-requests.ts';
import { putLease } from '../support/memberships.ts';
import type { TestTable } from '../support/test-table.ts';

/*
 * What others change of a group of which many members are being changed, a little or at large: of two changes each happens as a whole, one
 * after the other.
 */

let table: TestTable;
const { acme, staff, newUsers, add, leave, leaveAll, replaceMembers, read, membersOf, expectMembers, endLeases, untidied } = largeChanges(
  () => table,
);
eachOnFreshTable((fresh) => {
  table = fresh;
});

const CHANGE = 'c0ffee';
const HOUR = 3_600_000;

test('a process that has lost its lease cannot commit, and goes on with a new one', async () => {
  const { id, after, before } = await staff();
  const [one = '', ...others] = after;
  using _ = table.disturb(
    hold(first(commits), async () => {
      await endLeases();
      await add(id, one);
      expect((await read(group, id)).changing).toBeUndefined();
    }),
  );
  await add(id, one, ...others);
  await expectMembers(id, [...before, ...after]);
});

describe('somebody who joins', () => {
  /** Resolves when a group has been read so often by whoever waits for it. */
  function readAgain(times: number): { readonly watch: Disposable; readonly done: Promise<void> } {
    const { promise, resolve } = Promise.withResolvers<void>();
    let reads = 0;
    const watch = table.disturb((request, pass) => {
      if (request.command === 'BatchGetItem' && ++reads === times) resolve();
      return pass();
    });
    return { watch, done: promise };
  }

  test.each([
    { outcome: 'committed', isCommitted: true },
    { outcome: 'given up', isCommitted: false },
  ])('waits while the lease of a large change lives, and goes on when that is $outcome', async ({ isCommitted }) => {
    const { id, before, after } = await staff();
    const [last = ''] = await newUsers(1, 'other');
    let joining: Promise<unknown> | undefined;
    const meet = async () => {
      const { watch, done } = readAgain(3);
      using _ = watch;
      joining = add(id, last);
      await done;
      expect(await membersOf(id)).toEqual(before);
      if (!isCommitted) throw new Error('this cannot be committed');
    };
    {
      using _ = table.disturb(hold(first(commits), meet));
      const changing = expect(replaceMembers(id, after));
      await (isCommitted ? changing.resolves.toMatchObject({ version: 2 }) : changing.rejects.toThrow('this cannot be committed'));
    }
    await joining;
    await expectMembers(id, [...(isCommitted ? after : before), last]);
  });

  test('goes on by himself when a lease ends that nobody has given up', async () => {
    const { id, before, joiner } = await staff();
    const until = Date.now() + 300;
    await putLease(table, 'acme', id, CHANGE, until);
    await add(id, joiner);
    expect(Date.now()).toBeGreaterThanOrEqual(until);
    expect((await read(group, id)).changing).toBeUndefined();
    await expectMembers(id, [...before, joiner]);
  });

  test('is told to try again later where his time ends before the lease does, and nothing has changed', async () => {
    const { id, joiner } = await staff();
    await putLease(table, 'acme', id, CHANGE, Date.now() + HOUR);
    const before = await table.items();
    const hurried = { ...acme(), deadline: Date.now() + 300 };
    await expect(patch(hurried, group, id, [adding([joiner])])).rejects.toMatchObject({ status: 503, retryAfter: expect.any(Number) });
    expect(await table.items()).toEqual(before);
  });

  test('does not wait for a lease that has ended, and has a mark that it left on his row read once more', async () => {
    const { id, before, after, joiner } = await staff();
    const [stranger = ''] = await newUsers(1, 'stranger');
    {
      using _ = table.disturb(landsLater(first(commits), { dies: true }).disturbance);
      await expect(replaceMembers(id, after)).rejects.toThrow('died');
    }
    await endLeases();
    await expect(table.measure(() => add(id, joiner))).resolves.toEqual({ requests: 3, depth: 3 });
    expect((await read(group, id)).changing).toBeUndefined();
    // Of whom nothing is marked, the group and the row are read together, and that is all.
    await expect(table.measure(() => add(id, stranger))).resolves.toEqual({ requests: 2, depth: 2 });
    await expectMembers(id, [...before, joiner, stranger]);
  });
});

describe('what was read before others have committed a large change', () => {
  test('is no ground for another large one that names the same members', async () => {
    const { id, before, after } = await staff();
    const others = await newUsers(2, 'other');
    {
      using _ = table.disturb(hold(first(takesLease), () => untidied(() => add(id, ...after))));
      await add(id, ...after.slice(2), ...others, ...before);
    }
    await expectMembers(id, [...before, ...after, ...others]);
  });

  test('is no ground for a large one that removes whom they have removed', async () => {
    const { id, before, after } = await staff();
    const remaining = after.slice(1);
    await add(id, ...after);
    {
      using _ = table.disturb(hold(first(takesLease), () => untidied(() => leaveAll(id, before))));
      await leaveAll(id, [...before, after[0] ?? '']);
    }
    await expectMembers(id, remaining);
  });

  test('is no ground to join once more for one whose row bore a mark that did not count', async () => {
    const { id, before, after, joiner } = await staff();
    // Somebody has given up, and left marks.
    {
      using _ = table.disturb(cutOff(commits));
      await expect(add(id, ...after)).rejects.toMatchObject({ status: 503 });
    }
    const isStaged = Promise.withResolvers<void>();
    const mayCommit = Promise.withResolvers<void>();
    let large: Promise<unknown> | undefined;
    const isReadAgain = nth(2, ({ command }) => command === 'BatchGetItem');
    {
      using _1 = table.disturb(
        hold(first(commits), async () => {
          isStaged.resolve();
          await mayCommit.promise;
        }),
      );
      using _2 = table.disturb(
        hold(isReadAgain, async () => {
          large = untidied(() => add(id, ...after));
          await isStaged.promise;
        }),
      );
      using _3 = table.disturb(
        hold(first(changesAtOnce), async () => {
          mayCommit.resolve();
          await large;
        }),
      );
      await add(id, joiner);
    }
    await expectMembers(id, [...before, ...after]);
  });

  test('leaves nothing that counts of somebody who has joined and is named as well, once he leaves', async () => {
    const { id, before, after, joiner } = await staff();
    {
      using _ = table.disturb(hold(first(takesLease), () => add(id, joiner)));
      await untidied(() => add(id, ...after));
    }
    await expectMembers(id, [...before, ...after]);
    await leave(id, joiner);
    await expectMembers(id, [...before, ...after.slice(1)]);
  });

  test('leaves nothing that counts of somebody who has left and is named as well, once he joins again', async () => {
    const { id, before, after, leaver } = await staff();
    await add(id, ...after);
    {
      using _ = table.disturb(hold(first(takesLease), () => leave(id, leaver)));
      await untidied(() => leaveAll(id, before));
    }
    await expectMembers(id, after);
    await add(id, leaver);
    await expectMembers(id, [leaver, ...after]);
  });
});

describe('several at once', () => {
  test('of two large changes one waits for the other, and both are made', async () => {
    const { id, before, after } = await staff();
    const others = await newUsers(4, 'other');
    await Promise.all([add(id, ...after), add(id, ...others), leaveAll(id, before)]);
    await expectMembers(id, [...after, ...others]);
    expect((await read(group, id)).version).toBe(4);
  });

  test('of small ones beside a large one none is lost', async () => {
    const { id, before, after } = await staff();
    const others = await newUsers(12, 'other');
    const small = others.map((one, i) => (i % 4 === 3 ? leave(id, before[(i - 3) / 4] ?? '') : add(id, one)));
    await Promise.all([add(id, ...after), ...small]);
    const joined = others.filter((_, i) => i % 4 !== 3);
    await expectMembers(id, [...before.slice(3), ...after, ...joined]);
    expect((await read(group, id)).version).toBe(2 + small.length);
  });
});
