import { randomUUID } from 'node:crypto';
import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { create, get, patch, remove, replace, search } from '../../../lambdas/directory/operations.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import { group } from '../../../lambdas/scim/schemas/group.ts';
import { user, userSchema } from '../../../lambdas/scim/schemas/user.ts';
import { FORMAT } from '../../../lambdas/store/items.ts';
import { countKey, type Key, resourceKey, UNIQUE, valueKey } from '../../../lambdas/store/keys.ts';
import { type RepairOptions, repair } from '../../../lambdas/store/upkeep/repair.ts';
import { first, hold, isWrite } from '../../support/disturbances.ts';
import { eachOnFreshTable } from '../../support/fresh-table.ts';
import type { SentRequest } from '../../support/strict-dynamodb.ts';
import { checkTable } from '../../support/table-checker.ts';
import { directoryOn, givingId, type TestTable } from '../../support/test-table.ts';

/*
 * What a repair puts right, and what it leaves alone, also while others are at work in the same table.
 */

let table: TestTable;
eachOnFreshTable((fresh) => {
  table = fresh;
});
/** A directory as a request of its own sees it. */
const directory = (name: string) => directoryOn(table, name);
const acme = () => directory('acme');

const body = (attributes: object = {}) => ({ schemas: [userSchema.id], userName: 'ada', ...attributes });
const newUser = (attributes: object = {}, name = 'acme') => create(directory(name), user, body(attributes));
const set = (path: string, value: unknown) => [{ op: 'replace', path, value }];
// DynamoDB Local commits at once: there is nothing to wait for.
const repairNow = (options: RepairOptions = {}) => repair(table, [user], { pause: 0, ...options });
const check = () => checkTable(table, [user], { afterRepair: true });

const put = (item: object) => table.client.send(new PutCommand({ TableName: table.name, Item: { format: FORMAT, ...item } }));
const entry = (attribute: string, value: string, sk: string, name = 'acme'): Key => ({ pk: valueKey(name, 'User', attribute, value), sk });
/** Leaves an entry that leads to a user who does not hold its value. */
const putEntry = (attribute: string, value: string, id: string, name = 'acme') =>
  put({ ...entry(attribute, value, attribute === 'userName' ? UNIQUE : id, name), id });
/** Makes the count of a user's 256th say something else, without telling that it was moved. */
const drift = (id: string, n: number, name = 'acme') =>
  table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: countKey(name, { name: 'User' }, id),
      UpdateExpression: 'SET n = :n',
      ExpressionAttributeValues: { ':n': n },
    }),
  );
const drop = (Key: Key) => table.client.send(new DeleteCommand({ TableName: table.name, Key }));

const NOTHING = { recounted: 0, resized: 0, reassigned: 0, swept: 0, mended: 0, tidied: 0, busy: 0, undeclared: 0, unknown: 0, newer: 0 };
const total = async (name = 'acme') => (await search(directory(name), user, { startIndex: 1, count: 0 })).totalResults;
const named = async (userName: string) =>
  (await search(acme(), user, { startIndex: 1, count: 9 }, { filter: parseFilter(`userName eq "${userName}"`) })).resources;

const isSweep = ({ input }: SentRequest) => input.TransactItems?.some((item) => 'ConditionCheck' in item) ?? false;
const isRecount = ({ input }: SentRequest) => input.TransactItems?.some((item) => /SET n = /.test(JSON.stringify(item))) ?? false;

test('where nothing is wrong, nothing is written', async () => {
  await expect(repairNow()).resolves.toEqual({ ...NOTHING, items: 0 });
  for (let i = 0; i < 20; i++) await newUser({ userName: `user${i}`, externalId: `X${i}`, emails: [{ value: 'shared@x' }] });
  await remove(acme(), user, (await named('user7'))[0]?.id ?? '');
  const before = await table.items();
  const sent = await table.sentBy(() => expect(repairNow()).resolves.toEqual({ ...NOTHING, items: before.length }));
  expect(sent.filter(isWrite)).toEqual([]);
  expect(sent.filter(({ command }) => command === 'Query')).toEqual([]);
});

describe('counts', () => {
  test.each([
    { name: 'too much', n: 7 },
    { name: 'too little', n: -2 },
  ])('that say $name are counted anew', async ({ n }) => {
    const { id } = await newUser();
    await drift(id, n);
    expect(await check()).toHaveLength(1);
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, recounted: 1 });
    expect(await check()).toEqual([]);
    expect(await total()).toBe(1);
  });

  test('that are missing are made', async () => {
    const { id } = await newUser();
    await drop(countKey('acme', { name: 'User' }, id));
    expect(await check()).toHaveLength(1);
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, recounted: 1 });
    expect(await check()).toEqual([]);
    await remove(acme(), user, id);
    expect(await total()).toBe(0);
  });

  test('of nobody become zero', async () => {
    await put({ ...countKey('acme', { name: 'User' }, 'ab'), n: 3, changes: 3 });
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, recounted: 1 });
    expect(await check()).toEqual([]);
  });

  test('from before it was noted how often they are moved are counted anew as well', async () => {
    await put({ ...countKey('acme', { name: 'User' }, 'ab'), n: 3 });
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, recounted: 1 });
    await expect(repairNow()).resolves.toMatchObject(NOTHING);
    expect(await check()).toEqual([]);
  });

  test('are not written over a create that came between', async () => {
    const { id } = await newUser();
    await drift(id, 7);
    const twin = `${id.slice(0, 2)}${randomUUID().slice(2)}`;
    using _ = table.disturb(hold(first(isRecount), () => createWithId(twin, 'twin')));
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, recounted: 1 });
    expect(await check()).toEqual([]);
    expect(await total()).toBe(2);
  });

  test('nor over a create and a removal, after which the number is the same', async () => {
    const { id } = await newUser();
    await drift(id, 7);
    const twin = `${id.slice(0, 2)}${randomUUID().slice(2)}`;
    let refused = 0;
    using _ = table.disturb(
      hold(first(isRecount), async () => {
        await createWithId(twin, 'twin');
        await remove(acme(), user, twin);
      }),
    );
    using __ = table.disturb(async (request, pass) =>
      pass().catch((error: unknown) => {
        if (isRecount(request)) refused++;
        throw error;
      }),
    );
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, recounted: 1 });
    expect(refused).toBe(1);
    expect(await check()).toEqual([]);
  });

  test('nor over a create where there is no count yet', async () => {
    const { id } = await newUser();
    await drop(countKey('acme', { name: 'User' }, id));
    const twin = `${id.slice(0, 2)}${randomUUID().slice(2)}`;
    using _ = table.disturb(hold(first(isRecount), () => createWithId(twin, 'twin')));
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, recounted: 1 });
    expect(await total()).toBe(2);
  });

  test('that look wrong, since somebody was created behind the back of the scan, are right and stay', async () => {
    await newUser();
    using _ = table.disturb(async ({ command }, pass) => {
      const output = (await pass()) as { Items?: { pk: unknown }[] };
      const isUser = ({ pk }: { pk: unknown }) => JSON.stringify(pk).includes('acme#User#');
      return command === 'Scan' ? { ...output, Items: output.Items?.filter((item) => !isUser(item)) } : output;
    });
    const sent = await table.sentBy(() => expect(repairNow()).resolves.toEqual({ ...NOTHING, items: 2 }));
    expect(sent.filter(({ command }) => command === 'Query')).toHaveLength(1);
    expect(sent.filter(isWrite)).toEqual([]);
  });

  test('that are right by chance, as somebody was created meanwhile, are looked at again', async () => {
    const { id } = await newUser();
    await drift(id, 2);
    const twin = `${id.slice(0, 2)}${randomUUID().slice(2)}`;
    using _ = table.disturb(
      hold(
        first(({ command }) => command === 'Query'),
        () => createWithId(twin, 'twin'),
      ),
    );
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, recounted: 1 });
    expect(await total()).toBe(2);
  });

  test('that never stand still are reported and left', async () => {
    const { id } = await newUser();
    await drift(id, 7);
    let n = 0;
    using _ = table.disturb(hold(isRecount, () => createWithId(`${id.slice(0, 2)}${randomUUID().slice(2)}`, `twin${n++}`)));
    await expect(repairNow()).resolves.toMatchObject({ recounted: 0, busy: 1 });
    expect(await total()).toBe(7 + n);
  });
});

/** Creates a user whose id is not left to chance. */
const createWithId = (id: string, userName: string) => create(givingId(acme(), id), user, body({ userName }));

describe('index entries', () => {
  test.each([
    { name: 'one that is unique', attribute: 'userName' },
    { name: 'one that is not', attribute: 'externalId' },
    { name: 'one of several values', attribute: 'emails.value' },
    { name: 'one of an attribute that is no longer indexed', attribute: 'title' },
  ])('whose user is gone are removed: $name', async ({ attribute }) => {
    await newUser({ externalId: 'X1', emails: [{ value: 'a@b' }], title: 'Dr' });
    const before = await table.items();
    await putEntry(attribute, 'old', randomUUID());
    expect(await check()).toHaveLength(1);
    const undeclared = attribute === 'title' ? 1 : 0;
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, swept: 1, undeclared });
    expect(await table.items()).toEqual(before);
  });

  test('of an attribute that only another version indexes stay, unless they are to be dropped', async () => {
    const { id } = await create(acme(), { ...user, indexing: ['title'] }, body({ title: 'Dr' }));
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, undeclared: 1 });
    const newer = { ...user, indexed: [...user.indexed, 'title'] };
    const find = () => search(acme(), newer, { startIndex: 1, count: 9 }, { filter: parseFilter('title eq "Dr"') });
    expect((await find()).resources).toMatchObject([{ id }]);
    await expect(repairNow({ dropUndeclared: true })).resolves.toMatchObject({ ...NOTHING, undeclared: 1, swept: 1 });
    expect((await find()).resources).toEqual([]);
  });

  test.each([
    { attribute: 'userName', value: 'old' },
    { attribute: 'externalId', value: 'x1' },
    { attribute: 'emails.value', value: 'A@B' },
  ])('whose user does not hold the value are removed, and those that are right stay: $attribute', async ({ attribute, value }) => {
    const { id } = await newUser({ externalId: 'X1', emails: [{ value: 'a@b' }], title: 'Dr' });
    const before = await table.items();
    await putEntry(attribute, value, id);
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, swept: 1 });
    expect(await table.items()).toEqual(before);
  });

  test('more than a transaction takes are removed in several', async () => {
    const { id } = await newUser();
    const before = await table.items();
    for (let i = 0; i < 200; i++) await putEntry('emails.value', `${i}@x`, id);
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, swept: 200 });
    expect(await table.items()).toEqual(before);
  });

  test('of a value that became free are there for its next user', async () => {
    await putEntry('userName', 'ada', randomUUID());
    await expect(newUser()).rejects.toMatchObject({ status: 409 });
    await repairNow();
    await expect(newUser()).resolves.toBeDefined();
  });

  test('that a user gets back before they are removed stay', async () => {
    const { id } = await newUser({ externalId: 'X1' });
    await putEntry('externalId', 'X2', id);
    using _ = table.disturb(hold(first(isSweep), () => patch(acme(), user, id, set('externalId', 'X2'))));
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, swept: 0 });
    expect(await check()).toEqual([]);
    expect((await table.items()).some(({ pk }) => pk === 'acme#User.externalId#X2')).toBe(true);
  });

  test('that are unique and another user claims before they are removed stay', async () => {
    const { id } = await newUser({ userName: 'ada' });
    await putEntry('userName', 'old', id);
    let other = '';
    using _ = table.disturb(
      hold(first(isSweep), async () => {
        await drop(entry('userName', 'old', UNIQUE));
        other = (await newUser({ userName: 'old' })).id;
      }),
    );
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, swept: 0 });
    expect((await named('old')).map((one) => one.id)).toEqual([other]);
    expect(await check()).toEqual([]);
  });

  test('of a user who changes meanwhile, but does not get them back, are removed all the same', async () => {
    const { id } = await newUser();
    await putEntry('externalId', 'old', id);
    await putEntry('emails.value', 'old', id);
    using _ = table.disturb(
      hold(first(isSweep), async () => {
        await patch(acme(), user, id, set('title', 'Dr'));
        await drop(entry('emails.value', 'old', id));
      }),
    );
    // In one segment, so that both entries are met together.
    await expect(repairNow({ segments: 1 })).resolves.toMatchObject({ ...NOTHING, swept: 1 });
    expect(await check()).toEqual([]);
  });

  test('of a user who never stands still are reported and left', async () => {
    const { id } = await newUser();
    await putEntry('externalId', 'old', id);
    let n = 0;
    using _ = table.disturb(hold(isSweep, () => patch(acme(), user, id, set('title', `Dr ${n++}`))));
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, busy: 1 });
    expect(await check()).toHaveLength(1);
  });

  test('of a user who is removed meanwhile go with it', async () => {
    const { id } = await newUser();
    await putEntry('externalId', 'old', id);
    using _ = table.disturb(hold(first(isSweep), () => remove(acme(), user, id)));
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, swept: 1 });
    expect(await check()).toEqual([]);
  });
});

describe('what is left alone', () => {
  test('is whatever belongs to a type that was not named, and it is counted', async () => {
    const id = randomUUID();
    await put({ ...resourceKey('acme', { name: 'Thing' }, id), rev: 1, body: {} });
    await put({ ...countKey('acme', { name: 'Thing' }, id), n: 9, changes: 1 });
    await put({ pk: valueKey('acme', 'Thing', 'serial', '1'), sk: UNIQUE, id: randomUUID() });
    const before = await table.items();
    await expect(repairNow()).resolves.toEqual({ ...NOTHING, unknown: 3, items: 3 });
    await expect(repair(table, [user, group], { pause: 0 })).resolves.toMatchObject({ unknown: 3 });
    expect(await table.items()).toEqual(before);
  });

  test('is what a newer version has written, and what leads to it', async () => {
    const id = randomUUID();
    await put({ ...resourceKey('acme', { name: 'User' }, id), rev: 1, body: {}, format: FORMAT + 1 });
    await put({ ...countKey('acme', { name: 'User' }, id), n: 9, changes: 1, format: FORMAT + 1 });
    await putEntry('userName', 'ada', id);
    await put({ ...entry('userName', 'gone', UNIQUE), id: randomUUID(), format: FORMAT + 1 });
    const before = await table.items();
    await expect(repairNow()).resolves.toEqual({ ...NOTHING, newer: 3, items: 4 });
    expect(await table.items()).toEqual(before);
  });

  test('is another directory than the one that was asked for, also one whose name begins alike', async () => {
    for (const name of ['acme', 'acme-2', 'acm']) {
      const { id } = await newUser({}, name);
      await drift(id, 7, name);
      await putEntry('externalId', 'old', randomUUID(), name);
    }
    const others = async () => (await table.items()).filter(({ pk }) => !pk.startsWith('acme#'));
    const before = await others();
    await expect(repairNow({ directory: 'acme' })).resolves.toEqual({ ...NOTHING, items: 4, recounted: 1, swept: 1 });
    expect(await others()).toEqual(before);
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, items: 11, recounted: 2, swept: 2 });
    expect(await check()).toEqual([]);
  });
});

describe('the scan', () => {
  test.each([{ segments: 1 }, { segments: 4 }, { segments: 7 }])('sees every item once, in $segments segments', async ({ segments }) => {
    await Promise.all(Array.from({ length: 12 }, (_, i) => newUser({ userName: `user${i}`, title: 'x'.repeat(200_000) })));
    const { length } = await table.items();
    const seen: number[] = [];
    const sent = await table.sentBy(() =>
      expect(repairNow({ segments, onProgress: (items) => seen.push(items) })).resolves.toMatchObject({ items: length }),
    );
    const scans = sent.filter(({ command }) => command === 'Scan').map(({ input }) => input as { ConsistentRead?: boolean });
    // These are 2.4 MB, and a page ends at about 1 MB.
    expect(scans.length).toBeGreaterThanOrEqual(Math.max(2, segments));
    expect(scans.every(({ ConsistentRead }) => ConsistentRead)).toBe(true);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect([seen.length, seen.at(-1)]).toEqual([scans.length, length]);
  });

  test('ends with the error that it met', async () => {
    using _ = table.disturb(async () => {
      throw new Error('no access');
    });
    await expect(repairNow()).rejects.toThrow('no access');
  });
});

test('on a live table: whatever is done meanwhile, nothing that is right is lost, and a last repair finds nothing', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 12; i++) ids.push((await newUser({ userName: `user${i}`, externalId: `X${i}` })).id);
  let isOver = false;
  const client = async (k: number) => {
    for (let i = 0; i < 12; i++) {
      const { id } = await newUser({ userName: `new${k}.${i}`, externalId: `N${k}.${i % 2}`, emails: [{ value: `${i}@x` }] });
      const known = ids[(k + i) % ids.length] ?? '';
      await replace(acme(), user, known, body({ userName: `user${(k + i) % ids.length}`, externalId: `X${i % 3}` }));
      await patch(acme(), user, id, set('externalId', `N${k}.${(i + 1) % 2}`));
      if (i % 3 > 0) await remove(acme(), user, id);
    }
  };
  const repairs = (async () => {
    while (!isOver) await repairNow();
  })();
  const clients = Promise.all([0, 1, 2, 3].map(client)).finally(() => {
    isOver = true;
  });
  await Promise.all([clients, repairs]);
  await repairNow();
  expect(await check()).toEqual([]);
  expect(await total()).toBe(12 + 4 * 4);
  for (const id of ids) await expect(get(acme(), user, id)).resolves.toBeDefined();
  const sent = await table.sentBy(() => expect(repairNow()).resolves.toMatchObject(NOTHING));
  expect(sent.filter(isWrite)).toEqual([]);
});
