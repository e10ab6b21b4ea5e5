import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, jest, test } from '@jest/globals';
import type { RepairOptions } from '../../../lambdas/store/upkeep/repair.ts';
import { first, hold, isWrite, loseAnswer } from '../../support/disturbances.ts';
import type { SentRequest } from '../../support/strict-dynamodb.ts';

jest.unstable_mockModule('../../../lambdas/scim/schemas/entitlement-types.ts', () => import('../../support/entitlement-types.ts'));
const { get, patch, remove } = await import('../../../lambdas/directory/operations.ts');
const { FORMAT } = await import('../../../lambdas/store/items.ts');
const { directoryKey, resourceKey } = await import('../../../lambdas/store/keys.ts');
const { repair } = await import('../../../lambdas/store/upkeep/repair.ts');
const { grant, group, newSeat, newUser, revoke, seat, SEAT_TYPES, upTo, used, user } = await import('../../support/seats.ts');
const { eachOnFreshTable } = await import('../../support/fresh-table.ts');
const { checkTable } = await import('../../support/table-checker.ts');
const { directoryOn } = await import('../../support/test-table.ts');
type TestTable = import('../../support/test-table.ts').TestTable;

/*
 * `assigned` of a resource whose assignments are counted is the number of those who have it, also where that was not counted from
 * the beginning, and while others are granted it or lose it.
 */

let table: TestTable;
eachOnFreshTable((fresh) => {
  table = fresh;
});
const acme = () => directoryOn(table, 'acme');
const repairNow = (options: RepairOptions = {}) => repair(table, SEAT_TYPES, { pause: 0, ...options });
const check = () => checkTable(table, SEAT_TYPES, { afterRepair: true });
const NOTHING = { recounted: 0, resized: 0, reassigned: 0, swept: 0, mended: 0, tidied: 0, busy: 0, undeclared: 0, unknown: 0, newer: 0 };

/** Makes a seat say that so many have it, without telling that it was changed; as if it had not been counted if there is no number. */
const drift = (id: string, n?: number, directory = 'acme') =>
  table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: resourceKey(directory, seat, id),
      ...(n === undefined
        ? { UpdateExpression: 'REMOVE assigned' }
        : { UpdateExpression: 'SET assigned = :n', ExpressionAttributeValues: { ':n': n } }),
    }),
  );

/** A seat that three users have. */
async function seatOfThree(): Promise<string[]> {
  await newSeat(acme(), 'a', upTo(99));
  return Promise.all([1, 2, 3].map(async (i) => (await newUser(acme(), `user${i}`, ['a'])).id));
}

const isReassign = ({ input }: SentRequest) => input.TransactItems?.some((item) => /SET #attribute = /.test(JSON.stringify(item))) ?? false;

test('where every number is right, nothing is written and nothing is counted', async () => {
  await seatOfThree();
  await newSeat(acme(), 'nobody');
  const sent = await table.sentBy(() => expect(repairNow()).resolves.toMatchObject(NOTHING));
  expect(sent.filter(isWrite)).toEqual([]);
  expect(sent.filter(({ command }) => command === 'Query')).toEqual([]);
});

test.each([
  { says: 'nothing, as of a type that was not counted', n: undefined },
  { says: 'too few', n: 1 },
  { says: 'too many', n: 8 },
  { says: 'less than nobody', n: -1 },
])('a seat that says $says is counted anew, and is of another version', async ({ n }) => {
  await seatOfThree();
  await newSeat(acme(), 'nobody');
  await drift('a', n);
  expect(await check()).toHaveLength(1);
  const { version, rev } = await get(acme(), seat, 'a');
  await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, reassigned: 1 });
  expect(await check()).toEqual([]);
  await expect(get(acme(), seat, 'a')).resolves.toMatchObject({ assigned: 3, version: version + 1, rev });
  await expect(repairNow()).resolves.toMatchObject(NOTHING);
});

test('a seat that nobody has, and that says otherwise, can be removed after it', async () => {
  await newSeat(acme(), 'a');
  await drift('a', 3);
  const refused = (cascade: boolean) => remove(acme(), seat, 'a', undefined, { cascade });
  await expect(refused(false)).rejects.toMatchObject({ status: 409, message: expect.stringContaining('granted to 3 users') });
  await expect(refused(true)).rejects.toMatchObject({ status: 409, message: expect.stringContaining('a repair counts anew') });
  await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, reassigned: 1 });
  await expect(remove(acme(), seat, 'a')).resolves.toBeUndefined();
});

test('those who have something of the same name of another type are not counted', async () => {
  await seatOfThree();
  await newUser(acme(), 'other');
  const { id } = await newUser(acme(), 'licensed');
  await patch(acme(), user, id, [{ op: 'add', path: 'entitlements', value: [{ value: 'a', type: 'License' }] }]);
  await drift('a', 4);
  await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, reassigned: 1 });
  expect(await used(acme(), 'a')).toBe(3);
});

describe('while others are at work', () => {
  test('a grant that comes between is counted', async () => {
    await seatOfThree();
    await drift('a', 7);
    using _ = table.disturb(hold(first(isReassign), () => newUser(acme(), 'fourth', ['a'])));
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, reassigned: 1 });
    expect(await used(acme(), 'a')).toBe(4);
    expect(await check()).toEqual([]);
  });

  test('so is a revocation of what says that nobody has it', async () => {
    const [id = ''] = await seatOfThree();
    await drift('a');
    using _ = table.disturb(hold(first(isReassign), () => patch(acme(), user, id, revoke('a'))));
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, reassigned: 1 });
    expect(await used(acme(), 'a')).toBe(2);
    expect(await check()).toEqual([]);
  });

  test('a number that is right by chance, as somebody was granted it meanwhile, is looked at again', async () => {
    const [id = ''] = await seatOfThree();
    await drift('a', 4);
    using _ = table.disturb(
      hold(
        first(({ command }) => command === 'Query'),
        () => newUser(acme(), 'fourth', ['a']),
      ),
    );
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, reassigned: 1 });
    expect(await used(acme(), 'a')).toBe(4);
    await remove(acme(), user, id);
    expect(await check()).toEqual([]);
  });

  test('a number that looks wrong, since the scan has missed a user, is right and stays', async () => {
    await seatOfThree();
    using _ = table.disturb(async ({ command }, pass) => {
      const output = (await pass()) as { Items?: { body?: unknown }[] };
      const isHolder = ({ body }: { body?: unknown }) => JSON.stringify(body ?? '').includes('user1');
      return command === 'Scan' ? { ...output, Items: output.Items?.filter((item) => !isHolder(item)) } : output;
    });
    const sent = await table.sentBy(() => expect(repairNow()).resolves.toMatchObject({ reassigned: 0, busy: 0 }));
    expect(sent.filter(isReassign)).toEqual([]);
    expect(await used(acme(), 'a')).toBe(3);
  });

  test('a seat that is removed meanwhile is let go', async () => {
    await newSeat(acme(), 'a');
    await drift('a', 2);
    using _ = table.disturb(
      hold(first(isReassign), async () => {
        await drift('a');
        await remove(acme(), seat, 'a');
      }),
    );
    await expect(repairNow()).resolves.toMatchObject(NOTHING);
    expect(await check()).toEqual([]);
  });

  test('a seat that never stands still is reported and left', async () => {
    await seatOfThree();
    await drift('a', 7);
    let n = 0;
    using _ = table.disturb(hold(isReassign, () => newUser(acme(), `more${n++}`, ['a'])));
    await expect(repairNow()).resolves.toMatchObject({ reassigned: 0, busy: 1 });
    expect(await used(acme(), 'a')).toBe(7 + n);
  });

  test('a lost answer is not taken for a refusal', async () => {
    await seatOfThree();
    await drift('a', 7);
    using _ = table.disturb(loseAnswer(first(isReassign)));
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, reassigned: 1 });
    expect(await used(acme(), 'a')).toBe(3);
  });
});

describe('what is left alone', () => {
  test('is a seat where those who may have it were not named, and what a newer version has written', async () => {
    await seatOfThree();
    await drift('a', 7);
    await expect(repair(table, [seat], { pause: 0 })).resolves.toMatchObject({ reassigned: 0, busy: 0 });
    await expect(repair(table, [user, group], { pause: 0 })).resolves.toMatchObject({ reassigned: 0, busy: 0 });
    const item = (await table.items()).find(({ pk }) => pk === resourceKey('acme', seat, 'a').pk);
    await table.client.send(new PutCommand({ TableName: table.name, Item: { ...item, format: FORMAT + 1 } }));
    const before = await table.items();
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, newer: 1 });
    expect(await table.items()).toEqual(before);
  });

  test('is a seat of somebody whom a newer version has written: what that one has nobody can tell', async () => {
    const [id = ''] = await seatOfThree();
    const { pk, sk } = resourceKey('acme', user, id);
    const item = (await table.items()).find((one) => one.pk === pk && one.sk === sk);
    await table.client.send(new PutCommand({ TableName: table.name, Item: { ...item, format: FORMAT + 1 } }));
    await drift('a', 7);
    await expect(repairNow()).resolves.toMatchObject({ reassigned: 0, busy: 0, newer: 1 });
    expect((await table.items()).find((one) => one.sk === 'a')).toMatchObject({ assigned: 7 });
  });

  test('is a directory whose settings nobody can read, and another one than was asked for', async () => {
    await seatOfThree();
    await drift('a', 7);
    await expect(repairNow({ directory: 'acm' })).resolves.toMatchObject(NOTHING);
    const settings = { uniqueGroupNames: 'perhaps' };
    await table.client.send(new PutCommand({ TableName: table.name, Item: { ...directoryKey('acme'), format: FORMAT, settings } }));
    await expect(repairNow()).resolves.toMatchObject({ reassigned: 0, busy: 0 });
    expect(await used(acme(), 'a')).toBe(7);
  });
});

test('more holders than are read at once are counted one by one', async () => {
  await newSeat(acme(), 'a');
  const holders = Array.from({ length: 450 }, (_, i) => i);
  // Straight into the table, as if they had been there before the type was counted.
  const { id: model } = await newUser(acme(), 'model', ['a']);
  const items = await table.items();
  const body = items.find(({ sk, pk }) => sk === model && pk.startsWith('acme#User#')) ?? {};
  const entry = items.find(({ sk, pk }) => sk === model && pk.startsWith('acme#User.entitlements.value#')) ?? {};
  for (const i of holders) {
    const id = `${model.slice(0, -3)}${i.toString(16).padStart(3, '0')}`;
    for (const item of [body, entry])
      await table.client.send(new PutCommand({ TableName: table.name, Item: { ...item, sk: id, ...('id' in item && { id }) } }));
  }
  const there = (await table.items()).filter(({ pk }) => pk.startsWith('acme#User#')).length;
  await repairNow();
  expect(await used(acme(), 'a')).toBe(there);
});

test('on a live table: what is granted and revoked meanwhile is counted, and a last repair finds nothing', async () => {
  const SEATS = ['a', 'b', 'c'];
  for (const id of SEATS) await newSeat(acme(), id);
  const ids = await Promise.all([...Array(9).keys()].map(async (i) => (await newUser(acme(), `user${i}`, [SEATS[i % 3] ?? ''])).id));
  for (const id of SEATS) await drift(id);
  let isOver = false;
  const client = async (k: number) => {
    for (let i = 0; i < 8; i++) {
      const id = ids[(k * 3 + (i % 3)) % ids.length] ?? '';
      const [one = '', other = ''] = [SEATS[(k + i) % 3], SEATS[(k + i + 1) % 3]];
      await patch(acme(), user, id, grant(one));
      await patch(acme(), user, id, revoke(other));
    }
  };
  const repairs = (async () => {
    while (!isOver) await repairNow();
  })();
  const clients = Promise.all([0, 1, 2].map(client)).finally(() => {
    isOver = true;
  });
  await Promise.all([clients, repairs]);
  await repairNow();
  expect(await check()).toEqual([]);
  await expect(repairNow()).resolves.toMatchObject(NOTHING);
});
