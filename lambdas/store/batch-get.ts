import { BatchGetCommand, type BatchGetCommandInput } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import type { Scope } from '../directory/store.ts';
import { inBatches } from './batches.ts';
import { type Key, textOf } from './keys.ts';
import { patience } from './patience.ts';
import { send } from './send.ts';
import type { Table } from './table.ts';

const KEYS_PER_BATCH = 100;
/** How many batches are under way at once. The answer to one has up to 16 MB, and a function has 1 GB for all that it does. */
const BATCHES = 4;
/** The same where the items are small, or little of them is wanted. */
export const SMALL_BATCHES = 16;

interface Options {
  /** The paths of the attributes that are wanted beside the keys; all if absent. */
  readonly attributes?: readonly (readonly string[])[];
  /** How many batches may be under way at once: more than by default where the items are small. */
  readonly concurrency?: number;
}

type Asked = NonNullable<BatchGetCommandInput['RequestItems']>[string];

/** The items of some keys, by the text of their keys; those that are not there are left out. */
export async function getItems<T extends Key>(
  table: Table,
  scope: Scope,
  keys: readonly Key[],
  { attributes, concurrency = BATCHES }: Options = {},
): Promise<Map<string, T>> {
  // DynamoDB refuses a batch that names a key twice.
  const distinct = [...new Map(keys.map(({ pk, sk }) => [textOf({ pk, sk }), { pk, sk }])).values()];
  const projected = attributes && projection([['pk'], ['sk'], ...attributes]);
  const read = (batch: Key[]) => getBatch<T>(table, scope, { Keys: batch, ConsistentRead: true, ...projected });
  const found = await pMap(inBatches(distinct, KEYS_PER_BATCH), read, { concurrency });
  return new Map(found.flat().map((item) => [textOf(item), item]));
}

/** Each name by a word of its own: some are DynamoDB's own words, and an attribute's may have dots. */
function projection(paths: readonly (readonly string[])[]): Pick<Asked, 'ProjectionExpression' | 'ExpressionAttributeNames'> {
  const names = [...new Set(paths.flat())];
  const word = (name: string) => `#${names.indexOf(name)}`;
  return {
    ProjectionExpression: paths.map((path) => path.map(word).join('.')).join(', '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [word(name), name])),
  };
}

/** One batch, and again what DynamoDB left undone of it: a batch ends at 16 MB, and where it is too fast. */
async function getBatch<T extends Key>({ client, name }: Table, scope: Scope, asked: Asked): Promise<T[]> {
  const items: T[] = [];
  let left: BatchGetCommandInput['RequestItems'] = { [name]: asked };
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
