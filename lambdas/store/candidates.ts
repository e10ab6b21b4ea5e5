import pMap from 'p-map';
import type { Scope } from '../directory/store.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import type { Budget } from './budget.ts';
import { readCounts, totalOf } from './counts.ts';
import { SHARDS, UNIQUE, valueKey } from './keys.ts';
import type { AccessPath, Lookup } from './plan.ts';
import { AT_ONCE, collectionPages, getItem, getResources, queryPages } from './read.ts';
import type { Table } from './table.ts';

type Matches = (stored: StoredResource) => boolean;

/** The resources that an access path leads to and that match, in the order of ids. */
export async function candidates(
  table: Table,
  scope: Scope,
  type: ResourceType,
  path: AccessPath,
  matches: Matches,
  budget: Budget,
): Promise<StoredResource[]> {
  if (path.kind === 'walk') return walk(table, scope, type, matches, budget);
  const lookups = path.kind === 'union' ? path.of : [path];
  const ids = await pMap(lookups, (lookup) => idsOf(table, scope, type, lookup, budget), { concurrency: AT_ONCE });
  // An entry may outlive what it stands for: what is found is held against the filter.
  return (await getResources(table, scope, type, ids.flat(), budget.time)).filter(matches);
}

/** The ids that a lookup leads to. */
async function idsOf(table: Table, scope: Scope, type: ResourceType, lookup: Lookup, budget: Budget): Promise<readonly string[]> {
  if (lookup.kind === 'id') return [lookup.id];
  const pk = valueKey(scope.directory, type.name, lookup.attribute, lookup.value);
  if (lookup.kind === 'unique') {
    const entry = await getItem<{ id: string }>(table, scope, { pk, sk: UNIQUE });
    return entry ? [entry.id] : [];
  }
  const ids: string[] = [];
  for await (const entries of queryPages<{ sk: string }>(table, scope, pk)) {
    budget.resources(entries.length);
    ids.push(...entries.map(({ sk }) => sk));
  }
  return ids;
}

/** Reads every resource of a type, all collections at once, if there are not too many of them. */
async function walk(table: Table, scope: Scope, type: ResourceType, matches: Matches, budget: Budget): Promise<StoredResource[]> {
  budget.resources(totalOf(await readCounts(table, scope, type)));
  const shards = await Promise.all(
    SHARDS.map(async (shard) => {
      const found: StoredResource[] = [];
      for await (const page of collectionPages(table, scope, type, shard)) {
        budget.page();
        found.push(...page.filter(matches));
      }
      return found;
    }),
  );
  return shards.flat();
}
