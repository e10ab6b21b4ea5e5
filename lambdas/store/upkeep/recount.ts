import { setTimeout as sleep } from 'node:timers/promises';
import { type CountItem, FORMAT, isNewer } from '../items.ts';
import { collectionKey, countKey, type Kind, prefixOf, shardOf } from '../keys.ts';
import { countItems, getItem } from '../read.ts';
import { transact } from '../send.ts';
import type { Table } from '../table.ts';
import { scopeOfStep } from './scan.ts';
import type { Located } from './survey.ts';

/** What a scan found of the resources that are counted together: how many there are, and how many their count says. */
export interface Tally {
  readonly directory: string;
  readonly type: Kind;
  readonly prefix: string;
  resources: number;
  counted: number;
}

/** Notes one item among the tallies. */
export function tally(tallies: Map<string, Tally>, { item, place, type }: Located): void {
  if (place.kind !== 'resource' && place.kind !== 'count') return;
  const { directory } = place;
  const prefix = place.kind === 'count' ? place.prefix : prefixOf(type, place.id);
  const name = [directory, type.name, prefix].join('#');
  const noted = tallies.get(name) ?? { directory, type, prefix, resources: 0, counted: 0 };
  if (place.kind === 'count') noted.counted = Number(item.n);
  else noted.resources++;
  tallies.set(name, noted);
}

const ATTEMPTS = 5;

/**
 * Counts the resources that are counted together, and sets their count if it is wrong. Whoever creates or removes one moves the
 * count's `changes` in the same transaction, so that a count of resources is right if `changes` is the same before it and when
 * it is written. A transaction is not seen all at once, though, while it is being committed. If its resource is seen first, its
 * count item is still held, our write waits for it and is refused. If its count item is seen first, `changes` says what the
 * resources do not say yet: hence the pause, in which such a transaction ends.
 */
export async function recount(table: Table, tallied: Tally, pause: number): Promise<'right' | 'recounted' | 'busy'> {
  const { directory, type, prefix } = tallied;
  const key = countKey(directory, type, prefix);
  const collection = collectionKey(directory, type, shardOf(type, prefix));
  // What has given ids is counted as one.
  const range = type.givenIds ? undefined : ({ is: 'beginningWith', sk: prefix } as const);
  const readCount = () => getItem<CountItem>(table, scopeOfStep(directory), key);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const read = await readCount();
    if (read && isNewer(read)) return 'right';
    await sleep(pause);
    const resources = await countItems(table, scopeOfStep(directory), collection, range);
    if (resources !== (read?.n ?? 0)) {
      if (await setCount(table, tallied, resources, read?.changes)) return 'recounted';
    } else if ((await readCount())?.changes === read?.changes) return 'right';
  }
  return 'busy';
}

/** False, and nothing written, if the count has moved. Without `changes`, one item says no more than none: nobody has moved it. */
async function setCount(table: Table, { directory, type, prefix }: Tally, n: number, changes: number | undefined): Promise<boolean> {
  const update = {
    Key: countKey(directory, type, prefix),
    UpdateExpression: 'SET n = :n, #format = :format ADD changes :one',
    ConditionExpression: changes === undefined ? 'attribute_not_exists(changes)' : 'changes = :changes',
    ExpressionAttributeNames: { '#format': 'format' },
    ExpressionAttributeValues: { ':n': n, ':format': FORMAT, ':one': 1, ...(changes !== undefined && { ':changes': changes }) },
  };
  // A transaction of one: repeated after a lost answer, it is not refused for what it has done itself.
  const failed = await transact(scopeOfStep(directory), table, [{ Update: update }]);
  return failed.length === 0;
}
