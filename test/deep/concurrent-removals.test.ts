import { describe, expect, test } from '@jest/globals';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { hold } from '../support/disturbances.ts';
import { byChance, KINDS } from '../support/disturbances-by-chance.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { groupRequests, statusOf } from '../support/group-requests.ts';
import { outcomes } from '../support/outcomes.ts';
import type { SentRequest } from '../support/strict-dynamodb.ts';
import type { TestTable } from '../support/test-table.ts';

/*
 * Users and groups are removed while others change who is a member of what. What is gone is in no group, and nobody is in what is
 * gone: not in what a client sees, and once nothing is under way, not in the table either.
 */

let table: TestTable;
eachOnFreshTable((fresh) => {
  table = fresh;
});
const { read, newUsers, newGroup, newGroups, add, leave, remove, membersOf, expectConsistent } = groupRequests(() => table);

const isOf = (input: SentRequest['input'], id: string) => JSON.stringify(input).includes(id);

/** More than any of these loops ever takes. */
const ROUNDS = 50;

/** Does something again and again until it is refused, and gives the refusal. */
async function untilRefused(act: () => Promise<unknown>): Promise<unknown> {
  for (let round = 0; round < ROUNDS; round++) {
    const refusal = await act().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

describe.each(KINDS)('with $name', ({ disturbances }) => {
  const disturbed = () => table.disturb(byChance(disturbances, { seed: 7644, percent: 30 }));

  test('a user is removed while twenty clients add it to groups: those who come after it are told that there is none', async () => {
    const [id = ''] = await newUsers(1);
    const groups = await newGroups(20);
    const running = disturbed();
    const removed = Promise.withResolvers<void>();
    // Half of them have found the user, and write when it is gone.
    const late = groups.slice(10);
    const isLate = ({ command, input }: SentRequest) => command === 'TransactWriteItems' && late.some((one) => isOf(input, one));
    using _ = table.disturb(hold(isLate, () => removed.promise));
    const adding = outcomes(groups.map((one) => add(one, id)));
    await remove(user, id).finally(removed.resolve);
    const { answers, errors } = await adding;
    running[Symbol.dispose]();
    expect(answers.length).toBeLessThanOrEqual(10);
    const refusal = { status: 400, scimType: 'invalidValue', message: expect.stringContaining(id) };
    expect(errors).toEqual(errors.map(() => expect.objectContaining(refusal)));
    await expectConsistent();
  });

  test('a group is removed while its members change: all that comes after is 404, and nobody names it', async () => {
    const members = await newUsers(10);
    const id = await newGroup(members.slice(0, 5));
    const running = disturbed();
    const writers = members.map((one) =>
      untilRefused(async () => {
        await leave(id, one);
        await add(id, one);
      }),
    );
    await add(id, members[9] ?? '');
    await remove(group, id);
    const refusals = await Promise.all(writers);
    running[Symbol.dispose]();
    expect(refusals).toEqual(members.map(() => expect.objectContaining({ status: 404 })));
    await expectConsistent();
  });
});

test('two users are removed at once that are in the same ten groups', async () => {
  const members = await newUsers(3);
  const groups = await newGroups(10, members);
  await Promise.all(members.slice(0, 2).map((id) => remove(user, id)));
  for (const id of groups) {
    expect(await membersOf(id)).toEqual(members.slice(2));
    expect(await read(group, id)).toMatchObject({ size: 1, version: 3 });
  }
  await expectConsistent();
});

test('a user in a hundred groups is removed while some of these are, and the members of others change', async () => {
  const [id = '', ...others] = await newUsers(11);
  const groups = await newGroups(100, [id]);
  const [removed, changed] = [groups.filter((_, i) => i % 10 === 0), groups.filter((_, i) => i % 10 === 1)];
  const acts = [
    remove(user, id),
    ...removed.map((one) => remove(group, one)),
    ...changed.flatMap((one) => others.map((other) => add(one, other))),
  ];
  expect((await outcomes<unknown>(acts)).errors).toEqual([]);
  await expect(read(user, id)).rejects.toMatchObject({ status: 404 });
  for (const one of changed) expect(await membersOf(one)).toEqual([...others].sort());
  await expectConsistent();
});

test('of a user, its groups and the groups of these, all are removed at once', async () => {
  const members = await newUsers(2);
  const inner = await newGroups(5, members);
  const outer = await newGroups(5, inner);
  const gone = [...inner, ...outer];
  await Promise.all([remove(user, members[0] ?? ''), ...gone.map((id) => remove(group, id))]);
  expect(await Promise.all(gone.map((id) => read(group, id).catch(statusOf)))).toEqual(gone.map(() => 404));
  expect((await read(user, members[1] ?? '')).groupIds).toBeUndefined();
  await expectConsistent();
});
