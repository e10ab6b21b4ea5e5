import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { search } from '../../lambdas/directory/operations.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { resourceKey } from '../../lambdas/store/keys.ts';
import { first, hold, isWrite } from '../support/disturbances.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { groupRequests, ifStill } from '../support/group-requests.ts';
import type { SentRequest } from '../support/strict-dynamodb.ts';
import type { TestTable } from '../support/test-table.ts';

/*
 * What is about more members, or groups, than one transaction takes is made in parts. Others may come in between, and time may
 * end: each part is right, nothing of others is lost, and the answer says what is so.
 */

let table: TestTable;
const { acme, read, newUsers, newGroup, newGroups, add, rename, put, remove, membersOf, expectConsistent } = groupRequests(() => table);
eachOnFreshTable((fresh) => {
  table = fresh;
});

/** The n-th transaction from now on. */
function transaction(n: number) {
  let seen = 0;
  return ({ command }: SentRequest) => command === 'TransactWriteItems' && ++seen === n;
}

/** Nothing is sent from the n-th transaction on, as where the time of a request has ended. */
const endingAt = (n: number) => {
  let seen = 0;
  return async ({ command }: SentRequest, pass: () => Promise<object>) => {
    if (command === 'TransactWriteItems') seen++;
    if (seen >= n) throw Object.assign(new Error('no time'), { name: 'AbortError' });
    return pass();
  };
};

const allGroups = async () => (await search(acme(), group, { startIndex: 1, count: 10 })).resources;
const isPartly = { status: 503, retryAfter: 5, message: expect.stringContaining('in part') };

describe('a POST of more members than one transaction takes', () => {
  test('goes on where somebody else adds one of them, and a stranger, to the group meanwhile', async () => {
    const [stranger = '', ...ids] = await newUsers(61);
    {
      using _ = table.disturb(
        hold(transaction(2), async () => {
          const [created] = await allGroups();
          await add(created?.id ?? '', ids.at(-1) ?? '', stranger);
        }),
      );
      await newGroup(ids);
    }
    const [created, ...others] = await allGroups();
    expect(others).toEqual([]);
    expect(await membersOf(created?.id ?? '')).toEqual([stranger, ...ids].sort());
    await expectConsistent();
  });

  test('is removed again if one of them is gone by then, which the answer names', async () => {
    const ids = await newUsers(60);
    const last = ids.at(-1) ?? '';
    {
      using _ = table.disturb(hold(transaction(2), () => remove(user, last)));
      await expect(newGroup(ids)).rejects.toMatchObject({ status: 400, scimType: 'invalidValue', message: expect.stringContaining(last) });
    }
    expect(await allGroups()).toEqual([]);
    await expectConsistent();
  });

  test('stays, and the answer says so, if somebody else has changed the group before that', async () => {
    const ids = await newUsers(60);
    const meddle = async () => {
      const [created] = await allGroups();
      await rename(created?.id ?? '', 'Renamed');
      await remove(user, ids.at(-1) ?? '');
    };
    {
      using _ = table.disturb(hold(transaction(2), meddle));
      await expect(newGroup(ids)).rejects.toMatchObject({ status: 503, message: expect.stringContaining('has been created with some') });
    }
    expect(await allGroups()).toMatchObject([{ body: { displayName: 'Renamed' } }]);
    await expectConsistent();
  });
});

describe('a PATCH of more members than one transaction takes', () => {
  test('that ends midway says that it is done in part, and its repeat does the rest', async () => {
    const [id, ids] = [await newGroup(), await newUsers(100)];
    {
      using _ = table.disturb(endingAt(2));
      await expect(add(id, ...ids)).rejects.toMatchObject(isPartly);
    }
    expect(await membersOf(id)).toHaveLength(48);
    await expectConsistent();
    await add(id, ...ids);
    expect(await membersOf(id)).toEqual([...ids].sort());
  });

  test('that ends before anything is done says that, too', async () => {
    const [id, ids] = [await newGroup(), await newUsers(60)];
    using _ = table.disturb(endingAt(1));
    await expect(add(id, ...ids)).rejects.toMatchObject({ status: 503, message: expect.stringContaining('nothing is half done') });
  });

  test('one of whom is gone when the last part is made is done in part; its repeat is refused, and names who is gone', async () => {
    const [id, ids] = [await newGroup(), await newUsers(100)];
    const last = ids.at(-1) ?? '';
    {
      using _ = table.disturb(hold(transaction(3), () => remove(user, last)));
      await expect(add(id, ...ids)).rejects.toMatchObject(isPartly);
    }
    const { version } = await read(group, id);
    await expect(add(id, ...ids)).rejects.toMatchObject({ status: 400, message: expect.stringContaining(last) });
    expect((await read(group, id)).version).toBe(version);
    await expectConsistent();
  });

  test('with If-Match is not refused for what it has done itself', async () => {
    const [stranger = '', ...ids] = await newUsers(61);
    const id = await newGroup();
    const before = await read(group, id);
    {
      using _ = table.disturb(hold(transaction(2), () => add(id, stranger)));
      await put(id, 'Staff', ids, ifStill(before));
    }
    expect(await membersOf(id)).toEqual([...ids].sort());
    await expectConsistent();
  });
});

describe('the removal of a user in more groups than one transaction takes', () => {
  test('with If-Match goes on where one of the groups is removed by somebody else meanwhile', async () => {
    const [ada = ''] = await newUsers(1);
    const groups = await newGroups(100, [ada]);
    const before = await read(user, ada);
    {
      const [lowest = ''] = [...groups].sort();
      using _ = table.disturb(hold(transaction(2), () => remove(group, lowest)));
      await remove(user, ada, ifStill(before));
    }
    await expect(read(user, ada)).rejects.toMatchObject({ status: 404 });
    await expectConsistent();
  });

  test('that ends midway says that it is done in part, and its repeat does the rest', async () => {
    const [ada = ''] = await newUsers(1);
    await newGroups(60, [ada]);
    {
      using _ = table.disturb(endingAt(2));
      await expect(remove(user, ada)).rejects.toMatchObject(isPartly);
    }
    await expectConsistent();
    await remove(user, ada);
    await expectConsistent();
  });
});

test('a user who names a group without being its member, by mistake, is removed all the same', async () => {
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

test('a row whose member is gone, by mistake, is removed with its membership', async () => {
  const [ada = '', bob = ''] = await newUsers(2);
  const id = await newGroup([ada, bob]);
  const Item = (await table.items()).find(({ pk, sk }) => pk.startsWith('acme#members#') && sk === bob);
  await remove(user, bob);
  await table.client.send(new PutCommand({ TableName: table.name, Item }));
  await put(id, 'Staff', [ada]);
  expect(await membersOf(id)).toEqual([ada]);
  expect((await table.items()).filter(({ sk }) => sk === bob)).toEqual([]);
});

test('what others do to a group while a PATCH adds to it is in the answer of neither by halves', async () => {
  const [ada = '', bob = ''] = await newUsers(2);
  const id = await newGroup([ada]);
  using _ = table.disturb(hold(first(isWrite), () => add(id, bob)));
  const after = await read(group, (await rename(id, 'Renamed')).id);
  expect(after).toMatchObject({ size: 2, version: 3 });
  expect(await membersOf(id)).toEqual([ada, bob].sort());
});
