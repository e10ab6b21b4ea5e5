import { describe, expect, test } from '@jest/globals';
import pMap from 'p-map';
import { type Directory, replace } from '../../lambdas/directory/operations.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { DEFAULT_SETTINGS } from '../../lambdas/scim/schemas/settings.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import { repair } from '../../lambdas/store/upkeep/repair.ts';
import {
  again,
  behind,
  crowd,
  given,
  inner,
  type LargeChange,
  noTeam,
  patching,
  posting,
  repeating,
  sequelsOf,
  some,
  team,
  teamOf,
  users,
} from '../support/crash-cases.ts';
import { copyItems, type Death, deathsOf, distinct, type Open } from '../support/deaths.ts';
import { crash } from '../support/dying.ts';
import { groupBody } from '../support/group-operations.ts';
import { statusOf } from '../support/group-requests.ts';
import { SMALL_LIMITS } from '../support/large-requests.ts';
import { endLeases } from '../support/leases.ts';
import { expectFound, type Links, linksIn, seenIn, withoutVersions } from '../support/seen-groups.ts';
import type { Sequel } from '../support/sequels.ts';
import type { SentRequest } from '../support/strict-dynamodb.ts';
import { checkTable } from '../support/table-checker.ts';
import { directoryOn, type TestTable, testTable } from '../support/test-table.ts';

/*
 * A large change of a group's members dies before each of its requests is sent, and after each is done. Readers see all of it or
 * nothing, right then and ever after: when the group is changed again, a little or at large, when it or one of its members is removed,
 * when the client repeats its request, and when the table is repaired, which leaves no mark.
 */

const TYPES = [user, group];

const MIXED = patching({
  name: 'PATCH that adds and removes',
  world: teamOf([...some(0, 4), inner]),
  joins: some(4, 7),
  leaves: [inner, ...some(1, 3)],
  stays: users[0],
  isRemoved: true,
});

const CASES: readonly LargeChange[] = [
  patching({ name: 'PATCH that adds', world: teamOf(some(0, 2)), joins: some(2, 6), leaves: [], stays: users[0] }),
  patching({
    name: 'PATCH that adds so many that their rows are spread',
    world: teamOf(some(0, 4)),
    joins: [...some(4, 8), inner],
    leaves: [],
    stays: users[0],
    diesBefore: true,
  }),
  patching({ name: 'PATCH that removes', world: teamOf(some(0, 6)), joins: [], leaves: some(1, 6), stays: users[0] }),
  patching({
    name: 'PATCH that removes of those whose rows are spread, and of others',
    world: teamOf(some(0, 5), some(5, 10)),
    joins: [],
    leaves: some(2, 8),
    stays: users[0],
    diesBefore: true,
  }),
  MIXED,
  {
    name: 'PUT',
    world: teamOf(some(0, 4)),
    joins: [...some(4, 7), inner],
    leaves: some(0, 2),
    stays: users[2],
    act: (acme) => replace(acme, group, team, groupBody('Crew', [...some(2, 7), inner])),
  },
  posting({ name: 'POST', world: noTeam(), joins: [...some(0, 4), inner], isRemoved: true }),
  posting({ name: 'POST of so many that their rows are spread', world: noTeam(), joins: some(0, 8), diesBefore: true }),
  patching({
    name: 'PATCH behind one that died before it was committed',
    world: behind('before'),
    joins: some(6, 10),
    leaves: some(1, 5),
    stays: users[0],
    diesBefore: true,
  }),
  patching({
    name: 'PATCH behind one that died when it was committed',
    world: behind('after'),
    joins: [...some(0, 2), ...some(8, 10)],
    leaves: some(4, 8),
    stays: users[3],
    diesBefore: true,
  }),
];

/** Of as many members as are too many for a transaction of DynamoDB. */
const REAL = patching({
  name: 'PATCH of 59 members',
  world: teamOf(crowd.slice(0, 30), [], crowd),
  joins: crowd.slice(30),
  leaves: crowd.slice(1, 30),
  stays: crowd[0],
  diesBefore: true,
});

const expectSound = async (table: TestTable, afterRepair = false) => expect(await checkTable(table, TYPES, { afterRepair })).toEqual([]);

const AT_ONCE = { concurrency: 6 };

/** Directories, and the links that are seen there. */
type Expected = Map<string, Links>;

const expectSeen = (open: Open, expected: Expected) =>
  pMap(expected, async ([name, wanted]) => expect({ name, ...linksIn(await seenIn(open, name)) }).toEqual({ name, ...wanted }), AT_ONCE);

/** What is seen after each death, which is all of it or nothing. */
async function dieEverywhere(table: TestTable, open: Open, one: LargeChange) {
  const act = (acme: Directory) => one.act(acme, team);
  const { before, after, requests, deaths, copyTo } = await deathsOf(table, open, one.world, act);
  expect(requests).toBeGreaterThanOrEqual(7);
  const states = [before, after].map((seen) => withoutVersions(seen, team));
  const expected: Expected = new Map();
  const chosen = one.diesBefore ? deaths.filter(({ when }) => when === 'before') : deaths;
  for (const { name, n, when } of chosen) {
    await copyTo(name);
    expect(await crash(table, n, when, () => act(open(name)))).toBe(true);
    const seen = await seenIn(open, name);
    expect(states.map((state) => ({ name, seen: state }))).toContainEqual({ name, seen: withoutVersions(seen, team) });
    expected.set(name, linksIn(seen));
  }
  expect(new Set([...expected.values()].map((links) => JSON.stringify(links))).size).toBe(2);
  return { deaths: chosen, expected, before: linksIn(before), after: linksIn(after) };
}

/** Has clients go on behind some deaths, each time in a directory of its own. */
async function goOn(table: TestTable, open: Open, deaths: readonly Death[], sequels: readonly Sequel[], expected: Expected) {
  const items = await table.items();
  const follow = async ({ name, sequel }: { name: string; sequel: Sequel }) => {
    const was = expected.get(name) ?? { ids: [], links: [] };
    const own = `${name}-${sequel.name}`;
    await copyItems(table, items, name, own);
    const status = await sequel.act(open(own)).then(() => undefined, statusOf);
    expect({ own, status }).toEqual({ own, status: sequel.fails?.(was) });
    expected.set(own, status === undefined ? sequel.becomes(was) : was);
  };
  await pMap(
    deaths.flatMap(({ name }) => sequels.map((sequel) => ({ name, sequel }))),
    follow,
    AT_ONCE,
  );
}

const MINUTES = 60_000;

test.each([...CASES.map((one) => ({ ...one, limits: SMALL_LIMITS })), REAL])(
  'a large change whose process dies at any of its requests is made or not, whatever comes after it: $name',
  async (one) => {
    await using table = await testTable();
    const open = (name: string) => ({ ...directoryOn(table, name), store: dynamoStore(table, one.limits) });
    const { deaths, expected, before, after } = await dieEverywhere(table, open, one);
    await expectSound(table);
    const different = distinct(deaths, await endLeases(table));
    const asked = one.limits ? given(team, one.joins[0] ?? one.leaves.at(-1)) : [team];
    for (const { name } of different) await expectFound(() => open(name), await seenIn(open, name), asked);
    // Of as many as are really too many, the client's repeat is large enough.
    const others = sequelsOf(one).filter(({ name }) => one.limits || name !== 'large');
    const sequels = [...others, repeating(one, before, after)];
    await goOn(table, open, different, sequels, expected);
    await expectSeen(open, expected);
    await expectSound(table);
    await expect(repair(table, TYPES, { pause: 0 })).resolves.toMatchObject({ recounted: 0, resized: 0, mended: 0, busy: 0 });
    await expectSound(table, true);
    await expectSeen(open, expected);
  },
  5 * MINUTES,
);

test('POST that is repeated where no two groups have one name is refused if it was done, and only then', async () => {
  await using table = await testTable();
  const settings = { ...DEFAULT_SETTINGS, uniqueGroupNames: true };
  const open = (name: string) => ({ ...directoryOn(table, name, settings), store: dynamoStore(table, SMALL_LIMITS) });
  const { act } = posting({ name: 'POST', world: noTeam(), joins: some(0, 5) });
  const { deaths, copyTo } = await deathsOf(table, open, noTeam(), (acme) => act(acme, team));
  for (const { name, n, when } of deaths) {
    await copyTo(name);
    expect(await crash(table, n, when, () => act(open(name), team))).toBe(true);
    const { ids } = linksIn(await seenIn(open, name));
    const status = await act(open(name), again).then(() => undefined, statusOf);
    expect({ name, status }).toEqual({ name, status: ids.includes(team) ? 409 : undefined });
    const now = linksIn(await seenIn(open, name));
    expect(now.ids.filter((id) => [team, again].includes(id))).toEqual([ids.includes(team) ? team : again]);
    expect(now.links.filter((link) => link.startsWith(team) || link.startsWith(again))).toHaveLength(5);
  }
});

describe('what a dead process had sent that arrives when others have gone on', () => {
  test.each(sequelsOf(MIXED))('behind $name, is never seen, and is swept by a repair', async (sequel) => {
    await using table = await testTable();
    const open = (name = 'acme') => ({ ...directoryOn(table, name), store: dynamoStore(table, SMALL_LIMITS) });
    await MIXED.world(open(), table);
    const late: (() => Promise<object>)[] = [];
    const isStaging = ({ command, input }: SentRequest) =>
      command === 'BatchExecuteStatement' && /INSERT|set_add/.test(JSON.stringify(input));
    const death = table.disturb(async (request, pass) => {
      if (isStaging(request)) late.push(pass);
      if (late.length > 0) throw new Error('the process died');
      return pass();
    });
    await MIXED.act(open(), team).catch(() => {});
    death[Symbol.dispose]();
    expect(late).toHaveLength(2);
    await endLeases(table);

    const expected: Expected = new Map([['acme', sequel.becomes(linksIn(await seenIn(open, 'acme')))]]);
    await sequel.act(open());
    for (const arrive of late) await arrive();
    await expectSeen(open, expected);
    await expectSound(table);
    await expect(repair(table, TYPES, { pause: 0 })).resolves.toMatchObject({ recounted: 0, resized: 0, mended: 0, busy: 0 });
    await expectSound(table, true);
    await expectSeen(open, expected);
  });
});
