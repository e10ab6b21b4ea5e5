import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { withRelations } from '../../lambdas/directory/relations.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { cutOff, first, hold, landsLater, type Matches, nth, once } from '../support/disturbances.ts';
import { dieWhen, dying } from '../support/dying.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import {
  commits,
  forgets,
  insertsRows,
  largeChanges,
  settlesMembers,
  settlesRows,
  stagesMembers,
  tidies,
} from '../support/large-requests.ts';
import type { Disturbance, SentRequest } from '../support/strict-dynamodb.ts';
import { checkTable } from '../support/table-checker.ts';
import type { TestTable } from '../support/test-table.ts';

/*
 * Coincidences that are rare, and that each broke something once: what is read before somebody else's change and written, or shown, after it.
 */

let table: TestTable;
const { acme, newUsers, newGroup, add, leave, leaveAll, read, found, listed, remove, membersOf, untidied, endLeases, groupsShown } =
  largeChanges(() => table);
eachOnFreshTable((fresh) => {
  table = fresh;
});

const text = ({ input }: SentRequest) => JSON.stringify(input);
const readsRows: Matches = (request) => request.command === 'BatchGetItem' && text(request).includes('#members#');
const readsUsers: Matches = (request) => request.command === 'BatchGetItem' && text(request).includes('#User#');
const deletesUser: Matches = (request) => request.command === 'TransactWriteItems' && text(request).includes(':read_groupIds');

/** One batch is tidied up, and then the time ends. */
const halfTidied = (): Disturbance => cutOff(nth(2, tidies));

/** Has something done at the first request that matches, but at none of those that it sends itself. */
function meanwhile(matches: Matches, act: () => Promise<unknown>): Disturbance {
  const acting = once(act);
  let isActing = false;
  return async (request, pass) => {
    if (!isActing && matches(request)) {
      isActing = true;
      await acting();
      isActing = false;
    }
    return pass();
  };
}

test('a user who leaves a group and joins it again while he is removed is no member of it', async () => {
  const [ada = '', bob = ''] = await newUsers(2);
  const id = await newGroup([ada, bob]);
  {
    using _ = table.disturb(meanwhile(readsRows, () => leave(id, ada)));
    using __ = table.disturb(meanwhile(deletesUser, () => add(id, ada)));
    await remove(user, ada);
  }
  await expect(read(user, ada)).rejects.toMatchObject({ status: 404 });
  expect(await membersOf(id)).toEqual([bob]);
  expect(await checkTable(table, [user, group])).toEqual([]);
});

test.each([
  { kind: 'joined', members: 0, matches: (request: SentRequest) => request.command === 'Query' && text(request).includes('#members#') },
  { kind: 'left', members: 30, matches: readsUsers },
])('a search for the members of a group of which 30 have $kind in between finds all or none', async ({ members, matches }) => {
  const ids = await newUsers(30);
  const id = await newGroup(ids.slice(0, members));
  const change = async () => {
    using _ = table.disturb(halfTidied());
    await (members === 0 ? add(id, ...ids) : leaveAll(id, ids));
  };
  using _ = table.disturb(meanwhile(matches, change));
  expect([0, 30]).toContain((await found(user, `groups.value eq "${id}"`)).length);
});

test('a search for groups with some members, but not with all of them, does not find one that has had none or all', async () => {
  const ids = await newUsers(30);
  const others = await newUsers(8, 'other');
  const id = await newGroup(others);
  const add30 = async () => {
    let seen = 0;
    using _ = table.disturb(cutOff((request) => (settlesRows(request) && ++seen > 1) || forgets(request)));
    await add(id, ...ids);
  };
  const either = (word: string) => ids.map((one) => `members.value eq "${one}"`).join(` ${word} `);
  using _ = table.disturb(meanwhile(readsRows, add30));
  expect(await found(group, `members.value eq "${others[0]}" and (${either('or')}) and not (${either('and')})`)).toEqual([]);
});

test('users who were read when half of them had something staged are shown with their group, or none of them is', async () => {
  const ids = await newUsers(30);
  const id = await newGroup();
  let users: Awaited<ReturnType<typeof listed>> = [];
  const list = async () => {
    users = await listed(user);
  };
  let shown: string[] = [];
  const show = async () => {
    const all = await withRelations(acme(), user, users, () => true);
    shown = all.flatMap(({ stored, relations }) => (relations.groups?.some((one) => one.id === id) ? [stored.id] : []));
  };
  using _ = table.disturb(hold(nth(2, stagesMembers), list));
  using __ = table.disturb(hold(first(settlesMembers), show));
  await add(id, ...ids);
  expect(users).toHaveLength(30);
  expect([0, 30]).toContain(shown.length);
});

test.each([{ order: 1 }, { order: -1 }])(
  'of one who has two rows, and joins again, both he and the group say so, in whichever order they are read: $order',
  async ({ order }) => {
    const placeOf = ({ pk }: { pk?: unknown }) => JSON.stringify(pk);
    using _ = table.disturb(async ({ command }, pass) => {
      const answer = (await pass()) as { Responses?: Record<string, { pk?: unknown }[]> };
      const all = command === 'BatchGetItem' ? Object.values(answer.Responses ?? {}) : [];
      for (const items of all) items.sort((a, b) => (placeOf(a) < placeOf(b) ? -order : order));
      return answer;
    });
    const [first0 = '', ...ids] = await newUsers(12);
    const [ada = ''] = ids;
    const id = await newGroup([first0]);
    const late = landsLater(first(insertsRows));
    {
      using __ = table.disturb(late.disturbance);
      await add(id, ...ids.slice(0, 4));
    }
    // He leaves, the group becomes large, he joins again, and then what was lost arrives.
    await leave(id, ada);
    await add(id, ...ids.slice(4));
    await add(id, ada);
    expect(await late.land()).toBe(1);
    await untidied(() => leaveAll(id, ids.slice(0, 5)));
    await add(id, ada);
    expect(await membersOf(id)).toContain(ada);
    expect((await groupsShown()).get(ada)).toEqual([id]);
    await add(id, ...ids.slice(1, 5));
    expect((await groupsShown()).get(ada)).toEqual([id]);
    expect((await read(group, id)).size).toBe((await membersOf(id)).length);
  },
);

test('a change that fails is answered when nothing that it has sent is under way any more', async () => {
  const ids = await newUsers(252);
  const id = await newGroup();
  let isDone = false;
  const isSlow = first((request) => insertsRows(request) && /\.0\.1"/.test(text(request)));
  const denied = { $metadata: {}, Responses: Array(25).fill({ Error: { Code: 'AccessDenied' } }) };
  using _ = table.disturb(async (request, pass) => {
    if (stagesMembers(request) && /\.1\.1"/.test(text(request))) return denied;
    if (!isSlow(request)) return pass();
    await sleep(300);
    const answer = await pass();
    isDone = true;
    return answer;
  });
  await expect(add(id, ...ids)).rejects.toThrow('AccessDenied');
  expect(isDone).toBe(true);
  expect((await table.items()).filter((item) => 'mark' in item || 'staged' in item)).toEqual([]);
});

test('what members have staged does not become more with each repeat that fails', async () => {
  const ids = await newUsers(5);
  const id = await newGroup();
  for (let i = 0; i < 3; i++) {
    await dying(table, dieWhen(commits), () => add(id, ...ids));
    await endLeases();
  }
  await add(id, ...ids);
  expect(await checkTable(table, [user, group], { afterRepair: true })).toEqual([]);
});
