import { BatchGetCommand, type BatchGetCommandInput } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import type { Scope } from '../directory/store.ts';
import { inBatches } from './batches.ts';
import { type Key, textOf } from './keys.ts';
import { patience } from './patience.ts';
import { send } from './send.ts';
import type { Table } from './table.ts';

const KEYS_PER_BATCH = 100;

interface GetOptions {
  /** How many batches are under way at once; one if absent. */
  readonly atOnce?: number;
  /** Called before each request; what it throws ends it all. */
  readonly before?: () => void;
}

/** The items of some keys, by the text of their keys; those that are not there are left out. */
export async function getItems<T extends Key>(
  table: Table,
  scope: Scope,
  keys: readonly Key[],
  { atOnce = 1, before = () => {} }: GetOptions = {},
): Promise<Map<string, T>> {
  // DynamoDB refuses a batch that names a key twice.
  const distinct = [...new Map(keys.map(({ pk, sk }) => [textOf({ pk, sk }), { pk, sk }])).values()];
  const getOne = (batch: Key[]) => getBatch<T>(table, scope, batch, before);
  const items = await pMap(inBatches(distinct, KEYS_PER_BATCH), getOne, { concurrency: atOnce });
  return new Map(items.flat().map((item) => [textOf(item), item]));
}

/** One batch, and again what DynamoDB left undone of it: a batch ends at 16 MB, and where it is too fast. */
async function getBatch<T extends Key>({ client, name }: Table, scope: Scope, keys: Key[], before: () => void): Promise<T[]> {
  const items: T[] = [];
  let left: BatchGetCommandInput['RequestItems'] = { [name]: { Keys: keys, ConsistentRead: true } };
  let wait = patience(scope);
  while (left && Object.keys(left).length > 0) {
    before();
    const command: BatchGetCommand = new BatchGetCommand({ RequestItems: left });
    const { Responses, UnprocessedKeys } = await send(scope, (options) => client.send(command, options));
    const found = (Responses?.[name] ?? []) as T[];
    items.push(...found);
    left = UnprocessedKeys;
    if (found.length > 0) wait = patience(scope);
    else if (left && Object.keys(left).length > 0) await wait('throttle');
  }
  return items;
}
