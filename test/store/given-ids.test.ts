import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { create, get, patch, remove, replace, search } from '../../lambdas/directory/operations.ts';
import { type Criteria, startTrace } from '../../lambdas/directory/store.ts';
import { parseFilter } from '../../lambdas/scim/filter/parse.ts';
import { etag } from '../../lambdas/scim/resource.ts';
import { string } from '../../lambdas/scim/schemas/attribute.ts';
import { defineResourceType, type ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { FORMAT } from '../../lambdas/store/items.ts';
import { countKey, resourceKey, UNIQUE, valueKey } from '../../lambdas/store/keys.ts';
import { reindex } from '../../lambdas/store/upkeep/reindex.ts';
import { repair } from '../../lambdas/store/upkeep/repair.ts';
import { first, hold, isWrite, loseAnswer } from '../support/disturbances.ts';
import { crash } from '../support/dying.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { checkTable } from '../support/table-checker.ts';
import { directoryOn, type TestTable } from '../support/test-table.ts';

/*
 * Resources whose ids are the client's to give: they are one collection, and an id may come again when its resource is gone.
 */

let table: TestTable;
eachOnFreshTable((fresh) => {
  table = fresh;
});

const URN = 'urn:example:2.0:Seat';
const seatType = (indexing: readonly string[] = []): ResourceType =>
  defineResourceType({
    name: 'Seat',
    endpoint: '/Seats',
    description: '',
    schema: {
      id: URN,
      name: 'Seat',
      description: '',
      attributes: [
        string('displayName', ''),
        string('serial', '', { uniqueness: 'server' }),
        string('note', ''),
        string('tags', '', { multiValued: true }),
      ],
    },
    indexed: ['displayName', 'externalId', 'tags'],
    indexing,
    givenIds: true,
  });
const seat = seatType();

/** A directory as a request of its own sees it. */
const acme = (name = 'acme') => directoryOn(table, name);
const body = (attributes: object) => ({ schemas: [URN], ...attributes });
const newSeat = (id: string, attributes: object = {}, name = 'acme') => create(acme(name), seat, body({ id, ...attributes }));
const set = (path: string, value: unknown) => [{ op: 'replace', path, value }];
const page = async (startIndex: number, count: number, criteria?: Criteria, name = 'acme') => {
  const { totalResults, resources } = await search(acme(name), seat, { startIndex, count }, criteria);
  return { totalResults, ids: resources.map(({ id }) => id) };
};
const found = async (filter: string) => (await page(1, 100, { filter: parseFilter(filter) })).ids;
const check = (type = seat) => checkTable(table, [type], { afterRepair: true });
const repairNow = (type = seat) => repair(table, [type], { pause: 0 });
const NOTHING = { recounted: 0, swept: 0, mended: 0, tidied: 0, busy: 0, unknown: 0 };
const put = (item: object) => table.client.send(new PutCommand({ TableName: table.name, Item: { format: FORMAT, ...item } }));

/** Each beginning that an id may have, in the order of bytes. */
const BEGINNINGS = [...'-.09AZ_az~'];
const ids = BEGINNINGS.flatMap((one) => [`${one}a`, `${one}b`])
  .concat('0f3c2a11-0000-4000-8000-000000000000')
  .sort();

/** The ids of all resources, read page by page. */
async function readAll(count: number, between: (seen: readonly string[]) => Promise<unknown> = async () => {}, criteria?: Criteria) {
  const seen: string[] = [];
  for (;;) {
    const { totalResults, ids: some } = await page(seen.length + 1, count, criteria);
    seen.push(...some);
    if (some.length === 0 || seen.length >= totalResults) return seen;
    await between(seen);
  }
}

describe('a list', () => {
  test('is in the order of ids, whatever they begin with, on pages of any size and from any place, with the exact total', async () => {
    await Promise.all(ids.map((id) => newSeat(id)));
    for (const count of [1, 2, 7, 20, 21, 100]) expect(await readAll(count)).toEqual(ids);
    for (const startIndex of [1, 2, 11, 21, 22])
      expect(await page(startIndex, 1)).toEqual({ totalResults: 21, ids: ids.slice(startIndex - 1, startIndex) });
    expect(await page(1, 0)).toEqual({ totalResults: 21, ids: [] });
  });

  test('shows a reader what is there all the while once, whoever comes and goes in between', async () => {
    await Promise.all(ids.map((id) => newSeat(id)));
    let n = 0;
    const seen = await readAll(4, async (so) => {
      await remove(acme(), seat, so[n] ?? '');
      await newSeat(`-${n++}`);
    });
    expect(seen).toEqual(ids);
  });

  test('costs the same for a reader who goes on, wherever that is', async () => {
    await Promise.all(ids.map((id) => newSeat(id)));
    await page(1, 18);
    await expect(table.measure(() => page(19, 1))).resolves.toMatchObject({ depth: 3 });
  });

  test.each([
    { name: 'a walk', criteria: { filter: parseFilter('note pr') } },
    { name: 'a walk, sorted', criteria: { sort: { by: 'note', order: 'descending' } } as const },
  ])('by $name has all of them', async ({ criteria }) => {
    await Promise.all(ids.map((id, i) => newSeat(id, { note: `n${String(100 - i)}` })));
    expect(await readAll(5, undefined, criteria)).toHaveLength(21);
    expect((await readAll(21, undefined, criteria)).toSorted()).toEqual(ids);
  });
});

test('is found by what it has, and two directories with the same ids are apart', async () => {
  for (const name of ['acme', 'other']) await newSeat('seat-1', { displayName: `One of ${name}`, externalId: 'X1', serial: 'S1' }, name);
  await newSeat('seat-2', { externalId: 'X2' });
  expect(await found('id eq "seat-1"')).toEqual(['seat-1']);
  expect(await found('displayName eq "one OF acme"')).toEqual(['seat-1']);
  expect(await found('displayName eq "one of other"')).toEqual([]);
  expect(await found('externalId eq "X1" or id eq "seat-2"')).toEqual(['seat-1', 'seat-2']);
  for (const id of ['..', '.search', 'a b', 'x'.repeat(3_000)]) expect(await found(`id eq "${id}"`)).toEqual([]);
  await remove(acme('other'), seat, 'seat-1');
  await expect(get(acme(), seat, 'seat-1')).resolves.toMatchObject({ body: { displayName: 'One of acme' } });
  expect(await page(1, 9, undefined, 'other')).toEqual({ totalResults: 0, ids: [] });
  expect(await check()).toEqual([]);
});

describe('an id that comes again', () => {
  const old = { displayName: 'Old', externalId: 'X1', serial: 'S1', tags: ['a', 'b'] };

  test('has neither the version nor the entries of the one before, however often that was changed', async () => {
    const before = await newSeat('seat', old);
    const versions = [etag(before)];
    for (let i = 0; i < 5; i++) versions.push(etag(await patch(acme(), seat, 'seat', set('note', `n${i}`))));
    await remove(acme(), seat, 'seat');
    expect((await table.items()).filter(({ sk }) => sk === 'seat' || sk === UNIQUE)).toEqual([]);
    const again = await newSeat('seat', { displayName: 'New' });
    expect(versions).not.toContain(etag(again));
    const isOld = (tag: string) => versions.includes(tag);
    await expect(patch(acme(), seat, 'seat', set('note', 'x'), isOld)).rejects.toMatchObject({ status: 412 });
    await expect(remove(acme(), seat, 'seat', isOld)).rejects.toMatchObject({ status: 412 });
    for (const filter of ['displayName eq "old"', 'externalId eq "X1"', 'serial eq "S1"', 'tags eq "a"'])
      expect(await found(filter)).toEqual([]);
    expect(await found('displayName eq "new"')).toEqual(['seat']);
    expect(await check()).toEqual([]);
  });

  test.each([
    { name: 'PATCH', act: () => patch(acme(), seat, 'seat', set('note', 'late')) },
    { name: 'PUT', act: () => replace(acme(), seat, 'seat', body({ ...old, note: 'late' })) },
  ])('is what a $name that was computed from the one before does not overwrite', async ({ act }) => {
    await newSeat('seat', old);
    const other = acme();
    using _ = table.disturb(
      hold(first(isWrite), async () => {
        await remove(other, seat, 'seat');
        await create(other, seat, body({ id: 'seat', displayName: 'New' }));
      }),
    );
    const { body: after } = await act();
    expect(after).toMatchObject({ note: 'late' });
    expect(await check()).toEqual([]);
  });

  test('is not removed by a delete that was meant for the one before', async () => {
    const { version } = await newSeat('seat', old);
    const other = acme();
    using _ = table.disturb(
      hold(first(isWrite), async () => {
        await remove(other, seat, 'seat');
        await create(other, seat, body({ id: 'seat', ...old }));
      }),
    );
    await expect(remove(acme(), seat, 'seat', (tag) => tag === etag({ version }))).rejects.toMatchObject({ status: 412 });
    expect(await found('tags eq "a"')).toEqual(['seat']);
    expect(await check()).toEqual([]);
  });

  test('keeps its entries while a repair removes those of the one before', async () => {
    await put({ pk: valueKey('acme', 'Seat', 'displayName', 'new'), sk: 'seat', id: 'seat' });
    using _ = table.disturb(
      hold(first(isWrite), async () => {
        await newSeat('seat', { displayName: 'New' });
      }),
    );
    await expect(repairNow()).resolves.toMatchObject({ swept: 0, busy: 0 });
    expect(await found('displayName eq "new"')).toEqual(['seat']);
    expect(await check()).toEqual([]);
  });

  test('gets the entries that are its own from a reindex which has read the one before', async () => {
    const more = seatType(['note']);
    await newSeat('seat', { note: 'old' });
    using _ = table.disturb(
      hold(first(isWrite), async () => {
        await remove(acme(), seat, 'seat');
        await newSeat('seat', { note: 'new' });
      }),
    );
    await expect(reindex(table, [more])).resolves.toMatchObject({ added: 1, busy: 0 });
    expect(await check(more)).toEqual([]);
  });
});

test('a create whose answer is lost is done once, and says so', async () => {
  {
    using _ = table.disturb(loseAnswer(first(isWrite)));
    await expect(newSeat('seat', { serial: 'S1' })).resolves.toMatchObject({ id: 'seat' });
  }
  await expect(newSeat('seat')).rejects.toMatchObject({ status: 409, scimType: 'uniqueness', message: 'id is already in use' });
  expect(await page(1, 9)).toEqual({ totalResults: 1, ids: ['seat'] });
  expect(await check()).toEqual([]);
});

test('a create whose id is taken is refused, though the request came with the id of the one that took it', async () => {
  const again = () => create({ ...acme(), trace: startTrace('same') }, seat, body({ id: 'seat' }));
  await again();
  await expect(again()).rejects.toMatchObject({ status: 409 });
});

test('of several who create the same id at once, one does', async () => {
  const outcomes = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => newSeat('seat', { displayName: `n${n}` })));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await check()).toEqual([]);
});

test('has no more values to be looked up by altogether than a delete gives up at once', async () => {
  const tags = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `t${from + i}`);
  await newSeat('seat', { serial: 'S1', tags: tags(0, 89) });
  const tooMany = { status: 400, scimType: 'tooMany', message: expect.stringContaining('tags: the values that it is looked up by') };
  const addTags = (values: string[]) => patch(acme(), seat, 'seat', [{ op: 'add', path: 'tags', value: values }]);
  await expect(addTags(['one more'])).rejects.toMatchObject(tooMany);
  await expect(newSeat('other', { tags: tags(0, 91) })).rejects.toMatchObject({ status: 400, scimType: 'tooMany' });
  await remove(acme(), seat, 'seat');
  expect((await table.items()).filter(({ sk }) => sk === 'seat' || sk === UNIQUE)).toEqual([]);

  // Nothing of it was indexed when these came.
  const plain: ResourceType = { ...seat, indexed: [] };
  await create(acme(), plain, body({ id: 'many', serial: 'S1', tags: tags(0, 120) }));
  await reindex(table, [seat]);
  await remove(acme(), seat, 'many');
  expect(await found('tags eq "t100"')).toEqual([]);
  await newSeat('many', { serial: 'S1' });
  await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, swept: 31 });
  expect(await check()).toEqual([]);
});

describe('upkeep', () => {
  test('finds nothing to mend after normal traffic', async () => {
    await Promise.all(ids.map((id) => newSeat(id, { displayName: 'Seat', tags: [id, 'all'] })));
    await patch(acme(), seat, 'za', set('tags', ['moved']));
    await replace(acme(), seat, 'Ab', body({ displayName: 'Other' }));
    for (const id of ['-a', '~b', '.a']) await remove(acme(), seat, id);
    await newSeat('.a', { displayName: 'again' });
    const sent = await table.sentBy(() => expect(repairNow()).resolves.toMatchObject(NOTHING));
    expect(sent.filter(isWrite)).toEqual([]);
    await expect(reindex(table, [seat])).resolves.toMatchObject({ added: 0, busy: 0, duplicates: [] });
    expect(await check()).toEqual([]);
  });

  test.each([{ n: 7 }, { n: -2 }])('mends a count that says $n, and removes an entry that leads nowhere', async ({ n }) => {
    await Promise.all(ids.map((id) => newSeat(id, { displayName: 'Seat' })));
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: countKey('acme', seat, 'any'),
        UpdateExpression: 'SET n = :n',
        ExpressionAttributeValues: { ':n': n },
      }),
    );
    for (const id of ['gone', 'za']) await put({ pk: valueKey('acme', 'Seat', 'displayName', 'stale'), sk: id, id });
    await put({ pk: valueKey('acme', 'Seat', 'serial', 'stale'), sk: UNIQUE, id: 'za' });
    expect(await check()).toHaveLength(4);
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, recounted: 1, swept: 3 });
    expect(await check()).toEqual([]);
    expect(await page(1, 0)).toEqual({ totalResults: 21, ids: [] });
  });

  test('gives resources the entries of an attribute that is declared later', async () => {
    const more = seatType(['note']);
    await Promise.all(ids.map((id, i) => newSeat(id, { note: `n${i}` })));
    await expect(reindex(table, [more])).resolves.toMatchObject({ added: 21, busy: 0 });
    expect(await check(more)).toEqual([]);
  });
});

test('nobody looks for a resource of such a type where those with UUIDs are', async () => {
  const id = '0f3c2a11-0000-4000-8000-000000000000';
  await put({ ...resourceKey('acme', { name: 'Seat' }, id), rev: 1, version: 1, body: {} });
  await expect(get(acme(), seat, id)).rejects.toMatchObject({ status: 404 });
  expect(await check()).toContainEqual(expect.stringContaining('nobody looks for the Seat'));
});

describe.each([{ when: 'before' as const }, { when: 'after' as const }])('a process that dies $when any of its requests', ({ when }) => {
  const values = { displayName: 'Seat', externalId: 'X1', serial: 'S1', tags: Array.from({ length: 30 }, (_, i) => `t${i}`) };
  const FILTERS = ['id eq "seat"', 'displayName eq "seat"', 'externalId eq "X1"', 'serial eq "S1"', 'tags eq "t7"', 'tags eq "t29"'];
  /** What is found and counted is what is there, and nothing has to be put right. */
  const requireWhole = async () => {
    const there = (await table.items()).flatMap(({ pk, sk }) => (pk === 'acme#Seat#-' ? [sk] : []));
    expect(await page(1, 9)).toEqual({ totalResults: there.length, ids: there });
    for (const filter of FILTERS) expect(await found(filter)).toEqual(there);
    expect(await check()).toEqual([]);
  };

  test('leaves nothing of a create or all of it', async () => {
    let n = 1;
    for (let died = true; died; n++) {
      died = await crash(table, n, when, () => newSeat('seat', values));
      await requireWhole();
      await remove(acme(), seat, 'seat').catch((error) => expect(error).toMatchObject({ status: 404 }));
    }
    expect(n).toBeGreaterThan(2);
  });

  test('leaves all of what a delete is about or nothing of it', async () => {
    let n = 1;
    for (let died = true; died; n++) {
      await newSeat('seat', values).catch((error) => expect(error).toMatchObject({ status: 409 }));
      died = await crash(table, n, when, () => remove(acme(), seat, 'seat'));
      await requireWhole();
    }
    expect(n).toBeGreaterThan(3);
  });
});
