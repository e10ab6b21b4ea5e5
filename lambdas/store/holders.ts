import type { Scope } from '../directory/store.ts';
import type { Candidate } from '../scim/catalogue.ts';
import { keyOf } from '../scim/compare.ts';
import { holds } from '../scim/grants.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { getItems } from './batch-get.ts';
import { inBatches } from './batches.ts';
import { indexedAttribute } from './index-entries.ts';
import { fromItem, type ResourceItem } from './items.ts';
import { resourceKey, valueKey } from './keys.ts';
import { queryPages } from './read.ts';
import type { Table } from './table.ts';

const RESOURCES_PER_BATCH = 400;
/** How many holders are counted by themselves. Of more, the index entries are: nobody decides anything by whether it is one less. */
const COUNTED_EXACTLY = 1_000;

/** The ids of the resources of a type to which one is granted, some at a time. */
export async function* holders(table: Table, scope: Scope, type: ResourceType, granted: Candidate): AsyncGenerator<string[]> {
  for await (const ids of idsByGrant(table, scope, type, granted)) yield await readHolders(table, scope, type, granted, ids);
}

export async function countHolders(table: Table, scope: Scope, type: ResourceType, granted: Candidate): Promise<number> {
  let total = 0;
  for await (const ids of idsByGrant(table, scope, type, granted))
    total += total < COUNTED_EXACTLY ? (await readHolders(table, scope, type, granted, ids)).length : ids.length;
  return total;
}

/** An entry says that somebody has the value: whether as one of that type, and still, the resource itself tells. Nothing else of it is sent. */
async function readHolders(table: Table, scope: Scope, type: ResourceType, granted: Candidate, ids: readonly string[]) {
  const keys = ids.map((id) => resourceKey(scope.directory, type, id));
  const attributes = [['format'], ...type.grants.map(({ attribute }) => ['body', attribute])];
  const items = await getItems<ResourceItem>(table, scope, keys, { attributes });
  // One that is granted nothing comes without a body.
  return [...items.values()].map(fromItem).flatMap(({ id, body = {} }) => (holds(type, body, granted) ? [id] : []));
}

/** The ids of those of a type whose index entries say that one is granted to them, some at a time. */
export async function* idsByGrant(table: Table, scope: Scope, type: ResourceType, granted: Candidate): AsyncGenerator<string[]> {
  for (const { attribute, types } of type.grants) {
    if (!types.includes(granted.type)) continue;
    const path = `${attribute}.value`;
    const value = String(keyOf(indexedAttribute(type, path).attribute)(granted.id));
    for await (const entries of queryPages<{ sk: string }>(table, scope, valueKey(scope.directory, type.name, path, value)))
      yield* inBatches(
        entries.map(({ sk }) => sk),
        RESOURCES_PER_BATCH,
      );
  }
}
