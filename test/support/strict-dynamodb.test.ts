import {
  BatchExecuteStatementCommand,
  BatchGetCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { dieAt } from './dying.ts';
import { eachOnFreshTable } from './fresh-table.ts';
import { type TestTable, testTable } from './test-table.ts';

let table: TestTable;
eachOnFreshTable((fresh) => {
  table = fresh;
});

const key = (sk: string) => ({ pk: 'x', sk });
const put = (sk: string, more: object = {}) => ({ Put: { TableName: table.name, Item: { ...key(sk), ...more } } });
const transact = (...items: object[]) =>
  table.client.send(
    new TransactWriteCommand({ TransactItems: items as ReturnType<typeof put>[], ClientRequestToken: String(Math.random()) }),
  );
const plain = (sk: string) => table.client.send(new PutCommand({ TableName: table.name, Item: key(sk) }));

describe('what DynamoDB refuses and DynamoDB Local does not', () => {
  test('a transaction that overlaps one in flight, naming the item; one beside it is let through', async () => {
    const results = await Promise.allSettled([transact(put('1'), put('2')), transact(put('2'), put('3')), transact(put('4'))]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({
      reason: { name: 'TransactionCanceledException', CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }] },
    });
    await transact(put('2'), put('3'));
  });

  test('a transaction that overlaps one in flight and whose conditions fail elsewhere, naming both', async () => {
    await plain('2');
    using _ = table.occupy(table.name, [key('1')]);
    const unless = (sk: string) => ({ Put: { ...put(sk).Put, ConditionExpression: 'attribute_not_exists(pk)' } });
    const CancellationReasons = [{ Code: 'TransactionConflict' }, { Code: 'ConditionalCheckFailed' }, { Code: 'None' }];
    await expect(transact(unless('1'), unless('2'), unless('3'))).rejects.toMatchObject({ CancellationReasons });
    expect(await table.items()).toEqual([key('2')]);
  });

  test('a plain write that meets one; reads are let through, and so are writes that meet plain writes', async () => {
    using _ = table.occupy(table.name, [key('1')]);
    await expect(plain('1')).rejects.toMatchObject({ name: 'TransactionConflictException' });
    const update = new UpdateCommand({
      TableName: table.name,
      Key: key('1'),
      UpdateExpression: 'ADD n :n',
      ExpressionAttributeValues: { ':n': 1 },
    });
    await expect(table.client.send(update)).rejects.toMatchObject({ name: 'TransactionConflictException' });
    await table.client.send(new GetCommand({ TableName: table.name, Key: key('1'), ConsistentRead: true }));
    await Promise.all([plain('2'), plain('2'), transact(put('2'))]);
  });

  test('another table, or another client of the same: the first is no conflict, the second is', async () => {
    await using other = await testTable();
    using _ = other.occupy(table.name, [key('1')]);
    await expect(plain('1')).rejects.toMatchObject({ name: 'TransactionConflictException' });
    await other.client.send(new PutCommand({ TableName: other.name, Item: key('1') }));
  });

  test('single statements of a batch, while the others are done', async () => {
    await Promise.all([plain('1'), plain('2')]);
    using _ = table.occupy(table.name, [key('1')]);
    const Statements = ['1', '2'].map((sk) => ({
      Statement: `DELETE FROM "${table.name}" WHERE pk = ? AND sk = ?`,
      Parameters: ['x', sk],
    }));
    const { Responses } = await table.client.send(new BatchExecuteStatementCommand({ Statements }));
    expect(Responses?.map((response) => response.Error?.Code)).toEqual(['TransactionConflict', undefined]);
    expect(await table.items()).toEqual([key('1')]);
  });

  test('the same token while its transaction is in flight', async () => {
    const command = () => new TransactWriteCommand({ TransactItems: [put('1')], ClientRequestToken: 'once' });
    const results = await Promise.allSettled([table.client.send(command()), table.client.send(command())]);
    expect(results[1]).toMatchObject({ reason: { name: 'TransactionInProgressException' } });
    await table.client.send(command());
  });

  test.each([
    { name: 'more than 100 items', items: () => Array.from({ length: 101 }, (_, i) => put(String(i))) },
    { name: 'more than 4 MB', items: () => Array.from({ length: 12 }, (_, i) => put(String(i), { text: 'x'.repeat(360_000) })) },
    { name: 'an item twice', items: () => [put('1'), put('1')] },
  ])('a transaction of $name', async ({ items }) => {
    await expect(transact(...items())).rejects.toMatchObject({ name: 'ValidationException' });
    expect(await table.items()).toEqual([]);
  });
});

const ofX = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': 'x' } };
type Consistency = { readonly ConsistentRead?: boolean };
type Read = (on: TestTable, consistency: Consistency) => Promise<unknown>;
const READS: [name: string, read: Read][] = [
  ['GetItem', ({ client, name }, how) => client.send(new GetCommand({ TableName: name, Key: key('1'), ...how }))],
  ['Query', ({ client, name }, how) => client.send(new QueryCommand({ TableName: name, ...ofX, ...how }))],
  ['Scan', ({ client, name }, how) => client.send(new ScanCommand({ TableName: name, ...how }))],
  ['BatchGetItem', ({ client, name }, how) => client.send(new BatchGetCommand({ RequestItems: { [name]: { Keys: [key('1')], ...how } } }))],
];

test.each(READS)('%s is refused unless it is strongly consistent', async (_, read) => {
  for (const consistency of [{}, { ConsistentRead: false }])
    await expect(read(table, consistency)).rejects.toThrow('a read must be strongly consistent');
  await read(table, { ConsistentRead: true });
});

describe('what is counted', () => {
  const get = () => table.client.send(new GetCommand({ TableName: table.name, Key: key('1'), ConsistentRead: true }));

  test.each([
    { name: 'nothing', act: async () => {}, expected: { requests: 0, depth: 0 } },
    { name: 'one after another', act: async () => get().then(get).then(get), expected: { requests: 3, depth: 3 } },
    { name: 'all at once', act: async () => Promise.all([get(), get(), get()]), expected: { requests: 3, depth: 1 } },
    { name: 'two at once behind one', act: async () => get().then(() => Promise.all([get(), get()])), expected: { requests: 3, depth: 2 } },
  ])('requests, and the round trips among them: $name', async ({ act, expected }) => {
    await expect(table.measure(act)).resolves.toEqual(expected);
  });
});

test('a process that dies at its second request has done what the first asked for, and nothing more', async () => {
  using _ = table.disturb(dieAt(2));
  await plain('1');
  await expect(plain('2')).rejects.toThrow('died at request 2');
  await expect(plain('3')).rejects.toThrow('died');
});
