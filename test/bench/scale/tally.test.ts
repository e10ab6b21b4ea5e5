import {
  BatchExecuteStatementCommand,
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import { openTable } from '../../../lambdas/store/table.ts';
import { LOCAL_CREDENTIALS } from '../../../lib/local/table.ts';
import { testTable } from '../../support/test-table.ts';
import { makeCounting } from './tally.ts';

type Send = (client: DynamoDBDocumentClient, TableName: string) => Promise<{ readonly ConsumedCapacity?: unknown }>;

const keyOf = (sk: string) => ({ pk: 'a', sk });
const item = (sk: string, bytes: number) => ({ ...keyOf(sk), text: 'x'.repeat(bytes), list: [1, { two: -2.5 }, null, true] });
const told = { ReturnConsumedCapacity: 'TOTAL' } as const;
const ConsistentRead = true;
const query = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': 'a' } };

/**
 * Requests, how many items each reads and writes, and its units. There are an item of 900 bytes and a bit, and one of 5,000.
 * DynamoDB Local is asked for its own count where it agrees with the developer guide: it doubles transactions twice, takes keys
 * without an item for free, and says nothing of statements.
 */
const REQUESTS: readonly (readonly [string, number, number, number, Send])[] = [
  ['get', 1, 0, 2, (client, TableName) => client.send(new GetCommand({ TableName, Key: keyOf('large'), ConsistentRead, ...told }))],
  ['get nothing', 0, 0, 1, (client, TableName) => client.send(new GetCommand({ TableName, Key: keyOf('?'), ConsistentRead, ...told }))],
  ['query', 2, 0, 2, (client, TableName) => client.send(new QueryCommand({ TableName, ...query, ConsistentRead, ...told }))],
  [
    'get a batch, one of which is missing',
    2,
    0,
    4,
    (client, TableName) => {
      const Keys = ['small', '?', 'large'].map(keyOf);
      return client.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead } } }));
    },
  ],
  [
    'get parts of a batch',
    2,
    0,
    3,
    (client, TableName) => {
      const Keys = ['small', 'large'].map(keyOf);
      return client.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead, ProjectionExpression: 'pk, sk' } } }));
    },
  ],
  ['put', 0, 1, 2, (client, TableName) => client.send(new PutCommand({ TableName, Item: item('new', 2_000), ...told }))],
  ['put what is smaller', 0, 1, 5, (client, TableName) => client.send(new PutCommand({ TableName, Item: item('large', 10), ...told }))],
  [
    'update to what is larger',
    0,
    1,
    4,
    (client, TableName) => {
      const change = { UpdateExpression: 'SET more = :more', ExpressionAttributeValues: { ':more': 'x'.repeat(3_000) } };
      return client.send(new UpdateCommand({ TableName, Key: keyOf('small'), ...change, ...told }));
    },
  ],
  ['delete', 0, 1, 5, (client, TableName) => client.send(new DeleteCommand({ TableName, Key: keyOf('large'), ...told }))],
  [
    'write in a transaction',
    0,
    2,
    6,
    (client, TableName) => {
      const TransactItems = [{ Put: { TableName, Item: item('new', 1_500) } }, { Delete: { TableName, Key: keyOf('small') } }];
      return client.send(new TransactWriteCommand({ TransactItems }));
    },
  ],
  [
    'delete by statements',
    0,
    2,
    6,
    (client, TableName) => {
      const Statement = `DELETE FROM "${TableName}" WHERE pk = ? AND sk = ?`;
      const Statements = ['large', '?'].map((sk) => ({ Statement, Parameters: ['a', sk] }));
      return client.send(new BatchExecuteStatementCommand({ Statements }));
    },
  ],
  [
    'insert by a statement',
    0,
    1,
    3,
    (client, TableName) => {
      const Statement = `INSERT INTO "${TableName}" VALUE {'pk': ?, 'sk': ?, 'text': ?, 'more': ?}`;
      const Statements = [{ Statement, Parameters: ['a', 'new', 'x'.repeat(2_500), 'large'] }];
      return client.send(new BatchExecuteStatementCommand({ Statements }));
    },
  ],
];

test.each(REQUESTS)('%s: items and units are counted as DynamoDB counts them', async (_, read, written, units, send) => {
  await using plain = await testTable();
  for (const one of [item('small', 900), item('large', 5_000)])
    await plain.client.send(new PutCommand({ TableName: plain.name, Item: one }));

  const config = { ...LOCAL_CREDENTIALS, endpoint: process.env.TEST_DYNAMODB_ENDPOINT ?? '' };
  const table = openTable(plain.name, config);
  const { client: observer } = openTable(plain.name, config);
  let consumed: unknown;
  const tally = await makeCounting(
    table,
    observer,
  )(async () => {
    consumed = (await send(table.client, table.name)).ConsumedCapacity;
  });
  table.client.destroy();
  observer.destroy();

  expect(tally).toMatchObject({ trips: 1, requests: 1, read, written });
  expect(tally.readUnits + tally.writeUnits).toBe(units);
  expect(Object(consumed).CapacityUnits ?? units).toBe(units);
});
