import pMap from 'p-map';
import type { Scope } from '../directory/store.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import type { Budget } from './budget.ts';
import { readCounts, totalOf } from './counts.ts';
import type { ResourceItem } from './items.ts';
import { membersKeys, resourceKey, SHARDS, UNIQUE, valueKey } from './keys.ts';
import type { AccessPath, Lookup } from './plan.ts';
import { AT_ONCE, collectionPages, getItem, getResources, isId, queryPages } from './read.ts';
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
  if (lookup.kind === 'membership') return membersOf(table, scope, lookup.group, budget);
  const pk = valueKey(scope.directory, type.name, lookup.attribute, lookup.value);
  if (lookup.kind === 'unique') {
    const entry = await getItem<{ id: string }>(table, scope, { pk, sk: UNIQUE });
    return entry ? [entry.id] : [];
  }
  return sortKeys(table, scope, pk, budget);
}

async function membersOf(table: Table, scope: Scope, groupId: string, budget: Budget): Promise<readonly string[]> {
  const group = isId(groupId) ? await getItem<ResourceItem>(table, scope, resourceKey(scope.directory, 'Group', groupId)) : undefined;
  if (!group) return [];
  const keys = membersKeys(scope.directory, groupId, group.fan ?? 1);
  return (await Promise.all(keys.map((pk) => sortKeys(table, scope, pk, budget)))).flat();
}

async function sortKeys(table: Table, scope: Scope, pk: string, budget: Budget): Promise<string[]> {
  const all: string[] = [];
  for await (const items of queryPages<{ sk: string }>(table, scope, pk)) {
    budget.resources(items.length);
    all.push(...items.map(({ sk }) => sk));
  }
  return all;
}

/** Reads every resource of a type, all collections at once, if there are not too many of them. */
async function walk(table: Table, scope: Scope, type: ResourceType, matches: Matches, budget: Budget): Promise<StoredResource[]> {
  budget.walk(totalOf(await readCounts(table, scope, type)));
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
