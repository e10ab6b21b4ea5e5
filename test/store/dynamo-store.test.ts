import { randomUUID } from 'node:crypto';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import type { Store } from '../../lambdas/directory/store.ts';
import { parseFilter } from '../../lambdas/scim/filter/parse.ts';
import type { JsonObject } from '../../lambdas/scim/json.ts';
import type { StoredResource } from '../../lambdas/scim/resource.ts';
import { string } from '../../lambdas/scim/schemas/attribute.ts';
import { defineResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { scopeOf, type TestTable } from '../support/test-table.ts';

let table: TestTable;
let store: Store;
eachOnFreshTable((fresh) => {
  table = fresh;
  store = dynamoStore(table);
});

const acme = scopeOf('acme');
const newUser = (body: JsonObject, id: string = randomUUID()): StoredResource => ({
  id,
  rev: 1,
  version: 1,
  created: '2026-01-01T00:00:00.000Z',
  lastModified: '2026-01-01T00:00:00.000Z',
  body: { active: true, ...body },
});
const with_ = (before: StoredResource, body: JsonObject): StoredResource => ({
  ...before,
  rev: before.rev + 1,
  version: before.version + 1,
  body,
});
const create = async (body: JsonObject, id?: string, scope = acme) => {
  const resource = newUser(body, id);
  await store.create(scope, user, resource);
  return resource;
};
const find = (filter: string, scope = acme) => store.search(scope, user, { startIndex: 1, count: 100 }, { filter: parseFilter(filter) });
const names = ({ resources }: { resources: readonly StoredResource[] }) => resources.map(({ body }) => body.userName);
const keys = async () => (await table.items()).map(({ pk, sk }) => `${pk} ${sk}`).sort();

describe('create', () => {
  test('writes the resource, its index entries and its count', async () => {
    const id = '0f3c2a11-0000-4000-8000-000000000000';
    await create({ userName: 'Ada', externalId: 'X1', emails: [{ value: 'Ada@Home' }, { value: 'ada@home', type: 'work' }] }, id);
    expect(await keys()).toEqual(
      [
        `acme#User#0 ${id}`,
        'acme#User.userName#ada =',
        `acme#User.externalId#X1 ${id}`,
        `acme#User.emails.value#ada@home ${id}`,
        'acme#count User#0f',
      ].sort(),
    );
  });

  test('a taken userName, in whatever case, is a uniqueness error, and nothing is written', async () => {
    await create({ userName: 'ada' });
    const before = await keys();
    await expect(create({ userName: 'ADA', externalId: 'other' })).rejects.toMatchObject({ status: 409, scimType: 'uniqueness' });
    expect(await keys()).toEqual(before);
  });

  test('forty creators of one userName: exactly one wins', async () => {
    const results = await Promise.allSettled(Array.from({ length: 40 }, () => create({ userName: 'ada' })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(store.search(acme, user, { startIndex: 1, count: 0 })).resolves.toMatchObject({ totalResults: 1 });
  });

  test('another directory may use the same userName and externalId', async () => {
    await create({ userName: 'ada', externalId: 'X1' });
    await create({ userName: 'ada', externalId: 'X1' }, undefined, scopeOf('globex'));
    expect((await find('externalId eq "X1"')).totalResults).toBe(1);
  });

  test('more values than a transaction takes are refused, naming the attribute', async () => {
    const emails = Array.from({ length: 95 }, (_, i) => ({ value: `${i}@x` }));
    await expect(create({ userName: 'ada', emails })).rejects.toMatchObject({
      status: 400,
      scimType: 'tooMany',
      message: expect.stringContaining('emails.value'),
    });
    expect(await keys()).toEqual([]);
  });

  test('a resource that fits into no item is 413, naming the attribute', async () => {
    await expect(create({ userName: 'ada', title: 'x'.repeat(400_000) })).rejects.toMatchObject({
      status: 413,
      message: expect.stringContaining('title'),
    });
  });

  test('no resource has more unique values than a delete can give up, so that each can be removed', async () => {
    const nicks = string('nicks', '', { multiValued: true, uniqueness: 'server' });
    const schema = { id: 'urn:example:2.0:Bot', name: 'Bot', description: '', attributes: [nicks] };
    const bot = defineResourceType({ name: 'Bot', endpoint: '/Bots', description: '', schema });
    const values = (count: number) => ({ nicks: Array.from({ length: count }, (_, n) => `nick${n}`) });
    const before = { ...newUser({}), body: values(60) };
    await store.create(acme, bot, before);
    const refusal = { status: 400, scimType: 'tooMany', message: expect.stringMatching(/^nicks: the unique values are too many/) };
    await expect(store.update(acme, bot, before, with_(before, values(91)), false)).rejects.toMatchObject(refusal);
    await expect(store.update(acme, bot, before, with_(before, values(90)), false)).resolves.toBe(true);
    await expect(store.remove(acme, bot, with_(before, values(90)), false)).resolves.toBe(true);
  });

  test('a value longer than a key can be is found all the same', async () => {
    await create({ userName: 'É'.repeat(3_000) });
    expect((await find(`userName eq "${'é'.repeat(3_000)}"`)).totalResults).toBe(1);
  });
});

describe('update', () => {
  test('moves the index entries that changed and leaves the others', async () => {
    const before = await create({ userName: 'ada', externalId: 'X1', emails: [{ value: 'a@b' }] });
    await expect(store.update(acme, user, before, with_(before, { userName: 'Lovelace', externalId: 'X1' }), false)).resolves.toBe(true);
    expect(await store.get(acme, user, before.id)).toMatchObject({ rev: 2, version: 2, body: { userName: 'Lovelace' } });
    expect((await keys()).filter((key) => key.includes('User.'))).toEqual([
      `acme#User.externalId#X1 ${before.id}`,
      'acme#User.userName#lovelace =',
    ]);
  });

  test.each([
    ['with an index entry that moves', { userName: 'other' }],
    ['without one', { userName: 'ada', title: 'Dr' }],
  ])('of what has changed since it was read is false, and writes nothing: %s', async (_, body) => {
    const before = await create({ userName: 'ada' });
    await store.update(acme, user, before, with_(before, { userName: 'ada', nickName: 'first' }), false);
    const items = await table.items();
    await expect(store.update(acme, user, before, with_(before, body), false)).resolves.toBe(false);
    expect(await table.items()).toEqual(items);
  });

  test('to a taken userName is a uniqueness error, and nothing is written', async () => {
    await create({ userName: 'grace' });
    const before = await create({ userName: 'ada' });
    const items = await table.items();
    await expect(store.update(acme, user, before, with_(before, { userName: 'Grace' }), false)).rejects.toMatchObject({ status: 409 });
    expect(await table.items()).toEqual(items);
  });

  test('leaves alone what others keep on the item', async () => {
    const before = await create({ userName: 'ada' });
    const Key = { pk: `acme#User#${before.id[0]}`, sk: before.id };
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key,
        UpdateExpression: 'ADD groupIds :g',
        ExpressionAttributeValues: { ':g': new Set(['g1']) },
      }),
    );
    await store.update(acme, user, before, with_(before, { userName: 'ada', title: 'Dr' }), false);
    expect((await table.items()).find(({ sk }) => sk === before.id)?.groupIds).toEqual(new Set(['g1']));
  });
});

describe('remove', () => {
  test('takes the resource, its entries and its count away, and frees its userName', async () => {
    const ada = await create({ userName: 'ada', externalId: 'X1', emails: [{ value: 'a@b' }] });
    await expect(store.remove(acme, user, ada, false)).resolves.toBe(true);
    expect(await keys()).toEqual([`acme#count User#${ada.id.slice(0, 2)}`]);
    await create({ userName: 'ada' });
  });

  test('of what has changed since it was read is false, and removes nothing', async () => {
    const ada = await create({ userName: 'ada' });
    await store.update(acme, user, ada, with_(ada, { userName: 'ada', title: 'Dr' }), false);
    await expect(store.remove(acme, user, ada, false)).resolves.toBe('outdated');
    expect(await store.get(acme, user, ada.id)).toBeDefined();
  });
});

describe('search', () => {
  test.each([
    ['userName eq "ADA"', ['Ada']],
    ['externalId eq "X2"', ['Grace']],
    ['externalId eq "x2"', []],
    ['emails[type eq "work"].value eq "shared@x"', ['Ada']],
    ['emails.value eq "SHARED@x" and active eq false', ['Grace']],
    ['title co "adm"', ['Grace']],
    ['id eq "nobody"', []],
    ['userName eq "ada" or externalId eq "X2" or emails.value eq "shared@x"', ['Ada', 'Grace']],
    ['(userName eq "ada" or userName eq "grace") and active eq false', ['Grace']],
    ['emails[value eq "shared@x" or value eq "none"]', ['Ada', 'Grace']],
  ])('%s', async (filter, expected) => {
    await create({ userName: 'Ada', externalId: 'X1', emails: [{ value: 'shared@x', type: 'work' }] });
    await create({
      userName: 'Grace',
      externalId: 'X2',
      active: false,
      title: 'Rear Admiral',
      emails: [{ value: 'shared@x', type: 'home' }],
    });
    expect(names(await find(filter)).sort()).toEqual(expected);
  });

  test('an entry that its resource no longer bears out is not believed', async () => {
    const ada = await create({ userName: 'ada', externalId: 'new' });
    await table.client.send(new PutCommand({ TableName: table.name, Item: { pk: 'acme#User.externalId#old', sk: ada.id, id: ada.id } }));
    await table.client.send(new PutCommand({ TableName: table.name, Item: { pk: 'acme#User.externalId#old', sk: randomUUID(), id: 'x' } }));
    expect((await find('externalId eq "old"')).totalResults).toBe(0);
  });

  test.each([
    { fan: 1, shard: '-' },
    { fan: 16, shard: 'a' },
  ])('the members of a group are found by it, and no others: fan $fan', async ({ fan, shard }) => {
    const group = randomUUID();
    const put = (item: object) => table.client.send(new PutCommand({ TableName: table.name, Item: item }));
    const ada = await create({ userName: 'ada' });
    await create({ userName: 'grace' });
    await put({ pk: `acme#Group#${group[0]}`, sk: group, fan });
    await put({ pk: `acme#members#${group}#${shard}`, sk: ada.id });
    const Key = { pk: `acme#User#${ada.id[0]}`, sk: ada.id };
    const ExpressionAttributeValues = { ':g': new Set([group]) };
    await table.client.send(
      new UpdateCommand({ TableName: table.name, Key, UpdateExpression: 'ADD groupIds :g', ExpressionAttributeValues }),
    );
    expect(names(await find(`groups.value eq "${group}"`))).toEqual(['ada']);
    expect(names(await find(`groups[value eq "${group}"] and userName eq "grace"`))).toEqual([]);
    expect(names(await find(`groups.value eq "${randomUUID()}"`))).toEqual([]);
    expect(names(await find('groups.value eq "none"'))).toEqual([]);
  });
});

describe('the format of items', () => {
  const write = (Key: { pk: string; sk: string }, UpdateExpression: string, values: Record<string, unknown>) =>
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key,
        UpdateExpression,
        ExpressionAttributeNames: { '#format': 'format' },
        ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
      }),
    );
  const formats = async () => Object.fromEntries((await table.items()).map(({ pk, format }) => [pk, format]));

  test('is 1 in all of them, also of those that had none once they are written again', async () => {
    const ada = await create({ userName: 'ada', externalId: 'X1' });
    await write({ pk: `acme#User#${ada.id[0]}`, sk: ada.id }, 'REMOVE #format', {});
    await store.update(acme, user, ada, with_(ada, { userName: 'ada', externalId: 'X1', title: 'Dr' }), false);
    expect(new Set(Object.values(await formats()))).toEqual(new Set([1]));
  });

  test('is not lowered by a version that does not know a newer one', async () => {
    const ada = await create({ userName: 'ada' });
    const count = { pk: 'acme#count', sk: `User#${ada.id.slice(0, 2)}` };
    await write(count, 'SET #format = :two', { ':two': 2 });
    await store.remove(acme, user, ada, false);
    expect(await formats()).toMatchObject({ 'acme#count': 2 });
  });

  test('of a resource that only a newer version knows makes it 503: that version answers the repeat', async () => {
    const ada = await create({ userName: 'ada' });
    await write({ pk: `acme#User#${ada.id[0]}`, sk: ada.id }, 'SET #format = :two', { ':two': 2 });
    await expect(store.get(acme, user, ada.id)).rejects.toMatchObject({ status: 503, retryAfter: 5 });
    await expect(find('userName eq "ada"')).rejects.toMatchObject({ status: 503 });
  });
});
