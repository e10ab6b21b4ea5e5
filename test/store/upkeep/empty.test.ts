import { BatchWriteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { create } from '../../../lambdas/directory/operations.ts';
import { group, groupSchema } from '../../../lambdas/scim/schemas/group.ts';
import { user, userSchema } from '../../../lambdas/scim/schemas/user.ts';
import { inBatches } from '../../../lambdas/store/batches.ts';
import { createDirectory, getDirectory, markDeleting, putDirectory } from '../../../lambdas/store/directories.ts';
import { FORMAT } from '../../../lambdas/store/items.ts';
import { approximateItems, emptyDirectory } from '../../../lambdas/store/upkeep/empty.ts';
import { first, throttle } from '../../support/disturbances.ts';
import { crash } from '../../support/dying.ts';
import { serviceError } from '../../support/dynamodb-rules.ts';
import { eachOnFreshTable } from '../../support/fresh-table.ts';
import { directoryOn, scopeOf, type TestTable } from '../../support/test-table.ts';

let table: TestTable;
eachOnFreshTable((fresh) => {
  table = fresh;
});

/** Two that begin alike, one that is the end of another, and one like what stands in a key. */
const OTHERS = ['acme-2', 'acme2', 'my-acme', 'count', 'a'];

const isOf = (directory: string) => (item: { pk: string; sk: string }) =>
  item.pk.startsWith(`${directory}#`) || (item.pk === 'DIRECTORIES' && item.sk === directory);
const others = async () => (await table.items()).filter((item) => !isOf('acme')(item));
const left = async () => (await table.items()).filter(({ pk }) => pk.startsWith('acme#'));
const put = (Item: Record<string, unknown>) => table.client.send(new PutCommand({ TableName: table.name, Item }));

async function fill(name: string): Promise<void> {
  await createDirectory(table, scopeOf(name), { name, state: 'active' });
  const own = directoryOn(table, name);
  const { id } = await create(own, user, { schemas: [userSchema.id], userName: 'ada', emails: [{ value: 'ada@example.com' }] });
  await create(own, group, { schemas: [groupSchema.id], displayName: 'Team', members: [{ value: id }] });
}

/** What none of this version's own commands would find. */
const STRANGE = [
  { pk: 'acme#token', sk: 'token 1', lastUsedAt: '2026-01-01T00:00:00Z' },
  { pk: 'acme#bookmark#00', sk: '000000000000101', expiresAt: 1 },
  { pk: 'acme#User.shoeSize#43', sk: 'nobody' },
  { pk: 'acme#User#9', sk: 'newer', format: FORMAT + 1 },
  { pk: 'acme#members#5d41402a-bc4b-4a76-b971-9d911017c592#=', sk: '=', until: 1, format: FORMAT },
  { pk: 'acme#future#kind#of#item', sk: 'x', format: FORMAT + 1 },
  { pk: 'acme#', sk: 'x' },
];

beforeEach(async () => {
  for (const name of ['acme', ...OTHERS.slice(0, 2)]) await fill(name);
  for (const name of OTHERS) await put({ pk: `${name}#acme#x`, sk: 'acme#' });
  for (const item of STRANGE) await put(item);
});
const mark = () => markDeleting(table, scopeOf('acme'), new Date());

test('everything of a directory goes but its row, and nothing of any other', async () => {
  await mark();
  const [before, own] = [await others(), await left()];
  await expect(emptyDirectory(table, 'acme')).resolves.toBe(own.length);
  expect(await left()).toEqual([]);
  expect(await others()).toEqual(before);
  await expect(getDirectory(table, scopeOf('acme'))).resolves.toMatchObject({ state: 'deleting' });
  await expect(emptyDirectory(table, 'acme')).resolves.toBe(0);
});

test('what has no row any more goes as well', async () => {
  await expect(emptyDirectory(table, 'my-acme')).resolves.toBe(1);
});

test('a directory that is in use keeps everything', async () => {
  const before = await table.items();
  await expect(emptyDirectory(table, 'acme')).rejects.toMatchObject({ status: 409, message: expect.stringContaining('acme') });
  expect(await table.items()).toEqual(before);
});

test('one who is late does nothing to a new directory with the same id', async () => {
  await mark();
  const isScan = first(({ command }) => command === 'Scan');
  using _ = table.disturb(async (request, pass) => {
    const page = await pass();
    if (isScan(request)) await putDirectory(table, scopeOf('acme'), { name: 'New', state: 'active' });
    return page;
  });
  const before = await left();
  await expect(emptyDirectory(table, 'acme', { segments: 1 })).rejects.toMatchObject({ status: 409 });
  expect(await left()).toEqual(before);
});

describe('with many items', () => {
  const MANY = 300;
  beforeEach(async () => {
    await mark();
    const items = Array.from({ length: MANY }, (_, i) => ({ pk: `acme#User.x#${i % 7}`, sk: `${i}` }));
    for (const some of inBatches(items, 25)) {
      const puts = some.map((Item) => ({ PutRequest: { Item } }));
      await table.client.send(new BatchWriteCommand({ RequestItems: { [table.name]: puts } }));
    }
  });

  test('it is told how far it has come', async () => {
    const told: { seen: number; removed: number }[] = [];
    const all = (await table.items()).length;
    const removed = await emptyDirectory(table, 'acme', { segments: 1, onProgress: (progress) => told.push(progress) });
    expect(told.at(-1)).toEqual({ seen: all, removed });
    expect(await left()).toEqual([]);
  });

  test('two at once do no harm, and what dies midway is finished by the next', async () => {
    const before = await others();
    await crash(table, 5, 'after', () => emptyDirectory(table, 'acme', { segments: 2 }));
    expect((await left()).length).toBeGreaterThan(0);
    await Promise.all([emptyDirectory(table, 'acme'), emptyDirectory(table, 'acme')]);
    expect(await left()).toEqual([]);
    expect(await others()).toEqual(before);
  });

  test('it waits where DynamoDB asks for less', async () => {
    using _ = table.disturb(throttle(first(({ command }) => command === 'BatchExecuteStatement')));
    await emptyDirectory(table, 'acme');
    expect(await left()).toEqual([]);
  });
});

describe('the number of items of a table', () => {
  test('is about what DynamoDB says', async () => {
    await expect(approximateItems(table)).resolves.toBeGreaterThan(0);
  });

  test('is not known to one who may not ask for it', async () => {
    using _ = table.disturb(async () => {
      throw serviceError('AccessDeniedException', 'not authorized to perform: dynamodb:DescribeTable');
    });
    await expect(approximateItems(table)).resolves.toBe(0);
  });
});
