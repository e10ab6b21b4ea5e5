import pMap from 'p-map';
import type { ResourceType } from '../../scim/schemas/resource-type.ts';
import { getItems } from '../batch-get.ts';
import { inBatches } from '../batches.ts';
import { type IndexEntry, indexEntries, MAX_ENTRIES } from '../index-entries.ts';
import { claim, isNewer, type ResourceItem, requireUnchanged } from '../items.ts';
import { type Key, resourceKey, textOf } from '../keys.ts';
import { getItem } from '../read.ts';
import { transact } from '../send.ts';
import type { Table } from '../table.ts';
import { type ScanOptions, scopeOfStep } from './scan.ts';
import { type Located, ofKind, type Survey, survey } from './survey.ts';

/** A value that must be unique and that two resources hold. The value itself is nobody's business here. */
export interface Duplicate {
  readonly directory: string;
  readonly type: string;
  readonly attribute: string;
  /** The resource that is not found by the value. */
  readonly id: string;
  /** The resource that the entry belongs to. */
  readonly holder: string;
}

export interface ReindexReport extends Survey {
  /** Index entries that were missing, and are there now. */
  readonly added: number;
  readonly duplicates: readonly Duplicate[];
  /** Resources that others kept changing: a later reindex looks again. */
  readonly busy: number;
}

/** A resource as it was read, and what of its entries is not as it should be. */
interface Reading {
  readonly directory: string;
  readonly type: ResourceType;
  readonly item: ResourceItem;
  readonly missing: readonly IndexEntry[];
  /** Unique entries that are another resource's. */
  readonly taken: readonly Duplicate[];
}

const RESOURCES_PER_BATCH = 25;
const BATCHES_PER_PAGE = 2;

/**
 * Gives every resource the index entries that it should have, such as those of an attribute that has just been declared as
 * `indexing`. Others may use the table meanwhile, as long as all of them know the attribute. An entry that is no resource's any
 * more keeps a unique value from its owner: `repair` removes such entries, and comes first.
 */
export async function reindex(table: Table, types: readonly ResourceType[], options: ScanOptions = {}): Promise<ReindexReport> {
  const duplicates: Duplicate[] = [];
  const done = { added: 0, busy: 0 };
  const surveyed = await survey(table, types, options, async (located) => {
    const fillBatch = async (batch: Parameters<typeof readEntries>[1]) => {
      for (const reading of await readEntries(table, batch)) {
        const { added, taken, isBusy } = await fill(table, reading);
        done.added += added;
        done.busy += isBusy ? 1 : 0;
        duplicates.push(...taken);
      }
    };
    await pMap(inBatches(ofKind(located, 'resource'), RESOURCES_PER_BATCH), fillBatch, { concurrency: BATCHES_PER_PAGE });
  });
  return { ...surveyed, ...done, duplicates };
}

/** Holds what some resources should have against what is there. */
async function readEntries(table: Table, located: readonly Pick<Located, 'item' | 'place' | 'type'>[]): Promise<Reading[]> {
  const wanted = located.map(({ item, place: { directory }, type }) => {
    const resource = item as Key as ResourceItem;
    return { directory, type, item: resource, entries: indexEntries(directory, type, resource.sk, resource.body) };
  });
  const keys = wanted.flatMap(({ entries }) => entries.map(({ key }) => key));
  const found = await getItems<Key & { id: string }>(table, scopeOfStep(), keys);
  return wanted.map(({ directory, type, item, entries }) => ({
    directory,
    type,
    item,
    missing: entries.filter(({ key }) => !found.has(textOf(key))),
    taken: entries.flatMap(({ key, unique, attribute }) => {
      const holder = found.get(textOf(key))?.id;
      const isTaken = unique && holder !== undefined && holder !== item.sk;
      return isTaken ? [{ directory, type: type.name, attribute, id: item.sk, holder }] : [];
    }),
  }));
}

const ATTEMPTS = 5;

/** Adds what one resource misses. What it seems to share with another is believed if it has not changed since it was read. */
async function fill(table: Table, first: Reading): Promise<{ added: number; taken: readonly Duplicate[]; isBusy: boolean }> {
  const { directory, type, item } = first;
  const key = resourceKey(directory, type, item.sk);
  let reading = first;
  let added = 0;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const put = await addEntries(table, reading, key);
    added += put;
    const isComplete = put === reading.missing.length;
    if (isComplete && reading.taken.length === 0) return { added, taken: [], isBusy: false };

    const now = await getItem<ResourceItem>(table, scopeOfStep(directory), key);
    if (!now || isNewer(now)) return { added, taken: [], isBusy: false };
    if (isComplete && now.rev === reading.item.rev) return { added, taken: reading.taken, isBusy: false };
    const located = {
      item: now as Key as Located['item'],
      place: { kind: 'resource', directory, type: type.name, id: now.sk },
      type,
    } as const;
    [reading = first] = await readEntries(table, [located]);
  }
  return { added, taken: [], isBusy: true };
}

/**
 * Puts missing entries on the condition that their resource is what was read: whoever changes or removes it, or creates another
 * one with its id, either comes before, and this is refused, or after, and finds the entries there. Gives the number of those put;
 * a refusal ends it.
 */
async function addEntries(table: Table, { directory, item, missing }: Reading, key: Key): Promise<number> {
  let added = 0;
  for (const entries of inBatches(missing, MAX_ENTRIES)) {
    const writes = [requireUnchanged(key, item), ...entries.map((entry) => claim(entry, item.sk))];
    const failed = await transact(scopeOfStep(directory), table, writes);
    if (failed.length > 0) return added;
    added += entries.length;
  }
  return added;
}
