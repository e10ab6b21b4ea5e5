import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Item, itemBytes } from '../../../lambdas/store/item-size.ts';
import type { Key } from '../../../lambdas/store/keys.ts';
import type { Table } from '../../../lambdas/store/table.ts';
import { makeStrict, type SentRequest } from '../../support/strict-dynamodb.ts';
import { readUnits, writeUnits } from './request-units.ts';

/** What something asked of DynamoDB. */
export interface Tally {
  /** How many requests had to wait for one another. */
  readonly trips: number;
  readonly requests: number;
  /** Items that came back. */
  readonly read: number;
  /** Items that were put, updated or deleted. */
  readonly written: number;
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** What one request takes. */
export type Cost = Omit<Tally, 'trips' | 'requests'>;

/** Write units of each item that a request writes. */
export type Written = readonly { readonly key: Key; readonly units: number }[];

type WireKey = Readonly<Record<string, AttributeValue>>;

/** A request of the SDK's, its values as they go over the wire. */
interface Input {
  readonly TableName?: string;
  readonly ProjectionExpression?: string;
  readonly Key?: WireKey;
  readonly Item?: WireKey;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly WireKey[]; readonly ProjectionExpression?: string }>>;
  readonly TransactItems?: readonly Readonly<Record<string, Input>>[];
  readonly Statements?: readonly StatementInput[];
}

interface StatementInput {
  readonly Statement: string;
  readonly Parameters: readonly AttributeValue[];
}

/** Its answer, as the document client gives it. */
interface Output {
  readonly Item?: Item;
  readonly Items?: readonly Item[];
  readonly ScannedCount?: number;
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const readCost = (read: number, units: number): Cost => ({ read, written: 0, readUnits: units, writeUnits: 0 });

/**
 * What is read is told by the answer, unless that has a part of each item alone: all of it is paid for. All of it is strongly consistent:
 * strict-dynamodb refuses other reads.
 */
const READS: Readonly<Record<string, (input: Input, output: Output, sizes: Sizes) => Cost | Promise<Cost>>> = {
  GetItem: (_, { Item }) => readCost(Item ? 1 : 0, readUnits(Item ? itemBytes(Item) : 0)),
  // All items are added up before they are rounded.
  Query: (_, { Items = [] }) => readCost(Items.length, readUnits(sum(Items.map(itemBytes)))),
  async BatchGetItem({ RequestItems = {} }, { Responses = {} }, sizes) {
    const costs = Object.entries(RequestItems).map(async ([table, asked]) => {
      const answered = Responses[table] ?? [];
      const isPart = asked.ProjectionExpression !== undefined;
      const found = isPart ? [...(await sizes(asked.Keys.map((Key) => keyOf({ Key })))).values()] : answered.map(itemBytes);
      const missing = asked.Keys.slice(found.length).map(() => 0);
      return readCost(answered.length, sum([...found, ...missing].map(readUnits)));
    });
    return total(await Promise.all(costs));
  },
};

const toKey = (pk?: AttributeValue, sk?: AttributeValue): Key => ({ pk: pk?.S ?? '', sk: sk?.S ?? '' });
const keyOf = ({ Key, Item = {} }: Input): Key => toKey((Key ?? Item).pk, (Key ?? Item).sk);

/** A statement names its item by its last two parameters, or the first two if it inserts that, as strict-dynamodb makes sure. */
const keyOfStatement = ({ Statement, Parameters }: StatementInput): Key =>
  toKey(...(Statement.startsWith('INSERT') ? Parameters.slice(0, 2) : Parameters.slice(-2)));

/** The keys of what is written. */
const WRITES: Readonly<Record<string, (input: Input) => Key[]>> = {
  PutItem: (input) => [keyOf(input)],
  UpdateItem: (input) => [keyOf(input)],
  DeleteItem: (input) => [keyOf(input)],
  TransactWriteItems: ({ TransactItems = [] }) => TransactItems.flatMap((item) => Object.values(item)).map(keyOf),
  BatchExecuteStatement: ({ Statements = [] }) => Statements.map(keyOfStatement),
};

const total = (costs: readonly Cost[]): Cost => ({
  read: sum(costs.map(({ read }) => read)),
  written: sum(costs.map(({ written }) => written)),
  readUnits: sum(costs.map((cost) => cost.readUnits)),
  writeUnits: sum(costs.map((cost) => cost.writeUnits)),
});

/**
 * Makes a table's client count. What a write costs is told by the larger of its item before and after, which `observer`, a
 * client of its own, reads: that is not counted, but takes time, so what is counted is not to be timed. `tell` learns of each request.
 */
export function makeCounting(
  table: Table,
  observer: DynamoDBDocumentClient,
  tell: (cost: Cost, written: Written) => void = () => {},
): (act: () => Promise<unknown>) => Promise<Tally> {
  const strict = makeStrict(table.client);
  return async (act) => {
    const costs: Cost[] = [];
    using _ = strict.disturb(async (request, pass) => {
      const { cost, written, output } = await weigh(request, pass, (keys) => sizesOf(observer, table.name, keys));
      costs.push(cost);
      tell(cost, written);
      return output;
    });
    const { depth, requests } = await strict.measure(act);
    return { trips: depth, requests, ...total(costs) };
  };
}

type Sizes = (keys: readonly Key[]) => Promise<ReadonlyMap<string, number>>;

interface Weighed {
  readonly cost: Cost;
  readonly written: Written;
  readonly output: object;
}

async function weigh({ command, input }: SentRequest, pass: () => Promise<object>, sizes: Sizes): Promise<Weighed> {
  const read = READS[command];
  if (read) {
    const output: Output = await pass();
    const left = (output.ScannedCount ?? 0) - (output.Items?.length ?? 0);
    if (left > 0 || (input as Input).ProjectionExpression) throw new Error(`${command}: its answer does not tell what it has read`);
    return { cost: await read(input as Input, output, sizes), written: [], output };
  }
  const keys = WRITES[command]?.(input as Input);
  if (!keys) throw new Error(`what ${command} costs is not known here: add it to ${import.meta.url}`);
  const before = await sizes(keys);
  const output = await pass();
  const after = await sizes(keys);
  const transaction = command === 'TransactWriteItems';
  const bytesOf = (name: string) => Math.max(before.get(name) ?? 0, after.get(name) ?? 0);
  const written = keys.map((key) => ({ key, units: writeUnits(bytesOf(nameOf(key)), { transaction }) }));
  return { cost: { read: 0, written: keys.length, readUnits: 0, writeUnits: sum(written.map(({ units }) => units)) }, written, output };
}

const nameOf = ({ pk, sk }: Key) => `${pk}\n${sk}`;

/** The bytes of the items that are there. A transaction has no more keys than one of these requests takes. */
async function sizesOf(client: DynamoDBDocumentClient, table: string, keys: readonly Key[]): Promise<ReadonlyMap<string, number>> {
  const RequestItems = { [table]: { Keys: [...keys], ConsistentRead: true } };
  const { Responses } = await client.send(new BatchGetCommand({ RequestItems }));
  return new Map((Responses?.[table] ?? []).map((item) => [nameOf(item as unknown as Key), itemBytes(item)]));
}
