import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import type { Member } from '../../lambdas/directory/store.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { FORMAT } from '../../lambdas/store/items.ts';
import { membershipKey, resourceKey, textOf } from '../../lambdas/store/keys.ts';
import { isWrite } from '../support/disturbances.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { CHANGE, EARLIER, idsOf, type Marked, markedGroups } from '../support/marked-groups.ts';
import { putApplied, putGroupId, putLease, putReservation, putSize } from '../support/memberships.ts';
import type { TestTable } from '../support/test-table.ts';

/*
 * What a repair makes of what large changes of groups leave.
 */

let table: TestTable;
const { repairNow, check, membersOf, world, row, staged, stageBoth, apply } = markedGroups(() => table);
eachOnFreshTable((fresh) => {
  table = fresh;
});

const NOTHING = { recounted: 0, resized: 0, reassigned: 0, swept: 0, mended: 0, tidied: 0, busy: 0, undeclared: 0, unknown: 0, newer: 0 };

const HOUR = 3_600_000;
const long = () => Date.now() + HOUR;
const lease = (groupId: string, until: number) => putLease(table, 'acme', groupId, CHANGE, until);

/** A group that there is not. */
const GONE = '5d41402a-bc4b-4a76-b971-9d911017c592';

interface State {
  readonly name: string;
  readonly make: (world: Marked) => Promise<unknown>;
  readonly report: object;
  /** Who is in the team afterwards: nobody new, if absent. */
  readonly team?: (world: Marked) => readonly Member[];
  /** Whether what belongs together may be met in several segments of the table. */
  readonly inSegments?: boolean;
}

const changed = ({ alan, grace }: Marked) => [alan, grace];

const STATES: readonly State[] = [
  {
    name: 'marks that count',
    inSegments: true,
    make: async (some) => {
      await stageBoth(some);
      await apply(some);
    },
    report: { tidied: 3 },
    team: changed,
  },
  {
    name: 'marks that count, of whom one settled already',
    make: async (some) => {
      const { team, ada, grace } = some;
      await row(team, ada, `${CHANGE}.0.1-`);
      await staged(team, ada, `${CHANGE}.0.1-`);
      await row(team, grace, `${CHANGE}.1.1`);
      await putGroupId(table, 'acme', team, grace);
      await apply(some);
    },
    report: { tidied: 3 },
    team: changed,
  },
  { name: 'names of changes without any marks', make: ({ team }) => putApplied(table, 'acme', team, CHANGE), report: { tidied: 1 } },
  { name: 'marks of a change that was never committed', make: stageBoth, report: { tidied: 2 } },
  {
    name: 'those beside marks that count',
    inSegments: true,
    make: async (some) => {
      const { team, other, alan, edsger } = some;
      await stageBoth(some);
      await apply(some);
      await row(team, edsger, `${EARLIER}.0.1`);
      await row(team, alan, `${EARLIER}.0.1-`);
      await staged(team, alan, `${EARLIER}.0.1-`);
      await staged(other, alan, `${EARLIER}.0.1`);
    },
    report: { tidied: 6 },
    team: changed,
  },
  {
    name: 'a change whose lease has ended',
    inSegments: true,
    make: async (some) => {
      await stageBoth(some);
      await lease(some.team, Date.now() - 1);
    },
    report: { tidied: 3 },
  },
  { name: 'a lease that has ended without any marks', make: ({ team }) => lease(team, 0), report: { tidied: 1 } },
  {
    name: 'what members have staged without any rows',
    make: async ({ team, other, ada, edsger }) => {
      await staged(team, ada, `${EARLIER}.0.1-`);
      await staged(team, ada, `${CHANGE}.0.1-`);
      await staged(team, edsger, `${CHANGE}.0.1`);
      await staged(other, edsger, `${CHANGE}.0.2`);
    },
    report: { tidied: 2 },
  },
  {
    name: 'rows with marks of which the members know nothing',
    make: async ({ team, ada, edsger }) => {
      await row(team, ada, `${EARLIER}.0.1-`);
      await row(team, edsger, `${EARLIER}.0.1`);
    },
    report: { tidied: 2 },
  },
  {
    name: 'a second row that does not count',
    make: async ({ team, ada }) => row(team, ada, `${EARLIER}.0.1`, 16).then(() => putSize(table, 'acme', team, 2, 16)),
    report: { tidied: 1 },
  },
  {
    name: 'two rows of one member that do not count',
    make: async ({ team, edsger }) => {
      await row(team, edsger, `${EARLIER}.0.1`);
      await row(team, edsger, `${CHANGE}.0.1`, 16);
      await staged(team, edsger, `${EARLIER}.0.1`);
      await staged(team, edsger, `${CHANGE}.0.1`);
      await putSize(table, 'acme', team, 2, 16);
    },
    report: { tidied: 2 },
  },
  {
    name: 'rows of a group that is gone, and what is staged of it',
    inSegments: true,
    make: async ({ ada, edsger }) => {
      await row(GONE, ada, `${CHANGE}.0.1`);
      await staged(GONE, ada, `${CHANGE}.0.1`);
      await staged(GONE, ada, `${CHANGE}.0.2-`);
      await putGroupId(table, 'acme', GONE, ada);
      await row(GONE, edsger, `${CHANGE}.0.2-`, 16);
      await staged(GONE, edsger, `${CHANGE}.0.2`);
    },
    report: { swept: 4 },
  },
  {
    name: 'a creation that was given up',
    inSegments: true,
    make: async ({ ada, edsger }) => {
      await putReservation(table, 'acme', GONE, Date.now() - HOUR - 1_000);
      await row(GONE, ada, `${CHANGE}.0.1`);
      await staged(GONE, ada, `${CHANGE}.0.1`);
      await staged(GONE, edsger, `${CHANGE}.0.1`);
    },
    report: { swept: 4 },
  },
  { name: 'a reservation alone', make: () => putReservation(table, 'acme', GONE, 1), report: { swept: 1 } },
  { name: 'a reservation of a group that is there', make: ({ team }) => putReservation(table, 'acme', team, long()), report: { swept: 1 } },
  {
    name: 'a mark that does not count, of somebody who names the group by mistake',
    make: async ({ team, edsger }) => {
      await row(team, edsger, `${EARLIER}.0.1`);
      await putGroupId(table, 'acme', team, edsger);
    },
    report: { tidied: 1, mended: 1 },
  },
  {
    name: 'marks that count, of members who do not know of them',
    make: async (some) => {
      const { team, ada, grace } = some;
      await row(team, ada, `${CHANGE}.0.1-`);
      await row(team, grace, `${CHANGE}.1.1`);
      await apply(some);
    },
    report: { tidied: 3, mended: 2 },
    team: changed,
  },
  {
    name: 'what counts of what members have staged, without any rows',
    make: async (some) => {
      const { team, ada, edsger } = some;
      await staged(team, ada, `${CHANGE}.0.1-`);
      await staged(team, edsger, `${CHANGE}.1.1`);
      await apply(some);
    },
    report: { tidied: 3 },
  },
  {
    name: 'a mark that counts, of somebody who is gone',
    make: async ({ team }) => {
      await row(team, { id: randomUUID(), type: 'User' }, `${CHANGE}.0.1`);
      await putApplied(table, 'acme', team, `${CHANGE}.0.1`);
      await putSize(table, 'acme', team, 3);
    },
    report: { tidied: 2, mended: 1 },
  },
  {
    name: 'a mark that counts, on a row that names another type',
    make: async ({ team, edsger }) => {
      await row(team, { ...edsger, type: 'Group' }, `${CHANGE}.0.1`);
      await staged(team, edsger, `${CHANGE}.0.1`);
      await putApplied(table, 'acme', team, `${CHANGE}.0.1`);
      await putSize(table, 'acme', team, 3);
    },
    report: { tidied: 3, mended: 1 },
    team: ({ ada, alan, edsger }) => [ada, alan, edsger],
  },
  {
    name: 'a size that is wrong beside marks',
    make: async (some) => {
      await stageBoth(some);
      await apply(some);
      await putSize(table, 'acme', some.team, 7);
    },
    report: { tidied: 3, resized: 1 },
    team: changed,
  },
];

describe.each(STATES)('$name', ({ make, report, team = ({ ada, alan }) => [ada, alan], inSegments = false }) => {
  test.each(inSegments ? [{ segments: 1 }, { segments: 4 }] : [{ segments: 1 }])(
    'is put right at once, in $segments segments',
    async ({ segments }) => {
      const some = await world();
      expect(await check()).toEqual([]);
      await make(some);
      expect(await check()).not.toEqual([]);
      await expect(repairNow({ segments })).resolves.toMatchObject({ ...NOTHING, ...report });
      expect(await check()).toEqual([]);
      expect(await membersOf(some.team)).toEqual(idsOf(team(some)));
      expect(await membersOf(some.other)).toEqual(idsOf([some.grace]));
      const sent = await table.sentBy(() => expect(repairNow()).resolves.toMatchObject(NOTHING));
      expect(sent.filter(isWrite)).toEqual([]);
    },
  );
});

describe('what is left alone, and reported as busy', () => {
  interface Busy {
    readonly name: string;
    readonly make: (world: Marked) => Promise<unknown>;
    readonly busy: number;
  }
  const BUSY: readonly Busy[] = [
    {
      name: 'a change that is being made',
      make: async (some) => {
        await stageBoth(some);
        await staged(some.team, some.edsger, `${EARLIER}.0.1`);
        await lease(some.team, long());
      },
      busy: 1,
    },
    {
      name: 'a size that seems wrong meanwhile',
      make: async (some) => {
        await putSize(table, 'acme', some.team, 7);
        await lease(some.team, long());
      },
      busy: 1,
    },
    {
      name: 'a group that is being created',
      make: async ({ ada, edsger }) => {
        await putReservation(table, 'acme', GONE, long());
        await row(GONE, ada, `${CHANGE}.0.1`);
        await staged(GONE, ada, `${CHANGE}.0.1`);
        await staged(GONE, edsger, `${CHANGE}.0.1`);
      },
      busy: 1,
    },
    {
      name: 'a group that would not be created any more by our clock',
      make: async ({ ada }) => {
        await putReservation(table, 'acme', GONE, Date.now() - HOUR / 2);
        await row(GONE, ada, `${CHANGE}.0.1`);
        await staged(GONE, ada, `${CHANGE}.0.1`);
      },
      busy: 1,
    },
    { name: 'nothing, where a lease is held and nothing has marks yet', make: ({ team }) => lease(team, long()), busy: 0 },
  ];

  test.each(BUSY)('$name', async ({ make, busy }) => {
    await make(await world());
    // Who has staged what counts for nothing may lose it at any time.
    const contents = async () => (await table.items()).map((item) => ({ ...item, staged: [...setOf(item.staged)].filter(isOfChange) }));
    const before = await contents();
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, tidied: expect.any(Number), busy });
    expect(await contents()).toEqual(before);
  });
});

const setOf = (value: unknown) => (value ?? new Set()) as Set<string>;
const isOfChange = (entry: string) => entry.includes(CHANGE);

test('marks that are met before or behind the group and the members are judged alike', async () => {
  const worlds = await Promise.all(Array.from({ length: 6 }, () => world()));
  for (const some of worlds) {
    await stageBoth(some);
    await apply(some);
  }
  await expect(repairNow({ segments: 1 })).resolves.toMatchObject({ ...NOTHING, tidied: 18 });
  expect(await check()).toEqual([]);
});

test('what a newer version has written stays, with the names that it may need', async () => {
  const some = await world();
  await stageBoth(some);
  await apply(some);
  const { pk, sk } = membershipKey('acme', some.team, 1, some.grace.id);
  const newer = { pk, sk, type: 'User', mark: `${CHANGE}.1.1`, format: FORMAT + 1 };
  await table.client.send(new PutCommand({ TableName: table.name, Item: newer }));
  await repairNow();
  const items = await table.items();
  expect(items).toContainEqual(newer);
  expect(items.find((item) => textOf(item) === textOf(resourceKey('acme', group, some.team)))).toMatchObject({
    applied: new Set([`${CHANGE}.0.1`, `${CHANGE}.1.1`]),
  });
});

test('all of that at once, by two repairs at once', async () => {
  const worlds: Marked[] = [];
  for (const { make } of STATES) {
    const some = await world();
    worlds.push(some);
    await make(some);
  }
  await Promise.all([repairNow(), repairNow()]);
  expect(await check()).toEqual([]);
  for (const [i, some] of worlds.entries()) {
    const { team = ({ ada, alan }) => [ada, alan] } = STATES[i] as State;
    expect(await membersOf(some.team)).toEqual(idsOf(team(some)));
  }
});
