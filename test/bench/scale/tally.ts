import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Table } from '../../../lambdas/store/table.ts';
import { makeStrict, type SentRequest } from '../../support/strict-dynamodb.ts';
import { type Item, itemBytes, readUnits, writeUnits } from './request-units.ts';

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

type Cost = Omit<Tally, 'trips' | 'requests'>;

/** A request of the SDK's or its answer, as it goes over the wire. */
interface Wire {
  readonly TableName?: string;
  readonly ConsistentRead?: boolean;
  readonly ProjectionExpression?: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly Items?: readonly Item[];
  readonly ScannedCount?: number;
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly Item[]; readonly ConsistentRead?: boolean }>>;
  readonly TransactItems?: readonly Readonly<Record<string, Wire>>[];
  readonly Statements?: readonly { readonly Parameters: readonly AttributeValue[] }[];
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const readCost = (read: number, units: number): Cost => ({ read, written: 0, readUnits: units, writeUnits: 0 });
const isConsistent = ({ ConsistentRead }: { readonly ConsistentRead?: boolean }) => ({ consistent: ConsistentRead === true });

/** What is read is told by the answer. */
const READS: Readonly<Record<string, (input: Wire, output: Wire) => Cost>> = {
  GetItem: (input, { Item }) => readCost(Item ? 1 : 0, readUnits(Item ? itemBytes(Item) : 0, isConsistent(input))),
  // All items are added up before they are rounded.
  Query: (input, { Items = [] }) => readCost(Items.length, readUnits(sum(Items.map(itemBytes)), isConsistent(input))),
  BatchGetItem({ RequestItems = {} }, { Responses = {} }) {
    const costs = Object.entries(RequestItems).map(([table, asked]) => {
      const found = Responses[table] ?? [];
      const missing = asked.Keys.slice(found.length).map(() => 0);
      return readCost(found.length, sum([...found.map(itemBytes), ...missing].map((bytes) => readUnits(bytes, isConsistent(asked)))));
    });
    return total(costs);
  },
};

const keyOf = ({ Key, Item = {} }: Wire): Item => Key ?? { pk: Item.pk as AttributeValue, sk: Item.sk as AttributeValue };

/** The keys of what is written. A statement names its item by its last two parameters, as strict-dynamodb makes sure. */
const WRITES: Readonly<Record<string, (input: Wire) => Item[]>> = {
  PutItem: (input) => [keyOf(input)],
  UpdateItem: (input) => [keyOf(input)],
  DeleteItem: (input) => [keyOf(input)],
  TransactWriteItems: ({ TransactItems = [] }) => TransactItems.flatMap((item) => Object.values(item)).map(keyOf),
  BatchExecuteStatement: ({ Statements = [] }) =>
    Statements.map(({ Parameters }) => ({ pk: Parameters.at(-2) as AttributeValue, sk: Parameters.at(-1) as AttributeValue })),
};

const total = (costs: readonly Cost[]): Cost => ({
  read: sum(costs.map(({ read }) => read)),
  written: sum(costs.map(({ written }) => written)),
  readUnits: sum(costs.map((cost) => cost.readUnits)),
  writeUnits: sum(costs.map((cost) => cost.writeUnits)),
});

/**
 * Makes a table's client count. What a write costs is told by the larger of its item before and after, which `observer`, a
 * client of its own, reads: that is not counted, but takes time, so what is counted is not to be timed.
 */
export function makeCounting(table: Table, observer: DynamoDBClient): (act: () => Promise<unknown>) => Promise<Tally> {
  const strict = makeStrict(table.client);
  return async (act) => {
    const costs: Cost[] = [];
    using _ = strict.disturb(async (request, pass) => {
      const { cost, output } = await weigh(request, pass, (keys) => sizesOf(observer, table.name, keys));
      costs.push(cost);
      return output;
    });
    const { depth, requests } = await strict.measure(act);
    return { trips: depth, requests, ...total(costs) };
  };
}

type Sizes = (keys: readonly Item[]) => Promise<ReadonlyMap<string, number>>;

async function weigh({ command, input }: SentRequest, pass: () => Promise<object>, sizes: Sizes): Promise<{ cost: Cost; output: object }> {
  const read = READS[command];
  if (read) {
    const output: Wire = await pass();
    const left = (output.ScannedCount ?? 0) - (output.Items?.length ?? 0);
    if (left > 0 || (input as Wire).ProjectionExpression) throw new Error(`${command}: its answer does not tell what it has read`);
    return { cost: read(input as Wire, output), output };
  }
  const keys = WRITES[command]?.(input as Wire);
  if (!keys) throw new Error(`what ${command} costs is not known here: add it to ${import.meta.url}`);
  const before = await sizes(keys);
  const output = await pass();
  const after = await sizes(keys);
  const transaction = command === 'TransactWriteItems';
  const units = keys.map(nameOf).map((name) => writeUnits(Math.max(before.get(name) ?? 0, after.get(name) ?? 0), { transaction }));
  return { cost: { read: 0, written: keys.length, readUnits: 0, writeUnits: sum(units) }, output };
}

const nameOf = ({ pk, sk }: Item) => `${pk?.S}\n${sk?.S}`;

/** The bytes of the items that are there. A transaction has no more keys than one of these requests takes. */
async function sizesOf(client: DynamoDBClient, table: string, keys: readonly Item[]): Promise<ReadonlyMap<string, number>> {
  const RequestItems = { [table]: { Keys: [...keys], ConsistentRead: true } };
  const { Responses } = await client.send(new BatchGetItemCommand({ RequestItems }));
  return new Map((Responses?.[table] ?? []).map((item) => [nameOf(item), itemBytes(item)]));
}
