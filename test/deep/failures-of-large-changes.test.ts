import { describe, expect, test } from '@jest/globals';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { resourceKey } from '../../lambdas/store/keys.ts';
import { conflict, cutOff, duplicate, first, hold, landsLater, loseAnswer, type Matches, throttle, upTo } from '../support/disturbances.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { ifStill } from '../support/group-requests.ts';
import {
  commits,
  insertsRows,
  largeChanges,
  marksRows,
  STEPS,
  settlesMembers,
  stages,
  stagesMembers,
  takesLease,
} from '../support/large-requests.ts';
import type { Disturbance } from '../support/strict-dynamodb.ts';
import type { TestTable } from '../support/test-table.ts';

/*
 * A change of more members than find place in a transaction is many requests. Whatever becomes of each of them, the change is made once
 * or not at all, and the answer says which.
 */

let table: TestTable;
const { staff, newUsers, newGroup, add, rename, put, replaceMembers, read, membersOf, found, expectMembers, endLeases } = largeChanges(
  () => table,
);
eachOnFreshTable((fresh) => {
  table = fresh;
});

/** All statements of a batch end with a code, in an answer that is a success; `isDone` if they have been done all the same. */
const endingStatements =
  (matches: Matches, Code: string, { isDone = false } = {}): Disturbance =>
  async (request, pass) => {
    if (!matches(request)) return pass();
    if (isDone) await pass();
    return { $metadata: {}, Responses: (request.input.Statements ?? []).map(() => ({ Error: { Code, Message: 'by a disturbance' } })) };
  };

const isBatch: Matches = ({ command }) => command === 'BatchExecuteStatement';
const within =
  (disturbance: (matches: Matches) => Disturbance): ((matches: Matches) => Disturbance) =>
  (matches) =>
    disturbance(first((request) => isBatch(request) && matches(request)));

describe('a large change is made once where, of each of its requests in turn,', () => {
  test.each<{ what: string; disturb: (matches: Matches) => Disturbance }>([
    { what: 'the answer is lost', disturb: (matches) => loseAnswer(first(matches)) },
    { what: 'the request is lost', disturb: (matches) => cutOff(first(matches)) },
    { what: 'the request arrives twice', disturb: (matches) => duplicate(first(matches), { answer: 'second', atOnce: true }) },
    { what: 'the request is throttled', disturb: (matches) => throttle(upTo(2, matches)) },
    { what: 'the request meets a transaction', disturb: (matches) => conflict(upTo(2, matches)) },
    { what: 'all statements are throttled', disturb: within((matches) => endingStatements(matches, 'ThrottlingError')) },
    { what: 'all statements meet transactions', disturb: within((matches) => endingStatements(matches, 'TransactionConflict')) },
    {
      what: 'all statements fail inside DynamoDB, and are done',
      disturb: within((matches) => endingStatements(matches, 'InternalServerError', { isDone: true })),
    },
  ])('$what', async ({ disturb }) => {
    const { id, before, after } = await staff();
    for (const [i, { name, matches }] of STEPS.entries()) {
      const [now, then] = i % 2 === 0 ? [after, before] : [before, after];
      {
        using _ = table.disturb(disturb(matches));
        await replaceMembers(id, now);
      }
      const { size, version } = await read(group, id);
      expect({ name, size, version, members: await membersOf(id) }).toEqual({ name, size: 4, version: i + 2, members: now });
      expect(then).not.toEqual(now);
    }
    await expectMembers(id, before);
  });
});

test('a large change of which some members are part of a transaction waits for that', async () => {
  const { id, before, after } = await staff();
  const busy = table.occupy(table.name, [resourceKey('acme', user, after[0] ?? ''), resourceKey('acme', user, before[0] ?? '')]);
  let tries = 0;
  const isThird: Matches = (request) => stagesMembers(request) && ++tries === 3;
  using _ = table.disturb(hold(isThird, async () => busy[Symbol.dispose]()));
  await replaceMembers(id, after);
  await expectMembers(id, after);
});

test('of a change in two parts the one that lost an answer is staged again under another name, and the other is not', async () => {
  const ids = (await newUsers(251)).sort();
  const id = await newGroup();
  let attempts: string[] = [];
  {
    using _1 = table.disturb(loseAnswer(first(insertsRows)));
    const look = async () => {
      attempts = (await read(group, id)).applied?.map((name) => name.replace(/^.*\./, '')) ?? [];
    };
    using _2 = table.disturb(hold(first(settlesMembers), look));
    await add(id, ...ids);
  }
  expect(attempts.sort()).toEqual(['1', '2']);
  expect(await read(group, id)).toMatchObject({ size: ids.length, version: 2 });
  expect((await read(group, id)).applied).toBeUndefined();
  expect(await membersOf(id)).toEqual(ids);
  expect(await found(user, `groups.value eq "${id}"`)).toHaveLength(200);
});

describe('a large change that cannot be made', () => {
  test('for what the service may not do ends in an error, and nobody sees anything of it', async () => {
    const { id, before, after } = await staff();
    {
      using _ = table.disturb(endingStatements(marksRows, 'AccessDenied'));
      await expect(replaceMembers(id, after)).rejects.toMatchObject({ name: 'StatementError', code: 'AccessDenied' });
    }
    expect((await read(group, id)).changing).toBeUndefined();
    await expectMembers(id, before);
    await replaceMembers(id, after);
    await expectMembers(id, after);
  });

  test.each([
    { when: 'while it is staged', matches: stages },
    { when: 'before it is committed', matches: commits },
  ])('for lack of time $when is 503, has done nothing, and lets others go on', async ({ matches }) => {
    const { id, before, after } = await staff();
    const { version } = await read(group, id);
    {
      using _ = table.disturb(cutOff(matches));
      await expect(replaceMembers(id, after)).rejects.toMatchObject({ status: 503, retryAfter: expect.any(Number) });
    }
    const now = await read(group, id);
    expect(now.version).toBe(version);
    expect(now.changing).toBeUndefined();
    await expectMembers(id, before);
    await replaceMembers(id, after);
    await expectMembers(id, after);
  });

  test('for the end of its process keeps others away until its lease ends, and what it left counts for nothing', async () => {
    const { id, before, after } = await staff();
    {
      using _ = table.disturb(landsLater(first(commits), { dies: true }).disturbance);
      await expect(add(id, ...after)).rejects.toThrow('died');
    }
    await expectMembers(id, before);
    await endLeases();
    await put(id, 'Staff', after.slice(1));
    await expectMembers(id, after.slice(1));
  });
});

describe('If-Match', () => {
  test.each([
    { what: 'PATCH', act: replaceMembers },
    { what: 'PUT', act: (id: string, ids: readonly string[], still: ReturnType<typeof ifStill>) => put(id, 'Crew', ids, still) },
  ])('with the version that is there lets a large $what pass, and with another nothing is staged', async ({ act }) => {
    const { id, before, after } = await staff();
    const current = await read(group, id);
    await act(id, after, ifStill(current));
    await expectMembers(id, after);
    const sent = await table.sentBy(() => expect(act(id, before, ifStill(current))).rejects.toMatchObject({ status: 412 }));
    expect(sent.filter(stages)).toEqual([]);
    expect(sent.filter(takesLease)).toEqual([]);
    await expectMembers(id, after);
  });

  test.each([
    { when: 'before the lease', matches: takesLease },
    { when: 'before the commit', matches: commits },
  ])('is 412 where somebody renames the group $when, and nothing has happened', async ({ matches }) => {
    const { id, before, after } = await staff();
    const current = await read(group, id);
    {
      using _ = table.disturb(hold(first(matches), () => rename(id, 'Renamed')));
      await expect(put(id, 'Crew', after, ifStill(current))).rejects.toMatchObject({ status: 412 });
    }
    expect(await read(group, id)).toMatchObject({ body: { displayName: 'Renamed' }, version: current.version + 1 });
    expect((await read(group, id)).changing).toBeUndefined();
    await expectMembers(id, before);
  });

  test('is not missed where nobody says it: a group that is renamed while many join has the new name, and all of them', async () => {
    const { id, before, after } = await staff();
    {
      using _ = table.disturb(hold(first(commits), () => rename(id, 'Renamed')));
      await add(id, ...after);
    }
    expect(await read(group, id)).toMatchObject({ body: { displayName: 'Renamed' }, version: 3 });
    await expectMembers(id, [...before, ...after]);
  });

  test('is not missed where all members are replaced: for a name that somebody gives meanwhile, that begins anew', async () => {
    const { id, after } = await staff();
    {
      using _ = table.disturb(hold(first(commits), () => rename(id, 'Renamed')));
      await replaceMembers(id, after);
    }
    expect((await read(group, id)).body).toMatchObject({ displayName: 'Renamed' });
    await expectMembers(id, after);
  });
});
