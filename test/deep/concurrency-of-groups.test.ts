import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { get, patch } from '../../lambdas/directory/operations.ts';
import type { StoredResource } from '../../lambdas/scim/resource.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { first, hold } from '../support/disturbances.ts';
import { byChance, KINDS } from '../support/disturbances-by-chance.ts';
import { groupRequests, ifStill, statusOf } from '../support/group-requests.ts';
import { outcomes } from '../support/outcomes.ts';
import { type TestTable, testTable } from '../support/test-table.ts';

/*
 * Many clients at one group and at its members. All changes of one group exclude one another and are done one after the other:
 * none is lost, and the group, its rows and the items of its members agree whenever nothing is under way.
 */

let table: TestTable;
let everyone: readonly string[];
const { acme, read, newUsers, newGroup, add, leave, rename, put, replaceMembers, remove, membersOf, expectConsistent } = groupRequests(
  () => table,
);
/** As many as two sets take of which each is several transactions. */
beforeAll(async () => {
  table = await testTable();
  everyone = await newUsers(200);
});
afterAll(async () => table[Symbol.asyncDispose]());

const some = (from: number, count: number): string[] => everyone.slice(from, from + count);
const ten = Array.from({ length: 10 }, (_, i) => i);
const sorted = (ids: readonly string[]) => [...ids].sort();

describe.each(KINDS)('with $name', ({ disturbances }) => {
  test('ten who join, ten who leave, a rename and a PUT of all members at once: what is left, some order of them explains', async () => {
    const [joiners, leavers] = [some(0, 10), some(10, 10)];
    const [stayers, goers] = [leavers.slice(0, 5), leavers.slice(5)];
    const id = await newGroup(leavers);
    const running = table.disturb(byChance(disturbances, { seed: 7643, percent: 30 }));
    const acts = [
      ...joiners.map((one) => add(id, one)),
      put(id, 'Replaced', [...joiners.slice(0, 5), ...stayers]),
      ...leavers.map((one) => leave(id, one)),
      rename(id, 'Renamed'),
    ];
    const { errors } = await outcomes(acts);
    running[Symbol.dispose]();
    expect(errors).toEqual([]);
    const members = await membersOf(id);
    // Who the PUT brings in stays; who it leaves out and who leaves is not brought back by anybody else.
    expect(members).toEqual(expect.arrayContaining(joiners.slice(0, 5)));
    expect(members.filter((one) => goers.includes(one))).toEqual([]);
    const { body, rev, version } = await read(group, id);
    expect(['Replaced', 'Renamed']).toContain(body.displayName);
    expect(rev).toBe(3);
    expect(version).toBeLessThanOrEqual(1 + acts.length);
    await expectConsistent();
  });
});

describe('of two who give a group all of its members at once', () => {
  const WAYS = [
    { name: 'PUT', act: (id: string, members: string[], was?: StoredResource) => put(id, 'Staff', members, was && ifStill(was)) },
    { name: 'replace', act: (id: string, members: string[], was?: StoredResource) => replaceMembers(id, members, was && ifStill(was)) },
  ].flatMap((way) => [30, 150].map((size) => ({ ...way, size })));

  test.each(WAYS)('by $name of $size, each wins whole, one after the other', async ({ act, size }) => {
    const sets = [some(0, size), some(size / 3, size)];
    const id = await newGroup(some(5, 20));
    const answers = await Promise.all(sets.map((members) => act(id, members)));
    const last = (answers[0]?.version ?? 0) > (answers[1]?.version ?? 0) ? 0 : 1;
    expect(await membersOf(id)).toEqual(sorted(sets[last] ?? []));
    expect((await read(group, id)).version).toBe(answers[last]?.version);
    await expectConsistent();
  });

  test.each(WAYS)('by $name of $size, readers see one set after the other, and never a part of any', async ({ act, size }) => {
    const sets = [some(5, 20), some(0, size), some(size / 3, size)];
    const id = await newGroup(sets[0]);
    let isDone = false;
    const acts = Promise.all(sets.slice(1).map((members) => act(id, members))).finally(() => {
      isDone = true;
    });
    const seen: string[][] = [];
    while (!isDone) seen.push(await membersOf(id));
    await acts;
    const wholes = sets.map(sorted);
    expect(seen.filter((members) => !wholes.some((whole) => whole.join() === members.join()))).toEqual([]);
    await expectConsistent();
  });

  test.each(WAYS)('by $name of $size with If-Match, one wins whole and the other is 412', async ({ act, size }) => {
    const sets = [some(0, size), some(size / 3, size)];
    const id = await newGroup(some(5, 20));
    const was = await read(group, id);
    const settled = await Promise.allSettled(sets.map((members) => act(id, members, was)));
    const winners = sets.filter((_, i) => settled[i]?.status === 'fulfilled');
    expect(settled.flatMap((one) => (one.status === 'rejected' ? [statusOf(one.reason)] : []))).toEqual([412]);
    expect(await membersOf(id)).toEqual(sorted(winners[0] ?? []));
    await expectConsistent();
  });
});

test('renames of a group whose members keep changing are each planned once, and neither side loses a change', async () => {
  const id = await newGroup([], 'name 0');
  const tokens = new Set<string | undefined>();
  const names = ten.map((i) => `name ${i + 1}`);
  using _ = table.disturb(async ({ command, input }, pass) => {
    const isRename = command === 'TransactWriteItems' && JSON.stringify(input.TransactItems).includes('#Group.displayName#');
    if (isRename) tokens.add(input.ClientRequestToken);
    return pass();
  });
  const traffic = some(0, 10).map(async (one) => {
    for (const _ of ten.slice(0, 4)) {
      await add(id, one);
      await leave(id, one);
    }
    await add(id, one);
  });
  const renames = (async () => {
    for (const name of names) await rename(id, name);
  })();
  await Promise.all([...traffic, renames]);
  expect(tokens.size).toBe(names.length);
  expect(await membersOf(id)).toEqual(sorted(some(0, 10)));
  expect(await read(group, id)).toMatchObject({ body: { displayName: 'name 10' }, rev: 11, version: 1 + 10 * 9 + 10 });
  await expectConsistent();
});

describe('a user who joins and leaves groups meanwhile', () => {
  const phones = ({ body }: StoredResource) => ((body.phoneNumbers ?? []) as { value: string }[]).map(({ value }) => value);
  const call = (id: string, value: string, was?: StoredResource) =>
    patch(acme(), user, id, [{ op: 'add', path: 'phoneNumbers', value: [{ value }] }], was && ifStill(was));

  test('is changed as often as it is asked for without If-Match', async () => {
    const [id = ''] = await newUsers(1, 'without');
    const groups = await Promise.all(ten.map((i) => newGroup([], `without ${i}`)));
    const traffic = groups.map(async (one) => {
      await add(one, id);
      await leave(one, id);
      await add(one, id);
    });
    await Promise.all([...traffic, ...ten.map((i) => call(id, `+1 ${i}`))]);
    const after = await read(user, id);
    expect(phones(after).sort()).toEqual(ten.map((i) => `+1 ${i}`));
    expect(after).toMatchObject({ rev: 11, version: 1 + 10 * 3 + 10, groupIds: sorted(groups) });
    await expectConsistent();
  });

  test('is refused with If-Match where it is of another version by then, and only there', async () => {
    const [id = ''] = await newUsers(1, 'with');
    const groups = await Promise.all(ten.map((i) => newGroup([], `with ${i}`)));
    const done: string[] = [];
    const writer = async () => {
      for (const i of ten) {
        const was = await read(user, id);
        await call(id, `+1 ${i}`, was).then(
          () => done.push(`+1 ${i}`),
          async (error) => {
            expect(error).toMatchObject({ status: 412 });
            expect((await read(user, id)).version).not.toBe(was.version);
          },
        );
      }
    };
    await Promise.all([...groups.map((one) => add(one, id)), writer()]);
    const after = await read(user, id);
    expect(phones(after).sort()).toEqual(done.sort());
    expect(after).toMatchObject({ version: 1 + groups.length + done.length, groupIds: sorted(groups) });
    await expectConsistent();
  });

  test.each([
    { name: 'with If-Match is refused', isExact: true },
    { name: 'without it is kept beside the group', isExact: false },
  ])('between the reading and the writing of a change: what came $name', async ({ name, isExact }) => {
    const [id = ''] = await newUsers(1, name);
    const groupId = await newGroup([], name);
    const was = await read(user, id);
    using _ = table.disturb(
      hold(
        first(({ command }) => command === 'UpdateItem'),
        () => add(groupId, id),
      ),
    );
    const changing = call(id, '+1 0', isExact ? was : undefined).then(phones, statusOf);
    expect(await changing).toEqual(isExact ? 412 : ['+1 0']);
    expect(await read(user, id)).toMatchObject({ version: isExact ? 2 : 3, groupIds: [groupId] });
  });
});

test('two groups that join one another at once are members of each other; of two that delete them at once, each finds its own', async () => {
  const [one, other] = [await newGroup([], 'one'), await newGroup([], 'other')];
  await Promise.all([add(one, other), add(other, one)]);
  expect([await membersOf(one), await membersOf(other)]).toEqual([[other], [one]]);
  await expectConsistent();
  await Promise.all([remove(group, one), remove(group, other)]);
  for (const id of [one, other]) await expect(get(acme(), group, id)).rejects.toMatchObject({ status: 404 });
  await expectConsistent();
});
