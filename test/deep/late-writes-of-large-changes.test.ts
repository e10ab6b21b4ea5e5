import { describe, expect, test } from '@jest/globals';
import { duplicate, first, hold, type KeptBack, landsLater } from '../support/disturbances.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { forgets, insertsRows, largeChanges, marksRows, settlesMembers, settlesRows, stagesMembers } from '../support/large-requests.ts';
import type { TestTable } from '../support/test-table.ts';

/*
 * A change of more members than find place in a transaction is staged, committed by one write, and tidied up. What of it lands late changes
 * nothing about what is so, and neither does what others do before it is tidied up.
 */

let table: TestTable;
const { staff, add, leave, replaceMembers, membersOf, expectMembers, endLeases } = largeChanges(() => table);
eachOnFreshTable((fresh) => {
  table = fresh;
});

type Staff = Awaited<ReturnType<typeof staff>>;

/** What becomes of the group when four have come for four is right, and so is whatever is done to it afterwards. */
async function expectReplaced({ id, before, after, leaver, joiner }: Staff): Promise<void> {
  await expectMembers(id, after);
  await leave(id, joiner);
  await add(id, leaver);
  await add(id, joiner);
  await leave(id, leaver);
  expect(await membersOf(id)).toEqual(after);
  await replaceMembers(id, before);
  await expectMembers(id, before);
}

const LATE_WRITES = [
  { what: 'row of somebody who joins', matches: insertsRows },
  { what: 'mark on the row of somebody who leaves', matches: marksRows },
  { what: 'note of a member', matches: stagesMembers },
];

/** When what is late lands, and what the group is by then. */
const MOMENTS: readonly { when: string; land: (staff: Staff, late: KeptBack) => Promise<unknown> }[] = [
  { when: 'after the commit and the tidying', land: (_, late) => late.land() },
  {
    when: 'after somebody has undone it of one member each',
    async land({ id, after, leaver, joiner }, late) {
      await leave(id, joiner);
      await add(id, leaver);
      expect(await late.land()).toBe(1);
      await expectMembers(id, [leaver, ...after.slice(1)]);
      await add(id, joiner);
      await leave(id, leaver);
    },
  },
  {
    when: 'after somebody has undone it of one member each, and done it again',
    async land({ id, leaver, joiner }, late) {
      await leave(id, joiner);
      await add(id, leaver);
      await add(id, joiner);
      await leave(id, leaver);
      expect(await late.land()).toBe(1);
    },
  },
];

describe.each(LATE_WRITES)('the $what that lands late', ({ matches }) => {
  test.each(MOMENTS)('changes nothing if it is that of a process that has lost its lease, $when', async ({ land }) => {
    const group = await staff();
    const late = landsLater(first(matches), { dies: true });
    {
      using _ = table.disturb(late.disturbance);
      await expect(replaceMembers(group.id, group.after)).rejects.toThrow('died');
    }
    await endLeases();
    await replaceMembers(group.id, group.after);
    await land(group, late);
    await expectReplaced(group);
  });

  test.each(MOMENTS)('changes nothing if its answer was lost and it was done under another name, $when', async ({ land }) => {
    const group = await staff();
    const late = landsLater(first(matches));
    {
      using _ = table.disturb(late.disturbance);
      await replaceMembers(group.id, group.after);
    }
    await land(group, late);
    await expectReplaced(group);
  });

  test.each([
    { who: 'a process that has lost its lease', dies: true },
    { who: 'the very request that is committed', dies: false },
  ])('changes nothing between the commit and the tidying: of $who', async ({ dies }) => {
    const group = await staff();
    const late = landsLater(first(matches), { dies });
    const beforeTidying = hold(first(settlesMembers), async () => expect(await late.land()).toBe(1));
    if (dies) {
      {
        using _ = table.disturb(late.disturbance);
        await expect(replaceMembers(group.id, group.after)).rejects.toThrow('died');
      }
      await endLeases();
    }
    {
      using _ = table.disturb(dies ? (_request, pass) => pass() : late.disturbance);
      using __ = table.disturb(beforeTidying);
      await replaceMembers(group.id, group.after);
    }
    await expectReplaced(group);
  });
});

const TIDYING = [
  { step: 'its members are settled', matches: settlesMembers },
  { step: 'its rows are settled', matches: settlesRows },
  { step: 'its name is forgotten', matches: forgets },
];

describe.each(TIDYING)('a change that is committed, before $step', ({ matches }) => {
  test('is undone of single members by small changes, and they are right', async () => {
    const { id, after, leaver, joiner } = await staff();
    {
      const undo = async () => {
        await leave(id, joiner);
        await add(id, leaver);
        await expectMembers(id, [leaver, ...after.slice(1)]);
      };
      using _ = table.disturb(hold(first(matches), undo));
      await replaceMembers(id, after);
    }
    await expectMembers(id, [leaver, ...after.slice(1)]);
  });

  test('is undone and done again by small changes, and they are right', async () => {
    const { id, after, leaver, joiner } = await staff();
    {
      const meddle = async () => {
        await leave(id, joiner);
        await add(id, leaver);
        await add(id, joiner);
        await leave(id, leaver);
      };
      using _ = table.disturb(hold(first(matches), meddle));
      await replaceMembers(id, after);
    }
    await expectMembers(id, after);
  });

  test('is followed by another large one, which tidies up before', async () => {
    const { id, before, after } = await staff();
    {
      using _ = table.disturb(hold(first(matches), () => replaceMembers(id, before)));
      await replaceMembers(id, after);
    }
    await expectMembers(id, before);
  });

  test('stays so if nobody goes on, and the next large one tidies up', async () => {
    const { id, before, after, leaver } = await staff();
    const gone = landsLater(first(matches), { dies: true });
    {
      using _ = table.disturb(gone.disturbance);
      await replaceMembers(id, after);
    }
    await expectMembers(id, after);
    await add(id, leaver);
    await expectMembers(id, [...after, leaver]);
    await replaceMembers(id, before);
    await expectMembers(id, before);
    expect(await gone.land()).toBe(1);
    await expectMembers(id, before);
  });

  test('is tidied up once, if that step lands twice', async () => {
    const { id, after } = await staff();
    using _ = table.disturb(duplicate(matches, { answer: 'second' }));
    await replaceMembers(id, after);
    await expectMembers(id, after);
  });

  test.each([
    { outcome: 'the members are others again', isRedone: false },
    { outcome: 'the members are the same again', isRedone: true },
  ])('is not tidied up anew where that step lands late, and $outcome', async ({ isRedone }) => {
    const group = await staff();
    const { id, before, after, leaver, joiner } = group;
    const late = landsLater(first(matches));
    {
      using _ = table.disturb(late.disturbance);
      await replaceMembers(id, after);
    }
    await leave(id, joiner);
    await add(id, leaver);
    if (isRedone) await replaceMembers(id, after);
    expect(await late.land()).toBe(1);
    await expectMembers(id, isRedone ? after : [leaver, ...after.slice(1)]);
    await replaceMembers(id, before);
    await expectMembers(id, before);
  });
});
