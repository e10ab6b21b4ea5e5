import type { Criteria, Page, Scope, Window } from '../directory/store.ts';
import { tooMany } from '../scim/errors.ts';
import { compileFilter } from '../scim/filter/compile.ts';
import { represent, type StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { compileSort } from '../scim/sort.ts';
import { SHARDS, UNIQUE, valueKey } from './keys.ts';
import { listResources } from './list.ts';
import { type AccessPath, planFilter, WALK } from './plan.ts';
import { collectionPages, getItem, getResource, getResources, queryPages } from './read.ts';
import type { Table } from './table.ts';

/** The resources of a type, those that match the filter if there is one, in the order of ids if no other is wanted. */
export async function searchResources(
  table: Table,
  scope: Scope,
  type: ResourceType,
  window: Window,
  { filter, sort }: Criteria = {},
): Promise<Page> {
  const inOrder = sort && compileSort(type, sort);
  if (!filter && !inOrder) return listResources(table, scope, type, window);
  const holds = filter && compileFilter(filter, type.attributes, { coreUrn: type.schema.id });
  const matches = (stored: StoredResource) => !holds || holds(represent(type, stored));
  const found = await candidates(table, scope, type, filter ? planFilter(type, filter) : WALK, matches);
  const resources = inOrder ? inOrder(requireSortable(found), (stored) => represent(type, stored)) : found;
  const first = window.startIndex - 1;
  return { totalResults: resources.length, resources: resources.slice(first, first + window.count) };
}

/** How many resources are put into another order than that of their ids. */
const MAX_SORTED = 10_000;

function requireSortable(found: StoredResource[]): StoredResource[] {
  if (found.length > MAX_SORTED) throw tooMany(`sortBy: ${found.length} resources to sort, expected at most ${MAX_SORTED}`);
  return found;
}

type Matches = (stored: StoredResource) => boolean;

async function candidates(table: Table, scope: Scope, type: ResourceType, path: AccessPath, matches: Matches): Promise<StoredResource[]> {
  switch (path.kind) {
    case 'id': {
      const stored = await getResource(table, scope, type, path.id);
      return stored && matches(stored) ? [stored] : [];
    }
    case 'unique': {
      const key = {
        pk: valueKey(scope.directory, type.name, path.attribute, path.value),
        sk: UNIQUE,
      };
      const entry = await getItem<{ id: string }>(table, scope, key);
      const stored = entry && (await getResource(table, scope, type, entry.id));
      return stored && matches(stored) ? [stored] : [];
    }
    case 'index': {
      const pk = valueKey(scope.directory, type.name, path.attribute, path.value);
      const ids: string[] = [];
      for await (const entries of queryPages<{ sk: string }>(table, scope, {
        pk,
      })) {
        ids.push(...entries.map(({ sk }) => sk));
        requireAffordable(type, ids.length);
      }
      return (await getResources(table, scope, type, ids)).filter(matches);
    }
    case 'walk':
      return walk(table, scope, type, matches);
  }
}

/** How many resources one search may read. */
const MAX_READ = 20_000;

function requireAffordable(type: ResourceType, read: number) {
  if (read <= MAX_READ) return;
  const attributes = ['id', ...type.unique, ...type.indexed].join(', ');
  throw tooMany(`the search needs more than ${MAX_READ} resources to be read: compare one of ${attributes} with eq in a filter`);
}

/** Reads every resource of a type, all collections at once. */
async function walk(table: Table, scope: Scope, type: ResourceType, matches: Matches): Promise<StoredResource[]> {
  let read = 0;
  const shards = await Promise.all(
    SHARDS.map(async (shard) => {
      const found: StoredResource[] = [];
      for await (const page of collectionPages(table, scope, type, shard)) {
        read += page.length;
        requireAffordable(type, read);
        found.push(...page.filter(matches));
      }
      return found;
    }),
  );
  return shards.flat();
}
