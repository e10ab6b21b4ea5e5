import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { placeOf, resourceKey } from '../../lambdas/store/keys.ts';
import { cutOff, first, hold, isWrite, landsLater, type Matches, nth, once } from '../support/disturbances.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { ifStill } from '../support/group-requests.ts';
import { commits, largeChanges, stages, takesLease } from '../support/large-requests.ts';
import type { TestTable } from '../support/test-table.ts';

/*
 * Users and groups are removed while many members of a group are changed, and users who are in more groups than one transaction takes.
 * Nobody who is gone is a member of anything, and nothing of others is lost.
 */

let table: TestTable;
const {
  staff,
  read,
  newUsers,
  newGroup,
  newGroups,
  add,
  rename,
  put,
  replaceMembers,
  remove,
  membersOf,
  expectMembers,
  endLeases,
  found,
  ...more
} = largeChanges(() => table);
const { expectConsistent, untidied } = more;
eachOnFreshTable((fresh) => {
  table = fresh;
});

const isGone = (id: string) => expect(read(user, id)).rejects.toMatchObject({ status: 404 });

/** As if the time of whoever creates a group had ended. */
async function endReservation(): Promise<void> {
  const reservation = (await table.items()).find((item) => placeOf(item)?.kind === 'reservation');
  await table.client.send(new PutCommand({ TableName: table.name, Item: { ...reservation, until: 1 } }));
}

/** Makes a large change that is committed only when somebody waits who has begun to remove a user in that very moment; both are done then. */
async function whileRemoving<T>(gone: string, change: () => Promise<T>): Promise<T> {
  let removal: Promise<void> | undefined;
  const begin = async () => {
    let reads = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waits: Matches = ({ command }) => command === 'BatchGetItem' && ++reads === 3;
    using _ = table.disturb(hold(waits, async () => resolve()));
    removal = remove(user, gone);
    await promise;
  };
  using _ = table.disturb(hold(first(commits), begin));
  const changed = await change();
  await removal;
  return changed;
}

describe('a user who is removed', () => {
  test.each([
    { when: 'before the lease is taken', matches: takesLease },
    { when: 'before he is staged', matches: stages },
  ])('while a large change is to add him, $when, is named by its answer: nothing has changed', async ({ matches }) => {
    const { id, before, after, joiner } = await staff();
    const { version } = await read(group, id);
    {
      // The lease is not waited for, as nothing of him is staged.
      using _ = table.disturb(
        hold(
          matches,
          once(() => remove(user, joiner)),
        ),
      );
      await expect(add(id, ...after)).rejects.toMatchObject({ status: 400, message: expect.stringContaining(joiner) });
    }
    expect(await read(group, id)).toMatchObject({ version });
    expect((await read(group, id)).changing).toBeUndefined();
    await expectMembers(id, before);
  });

  test.each([
    { kind: 'joins', who: 'joiner' as const },
    { kind: 'leaves', who: 'leaver' as const },
  ])('waits for the large change with which he $kind, once he is staged', async ({ who }) => {
    const { id, after, ...others } = await staff();
    const gone = others[who];
    await whileRemoving(gone, () => replaceMembers(id, after));
    await isGone(gone);
    await expectMembers(
      id,
      after.filter((one) => one !== gone),
    );
  });

  test.each([{ who: 'joiner' as const }, { who: 'leaver' as const }])(
    'leaves a group properly whose change with him is committed, and not tidied up: the $who',
    async ({ who }) => {
      const { id, after, ...others } = await staff();
      await untidied(() => replaceMembers(id, after));
      await remove(user, others[who]);
      await expectMembers(
        id,
        after.filter((one) => one !== others[who]),
      );
    },
  );

  test.each([{ who: 'joiner' as const }, { who: 'leaver' as const }])(
    'does not wait for a lease that has ended, and whoever had that cannot commit any more: the $who',
    async ({ who }) => {
      const { id, before, after, ...others } = await staff();
      const gone = others[who];
      const refusal = { status: 400, message: expect.stringContaining(gone) };
      const meanwhile = async () => {
        await endLeases();
        await remove(user, gone);
        await expectMembers(
          id,
          before.filter((one) => one !== gone),
        );
      };
      {
        using _ = table.disturb(hold(first(commits), meanwhile));
        const changing = replaceMembers(id, after);
        await (who === 'joiner' ? expect(changing).rejects.toMatchObject(refusal) : changing);
      }
      await expectMembers(id, who === 'joiner' ? before : after);
    },
  );

  test('waits for a group that is being created with him', async () => {
    const ids = await newUsers(5);
    const [gone = '', ...others] = ids;
    const id = await whileRemoving(gone, () => newGroup(ids));
    await expectMembers(id, others);
  });

  test('ends a creation with him whose time is over: it is not made any more', async () => {
    const ids = await newUsers(5);
    const [gone = ''] = ids;
    {
      using _ = table.disturb(
        hold(first(commits), async () => {
          await endReservation();
          await remove(user, gone);
        }),
      );
      await expect(newGroup(ids)).rejects.toMatchObject({ status: 503 });
    }
    await isGone(gone);
    expect(await found(group, 'displayName pr')).toEqual([]);
    expect((await table.items()).filter(({ pk, staged }) => pk.startsWith('acme#members#') || staged)).toEqual([]);
  });

  test('is removed though he has something staged for a group that is gone', async () => {
    const { id, after, joiner } = await staff();
    const late = landsLater(first(stages));
    {
      using _ = table.disturb(late.disturbance);
      await add(id, ...after);
    }
    await remove(group, id);
    expect(await late.land()).toBe(1);
    await remove(user, joiner);
    await isGone(joiner);
  });
});

describe('a group that is removed', () => {
  test('while many members are changed is gone, and so is what was staged', async () => {
    const { id, after } = await staff();
    {
      using _ = table.disturb(hold(first(commits), () => remove(group, id)));
      await expect(replaceMembers(id, after)).rejects.toMatchObject({ status: 404 });
    }
    const items = await table.items();
    expect(items.filter(({ pk, staged, groupIds }) => pk.startsWith('acme#members#') || staged || groupIds)).toEqual([]);
  });

  test('before it is tidied up leaves nothing', async () => {
    const { id, after } = await staff();
    await untidied(() => replaceMembers(id, after));
    await remove(group, id);
    const items = await table.items();
    expect(items.filter(({ pk, staged, groupIds }) => pk.startsWith('acme#members#') || staged || groupIds)).toEqual([]);
  });
});

describe('the removal of a user in more groups than one transaction takes', () => {
  const transaction = (n: number) => nth(n, ({ command }) => command === 'TransactWriteItems');

  test('with If-Match goes on where one of the groups is removed by somebody else meanwhile', async () => {
    const [ada = ''] = await newUsers(1);
    const groups = await newGroups(60, [ada]);
    const before = await read(user, ada);
    {
      const last = [...groups].sort().at(0) ?? '';
      using _ = table.disturb(hold(transaction(2), () => remove(group, last)));
      await remove(user, ada, ifStill(before));
    }
    await isGone(ada);
    await expectConsistent();
  });

  test('that ends midway says that it is done in part, and its repeat does the rest', async () => {
    const [ada = ''] = await newUsers(1);
    await newGroups(60, [ada]);
    {
      const isFirst = transaction(1);
      using _ = table.disturb(cutOff((request) => isWrite(request) && !isFirst(request)));
      await expect(remove(user, ada)).rejects.toMatchObject({ status: 503, message: expect.stringContaining('in part') });
    }
    await expectConsistent();
    await remove(user, ada);
    await expectConsistent();
  });
});

describe('what only a mistake can have brought about', () => {
  test('a user who names a group without being its member is removed all the same', async () => {
    const [ada = ''] = await newUsers(1);
    const [group1 = '', group2 = ''] = [await newGroup([ada]), await newGroup()];
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: resourceKey('acme', { name: 'User' }, ada),
        UpdateExpression: 'ADD groupIds :groups',
        ExpressionAttributeValues: { ':groups': new Set([group2]) },
      }),
    );
    await remove(user, ada);
    expect([await read(group, group1), await read(group, group2)]).toMatchObject([{ size: 0 }, { size: 0 }]);
    await expectConsistent();
  });

  test.each([
    { size: 'small', others: 1 },
    { size: 'large', others: 4 },
  ])('a row whose member is gone is removed with its membership by a $size change', async ({ others }) => {
    const [bob = '', ...ids] = await newUsers(1 + others);
    const id = await newGroup([bob]);
    const Item = (await table.items()).find(({ pk, sk }) => pk.startsWith('acme#members#') && sk === bob);
    await remove(user, bob);
    await table.client.send(new PutCommand({ TableName: table.name, Item }));
    await put(id, 'Staff', ids);
    expect(await membersOf(id)).toEqual([...ids].sort());
    expect((await table.items()).filter(({ sk }) => sk === bob)).toEqual([]);
  });
});

test('what others do to a group while a PATCH adds to it is in the answer of neither by halves', async () => {
  const [ada = '', bob = ''] = await newUsers(2);
  const id = await newGroup([ada]);
  using _ = table.disturb(hold(first(isWrite), () => add(id, bob)));
  const after = await read(group, (await rename(id, 'Renamed')).id);
  expect(after).toMatchObject({ size: 2, version: 3 });
  expect(await membersOf(id)).toEqual([ada, bob].sort());
});
