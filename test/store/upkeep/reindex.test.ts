import { randomUUID } from 'node:crypto';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { create, patch, remove, search } from '../../../lambdas/directory/operations.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import { many, string } from '../../../lambdas/scim/schemas/attribute.ts';
import { defineResourceType, type ResourceType } from '../../../lambdas/scim/schemas/resource-type.ts';
import { user, userSchema } from '../../../lambdas/scim/schemas/user.ts';
import { FORMAT } from '../../../lambdas/store/items.ts';
import { placeOf, resourceKey } from '../../../lambdas/store/keys.ts';
import { reindex } from '../../../lambdas/store/upkeep/reindex.ts';
import { repair } from '../../../lambdas/store/upkeep/repair.ts';
import type { ScanOptions } from '../../../lambdas/store/upkeep/scan.ts';
import { first, hold, isWrite } from '../../support/disturbances.ts';
import { eachOnFreshTable } from '../../support/fresh-table.ts';
import { THING_URN } from '../../support/rfc.ts';
import type { SentRequest } from '../../support/strict-dynamodb.ts';
import { checkTable } from '../../support/table-checker.ts';
import { directoryOn, type TestTable } from '../../support/test-table.ts';
import { VENDOR_URN, vendorType } from '../../support/vendor-type.ts';

/*
 * A table gets the entries that its resources miss, also while others are at work in it.
 */

let table: TestTable;
eachOnFreshTable((fresh) => {
  table = fresh;
});
/** A directory as a request of its own sees it. */
const directory = (name: string) => directoryOn(table, name);
const acme = () => directory('acme');

const machine = (serial: object, indexing: readonly string[]): ResourceType =>
  defineResourceType({
    name: 'Machine',
    endpoint: '/Machines',
    description: '',
    schema: {
      id: THING_URN,
      name: 'Machine',
      description: '',
      attributes: [string('serial', '', serial), string('room', ''), many('tags', '', [string('value', ''), string('type', '')])],
    },
    indexed: ['room'],
    indexing,
  });
/** What a vendor has had, and what becomes of it. */
const old = machine({}, []);
const indexing = machine({}, ['serial', 'tags.value']);
const indexed: ResourceType = { ...indexing, indexed: ['room', 'serial', 'tags.value'], indexing: [] };
const uniqueNow = machine({ uniqueness: 'server' }, []);

const newMachine = (attributes: object, type = old, name = 'acme') =>
  create(directory(name), type, { schemas: [THING_URN], room: 'R1', ...attributes });
const set = (path: string, value: unknown) => [{ op: 'replace', path, value }];
const reindexNow = (type: ResourceType, options: ScanOptions = {}) => reindex(table, [type], options);
const check = (type: ResourceType) => checkTable(table, [type], { afterRepair: true });
const entries = async () => (await table.items()).filter((item) => placeOf(item)?.kind === 'entry').map(({ pk, id }) => `${pk} ${id}`);

const NOTHING = { added: 0, busy: 0, unknown: 0, newer: 0, duplicates: [] };
const isFill = ({ input }: SentRequest) =>
  input.TransactItems?.some((item) => 'ConditionCheck' in item) === true && input.TransactItems.some((item) => 'Put' in item);

describe('a type that gains an index', () => {
  test('has all its entries afterwards, and can then be looked up by it', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 6; i++)
      ids.push((await newMachine({ serial: `S${i}`, tags: [{ value: 'A' }, { value: 'a' }, { value: `t${i}` }] })).id);
    await newMachine({});
    expect(await check(indexing)).toHaveLength(18);
    await expect(reindexNow(indexing)).resolves.toMatchObject({ ...NOTHING, added: 18 });
    expect(await check(indexing)).toEqual([]);

    const find = (text: string) => search(acme(), indexed, { startIndex: 1, count: 9 }, { filter: parseFilter(text) });
    await expect(find('serial eq "s3"')).resolves.toMatchObject({ resources: [{ id: ids[3] }] });
    await expect(find('tags.value eq "a"')).resolves.toMatchObject({ totalResults: 6 });
    await expect(table.measure(() => find('serial eq "s3"'))).resolves.toMatchObject({ depth: 2 });
  });

  test('in an extension too', async () => {
    await create(acme(), vendorType, {
      schemas: [vendorType.schema.id, VENDOR_URN],
      led: { value: 'L', a: 'b' },
      [VENDOR_URN]: { x: 'X', y: 'Y' },
    });
    const more: ResourceType = { ...vendorType, indexing: ['led.a', `${VENDOR_URN}:x`] };
    expect(await check(more)).toHaveLength(2);
    await expect(reindexNow(more)).resolves.toMatchObject({ ...NOTHING, added: 2 });
    expect(await check(more)).toEqual([]);
  });

  test('and loses it: a repair removes the entries', async () => {
    await newMachine({ serial: 'S1' }, indexing);
    await expect(repair(table, [old], { dropUndeclared: true })).resolves.toMatchObject({ swept: 1 });
    expect(await check(old)).toEqual([]);
  });

  test('is not written to again, and where nothing is missing, nothing is written', async () => {
    await newMachine({ serial: 'S1', tags: [{ value: 'a' }] });
    await newMachine({ serial: 'S2' }, indexing);
    await reindexNow(indexing);
    const sent = await table.sentBy(() => expect(reindexNow(indexing)).resolves.toMatchObject(NOTHING));
    expect(sent.filter(isWrite)).toEqual([]);
  });

  test('more entries than a transaction takes come in several', async () => {
    await newMachine({ tags: Array.from({ length: 200 }, (_, i) => ({ value: `t${i}` })) });
    const sent = await table.sentBy(() => expect(reindexNow(indexing)).resolves.toMatchObject({ ...NOTHING, added: 200 }));
    const sizes = sent.filter(isFill).map(({ input }) => input.TransactItems?.length);
    expect(sizes).toEqual([91, 91, 21]);
    expect(await check(indexing)).toEqual([]);
  });
});

test('entries of every kind that got lost are given back', async () => {
  const users = [];
  for (const name of ['ada', 'grace'])
    users.push(
      await create(acme(), user, {
        schemas: [userSchema.id],
        userName: name,
        externalId: 'X',
        emails: [{ value: `${name}@x` }, { value: 'all@x' }],
      }),
    );
  const before = await table.items();
  for (const item of before) {
    const { pk, sk } = item;
    if (placeOf(item)?.kind === 'entry') await table.client.send(new DeleteCommand({ TableName: table.name, Key: { pk, sk } }));
  }
  expect(await check(user)).toHaveLength(8);
  await expect(reindexNow(user)).resolves.toMatchObject({ ...NOTHING, added: 8 });
  expect(await table.items()).toEqual(before);
});

describe('a value that becomes unique', () => {
  test('and that two resources hold is reported, without the value, and left', async () => {
    const two = [await newMachine({ serial: 'TWICE' }), await newMachine({ serial: 'twice', room: 'R2' })].map(({ id }) => id);
    await newMachine({ serial: 'once' });
    const { duplicates, ...report } = await reindexNow(uniqueNow);
    expect(report).toMatchObject({ added: 2, busy: 0 });
    expect(duplicates).toEqual([
      { directory: 'acme', type: 'Machine', attribute: 'serial', id: expect.any(String), holder: expect.any(String) },
    ]);
    expect([duplicates[0]?.id, duplicates[0]?.holder].sort()).toEqual([...two].sort());
    expect(JSON.stringify(duplicates)).not.toMatch(/twice/i);

    const before = await table.items();
    await expect(reindexNow(uniqueNow)).resolves.toMatchObject({ added: 0, duplicates });
    expect(await table.items()).toEqual(before);
  });

  test('and that two resources of two directories hold is no conflict', async () => {
    await newMachine({ serial: 'S1' });
    await newMachine({ serial: 'S1' }, old, 'globex');
    await expect(reindexNow(uniqueNow)).resolves.toMatchObject({ ...NOTHING, added: 2 });
    expect(await check(uniqueNow)).toEqual([]);
  });

  test('is reported too where the other one takes it in between', async () => {
    const { id } = await newMachine({ serial: 'S1', room: 'R2' });
    let holder = '';
    using _ = table.disturb(
      hold(first(isFill), async () => {
        holder = (await newMachine({ serial: 's1' }, uniqueNow)).id;
      }),
    );
    const report = await reindexNow(uniqueNow);
    expect(report).toMatchObject({ ...NOTHING, duplicates: [{ directory: 'acme', type: 'Machine', attribute: 'serial', id, holder }] });
  });

  test.each([
    { name: 'changed', act: (id: string) => patch(acme(), uniqueNow, id, set('serial', 'other')), left: 2 },
    { name: 'removed', act: (id: string) => remove(acme(), uniqueNow, id), left: 1 },
  ])('and that two resources hold is shared no more when one of them is $name', async ({ act, left }) => {
    await newMachine({ serial: 'S1' });
    await newMachine({ serial: 's1' });
    const { duplicates } = await reindexNow(uniqueNow);
    await act(duplicates[0]?.id ?? '');
    await expect(reindexNow(uniqueNow)).resolves.toMatchObject({ ...NOTHING });
    expect(await check(uniqueNow)).toEqual([]);
    await expect(search(acme(), uniqueNow, { startIndex: 1, count: 0 })).resolves.toMatchObject({ totalResults: left });
  });

  test('is no duplicate if the resource has given it up in between', async () => {
    const { id } = await newMachine({ serial: 'S1' });
    await newMachine({ serial: 's1' }, uniqueNow);
    // What is sent alone and not in a batch is the reading that confirms it.
    using _ = table.disturb(
      hold(
        first(({ command }) => command === 'GetItem'),
        () => patch(acme(), old, id, set('serial', 'S2')),
      ),
    );
    await expect(reindexNow(uniqueNow)).resolves.toMatchObject({ ...NOTHING, added: 1 });
    expect(await check(uniqueNow)).toEqual([]);
  });
});

describe('a resource that changes in between', () => {
  test('gets the entries of what it has become', async () => {
    const { id } = await newMachine({ serial: 'S1', tags: [{ value: 'a' }] });
    using _ = table.disturb(hold(first(isFill), () => patch(acme(), indexing, id, set('serial', 'S2'))));
    // The change has claimed its own entry.
    await expect(reindexNow(indexing)).resolves.toMatchObject({ ...NOTHING, added: 1 });
    expect((await entries()).sort()).toEqual(
      [`acme#Machine.serial#s2 ${id}`, `acme#Machine.tags.value#a ${id}`, `acme#Machine.room#r1 ${id}`].sort(),
    );
    expect(await check(indexing)).toEqual([]);
  });

  test('gets none if it is removed', async () => {
    const { id } = await newMachine({ serial: 'S1' });
    using _ = table.disturb(hold(first(isFill), () => remove(acme(), indexing, id)));
    await expect(reindexNow(indexing)).resolves.toMatchObject(NOTHING);
    expect(await entries()).toEqual([]);
  });

  test('again and again is reported and left', async () => {
    const { id } = await newMachine({ serial: 'S1', tags: [{ value: 'a' }] });
    let n = 0;
    using _ = table.disturb(hold(isFill, () => patch(acme(), indexing, id, set('room', `R${n++}`))));
    await expect(reindexNow(indexing)).resolves.toMatchObject({ ...NOTHING, busy: 1 });
    expect(await check(indexing)).toHaveLength(2);
  });
});

describe('what is left alone', () => {
  test('is what belongs to types that were not named, and what a newer version has written', async () => {
    await newMachine({ serial: 'S1' });
    const id = randomUUID();
    const newer = { ...resourceKey('acme', { name: 'User' }, id), rev: 1, body: { userName: 'ada' }, format: FORMAT + 1 };
    await table.client.send(new PutCommand({ TableName: table.name, Item: newer }));
    const before = await table.items();
    await expect(reindexNow(user)).resolves.toEqual({ ...NOTHING, items: before.length, unknown: before.length - 1, newer: 1 });
    expect(await table.items()).toEqual(before);
  });

  test('is another directory than the one that was asked for', async () => {
    await newMachine({ serial: 'S1' });
    await newMachine({ serial: 'S1' }, old, 'acme-2');
    await expect(reindexNow(indexing, { directory: 'acme' })).resolves.toMatchObject({ ...NOTHING, items: 3, added: 1 });
    expect(await check(indexing)).toHaveLength(1);
  });
});

test('on a live table: whatever is done meanwhile, everybody has the right entries in the end', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 30; i++) ids.push((await newMachine({ serial: `S${i}`, tags: [{ value: 'a' }, { value: `t${i}` }] })).id);
  const client = async (k: number) => {
    for (let i = k; i < ids.length; i += 3) {
      const id = ids[i] ?? '';
      const { id: added } = await newMachine({ serial: `N${i}`, tags: [{ value: 'a' }] }, indexing);
      await patch(acme(), indexing, id, set('serial', `M${i}`));
      if (i % 2 === 0) await remove(acme(), indexing, id);
      await patch(acme(), indexing, added, set('tags', [{ value: `u${i}` }]));
    }
  };
  await Promise.all([...[0, 1, 2].map(client), reindexNow(indexing), reindexNow(indexing)]);
  await expect(reindexNow(indexing)).resolves.toMatchObject({ busy: 0, duplicates: [] });
  expect(await check(indexing)).toEqual([]);
});
