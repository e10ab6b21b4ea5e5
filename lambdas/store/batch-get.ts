import { BatchGetCommand, type BatchGetCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Scope } from '../directory/store.ts';
import { inBatches } from './batches.ts';
import { type Key, textOf } from './keys.ts';
import { patience } from './patience.ts';
import { send } from './send.ts';
import type { Table } from './table.ts';

const KEYS_PER_BATCH = 100;

/** The items of some keys, by the text of their keys; those that are not there are left out. One batch after the other. */
export async function getItems<T extends Key>(table: Table, scope: Scope, keys: readonly Key[]): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  // DynamoDB refuses a batch that names a key twice.
  const distinct = [...new Map(keys.map(({ pk, sk }) => [textOf({ pk, sk }), { pk, sk }])).values()];
  for (const batch of inBatches(distinct, KEYS_PER_BATCH))
    for (const item of await getBatch<T>(table, scope, batch)) found.set(textOf(item), item);
  return found;
}

/** One batch, and again what DynamoDB left undone of it: a batch ends at 16 MB, and where it is too fast. */
async function getBatch<T extends Key>({ client, name }: Table, scope: Scope, keys: Key[]): Promise<T[]> {
  const items: T[] = [];
  let left: BatchGetCommandInput['RequestItems'] = { [name]: { Keys: keys, ConsistentRead: true } };
  let wait = patience(scope);
  while (left && Object.keys(left).length > 0) {
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
