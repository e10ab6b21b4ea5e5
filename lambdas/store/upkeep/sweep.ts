import type { ResourceType } from '../../scim/schemas/resource-type.ts';
import { getItems } from '../batch-get.ts';
import { inBatches } from '../batches.ts';
import { indexEntries, MAX_ENTRIES, ownerOf } from '../index-entries.ts';
import { isNewer, type ResourceItem, requireUnchanged } from '../items.ts';
import { type Key, type Place, placeOf, resourceKey, textOf, UNIQUE } from '../keys.ts';
import { getItem } from '../read.ts';
import { transact, type Write } from '../send.ts';
import type { Table } from '../table.ts';
import { scopeOfStep } from './scan.ts';
import type { Located } from './survey.ts';

type EntryPlace = Extract<Place, { kind: 'entry' }>;

/** A resource, whether it is there or not, and keys of entries by which it is found. */
interface Owner {
  readonly directory: string;
  readonly type: ResourceType;
  readonly id: string;
  readonly key: Key;
  readonly entries: Key[];
}

/** How many entries were removed, and how many were left since others kept changing their resources. */
export interface Swept {
  readonly swept: number;
  readonly busy: number;
}

const RESOURCES_PER_BATCH = 100;

/** Groups entries by the resources that they lead to, and those in batches of what is read at once. */
export function ownersOf(entries: readonly Located<EntryPlace>[]): Owner[][] {
  const owners = new Map<string, Owner>();
  for (const { item, place, type } of entries) {
    const id = ownerOf(item);
    // Without one nobody can tell whose it is.
    if (typeof id !== 'string') continue;
    const key = resourceKey(place.directory, type, id);
    const owner = owners.get(textOf(key)) ?? { directory: place.directory, type, id, key, entries: [] };
    owner.entries.push({ pk: item.pk, sk: item.sk });
    owners.set(textOf(key), owner);
  }
  return inBatches([...owners.values()], RESOURCES_PER_BATCH);
}

/** Whether the type of an entry says nothing of the attribute that it is for. */
export function isUndeclared(key: Key, { unique, indexed, indexing }: ResourceType): boolean {
  const place = placeOf(key);
  return place?.kind === 'entry' && ![...unique, ...indexed, ...indexing].includes(place.attribute);
}

export interface SweepOptions {
  /** See `RepairOptions`. */
  readonly dropUndeclared?: boolean;
  /** Whether an entry for a value that its resource holds stays, though it is of the kind that it was before a setting was changed. */
  readonly keepsEitherKind?: boolean;
}

/**
 * Removes those entries whose resource is gone or does not hold their value. Entries of attributes that the type does not declare,
 * but another version may, only of a resource that is gone, unless all of them are to be dropped.
 */
export async function sweep(table: Table, owners: readonly Owner[], way: SweepOptions): Promise<Swept> {
  const keys = owners.map(({ key }) => key);
  const resources = await getItems<ResourceItem>(table, scopeOfStep(), keys);
  const total = { swept: 0, busy: 0 };
  for (const owner of owners) {
    const resource = resources.get(textOf(owner.key));
    const ours = resource && !way.dropUndeclared ? owner.entries.filter((key) => !isUndeclared(key, owner.type)) : owner.entries;
    for (const stale of inBatches(staleEntries({ ...owner, entries: ours }, resource, way), MAX_ENTRIES)) {
      const { swept, busy } = await removeStale(table, { ...owner, entries: stale }, resource, way);
      total.swept += swept;
      total.busy += busy;
    }
  }
  return total;
}

/** What a newer version has written may have entries that this one does not know. */
function staleEntries(
  { directory, type, id, entries }: Owner,
  resource: ResourceItem | undefined,
  { keepsEitherKind = false }: SweepOptions,
): Key[] {
  if (resource && isNewer(resource)) return [];
  const held = resource ? indexEntries(directory, type, id, resource.body) : [];
  // The kinds of entries for one value have one partition key.
  const nameOf = keepsEitherKind ? ({ pk }: Key) => pk : textOf;
  const known = new Set(held.map(({ key }) => nameOf(key)));
  return entries.filter((key) => !known.has(nameOf(key)));
}

const ATTEMPTS = 5;

/**
 * Removes entries on the condition that their resource is what it was when it did not hold their values. Whoever gives it one
 * of them changes its `rev` in the same transaction, and where an id is used again, its `rev` goes on behind those that were (see
 * `create` in directory/operations.ts): so no entry is removed that is needed.
 */
async function removeStale(table: Table, owner: Owner, resource: ResourceItem | undefined, way: SweepOptions): Promise<Swept> {
  let read = resource;
  let left = owner.entries;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const writes = [requireUnchanged(owner.key, read), ...left.map((key) => removal(key, owner.id))];
    const failed = new Set(await transact(scopeOfStep(owner.directory), table, writes));
    if (failed.size === 0) return { swept: left.length, busy: 0 };
    // An entry that is gone, or another resource's by now, is none of ours.
    left = left.filter((_, i) => !failed.has(i + 1));
    if (failed.has(0)) read = await getItem<ResourceItem>(table, scopeOfStep(owner.directory), owner.key);
    left = staleEntries({ ...owner, entries: left }, read, way);
    if (left.length === 0) return { swept: 0, busy: 0 };
  }
  return { swept: 0, busy: left.length };
}

/** Refused for an entry that is not there, so that what is reported as removed has been removed. */
const removal = (Key: Key, id: string): Write => ({
  Delete: {
    Key,
    ...(Key.sk === UNIQUE
      ? { ConditionExpression: 'id = :id', ExpressionAttributeValues: { ':id': id } }
      : { ConditionExpression: 'attribute_exists(pk)' }),
  },
});
