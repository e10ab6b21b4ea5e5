import { createHash } from 'node:crypto';
import { BatchWriteCommand, type BatchWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { startTrace } from '../../../lambdas/directory/store.ts';
import type { StoredResource } from '../../../lambdas/scim/resource.ts';
import { DEFAULT_SETTINGS } from '../../../lambdas/scim/schemas/settings.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { validate } from '../../../lambdas/scim/validate.ts';
import { indexEntries } from '../../../lambdas/store/index-entries.ts';
import { type CountItem, claim, FORMAT, newStamp, toItem } from '../../../lambdas/store/items.ts';
import { countKey, resourceKey } from '../../../lambdas/store/keys.ts';
import type { Table } from '../../../lambdas/store/table.ts';
import { userBody } from '../../support/users.ts';

/*
 * Puts the very items into a table that the store would have, without its transactions: those would take hours. DynamoDB Local
 * does some three thousand items in a second, whatever else is done here.
 */

const CREATED = '2026-01-01T00:00:00.000Z';
const ITEMS_PER_BATCH = 25;
/** How many batches are under way at once. More are no faster. */
const BATCHES_AT_ONCE = 16;

/** The id of the n-th user: a UUID like a random one, and the same in each run. */
export function idOf(n: number): string {
  const hex = createHash('sha256').update(`user ${n}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

export interface Loaded {
  /** How many items are in the table. */
  readonly items: number;
  /** How many of them are counts. */
  readonly counts: number;
}

/** Fills an empty table with a directory of users. `onUser` is told how many of them have been made. */
export async function loadUsers(table: Table, directory: string, users: number, onUser: (made: number) => void): Promise<Loaded> {
  const counts = new Map<string, CountItem>();
  const items = await writeItems(table, itemsOf(directory, users, counts, onUser));
  return { items, counts: counts.size };
}

/** Puts items into a table; gives how many. */
export async function writeItems(table: Table, all: Iterable<object>): Promise<number> {
  let items = 0;
  const batches = batchesOf(all);
  // All take from one generator: it ends for all of them where one fails.
  const write = async () => {
    for (const batch of batches) {
      await writeBatch(table, batch);
      items += batch.length;
    }
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, write));
  return items;
}

/** Every item of every user, and the counts behind them, which it collects in `counts`. */
function* itemsOf(directory: string, users: number, counts: Map<string, CountItem>, onUser: (made: number) => void): Generator<object> {
  for (let n = 0; n < users; n++) {
    const stored = storedUser(n);
    const { id, body } = stored;
    const stamp = newStamp({ directory, credential: '', settings: DEFAULT_SETTINGS, deadline: 0, trace: startTrace(id) });
    yield toItem(resourceKey(directory, user, id), stored, stamp);
    for (const entry of indexEntries(directory, user, id, body)) yield claim(entry, id).Put?.Item ?? {};
    const key = countKey(directory, user, id);
    const here = (counts.get(key.sk)?.n ?? 0) + 1;
    counts.set(key.sk, { ...key, n: here, changes: here, format: FORMAT });
    onUser(n + 1);
  }
  yield* counts.values();
}

/** The n-th user as a create would have it. */
export function storedUser(n: number): StoredResource {
  const { resource: body } = validate(user, userBody(n), { to: 'create' });
  return { id: idOf(n), rev: 1, version: 1, created: CREATED, lastModified: CREATED, body };
}

function* batchesOf(items: Iterable<object>): Generator<object[]> {
  let batch: object[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < ITEMS_PER_BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function writeBatch({ client, name }: Table, items: readonly object[]): Promise<void> {
  let left: BatchWriteCommandInput['RequestItems'] = { [name]: items.map((Item) => ({ PutRequest: { Item } })) };
  while (left && Object.keys(left).length > 0) {
    const command: BatchWriteCommand = new BatchWriteCommand({ RequestItems: left });
    left = (await client.send(command)).UnprocessedItems;
  }
}
