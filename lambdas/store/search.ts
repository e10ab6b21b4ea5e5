import type { Criteria, Page, Scope, Window } from '../directory/store.ts';
import { compileFilter } from '../scim/filter/compile.ts';
import type { Filter } from '../scim/filter/parse.ts';
import { oncePer } from '../scim/once-per.ts';
import { represent, type StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { compileSort, inOrder, type Order } from '../scim/sort.ts';
import { NOTHING_REMEMBERED, type Position, readBookmark, readerOf } from './bookmarks.ts';
import { budgetOf, type SearchLimits } from './budget.ts';
import { candidates } from './candidates.ts';
import { listResources } from './list.ts';
import type { Search } from './lookup.ts';
import { pageOf } from './page.ts';
import { type AccessPath, planFilter, WALK } from './plan.ts';
import { READINGS } from './read.ts';
import { relating } from './relations.ts';
import type { Table } from './table.ts';

/** The resources of a type, those that match the filter if there is one, in the order of ids if no other is wanted. */
export async function searchResources(
  table: Table,
  limits: SearchLimits,
  scope: Scope,
  type: ResourceType,
  window: Window,
  criteria: Criteria = {},
): Promise<Page> {
  const { filter, sort } = criteria;
  const wanted = sort && compileSort(type, sort);
  const order = wanted?.isNative ? undefined : wanted;
  if (!filter && !order) return listResources(table, scope, type, window);
  const budget = budgetOf(type, limits, order !== undefined && !filter);
  const looking: Search = { table, scope, type, budget };
  const resourceOf = oncePer((stored: StoredResource) =>
    represent(type, stored, { groups: (stored.groupIds ?? []).map((id) => ({ id })) }),
  );
  const reader = readerOf(scope, type, criteria);
  const path = filter ? planFilter(type, filter) : WALK;
  // Of what leads to one resource there is no second page.
  const isPaged = window.count > 0 && !(window.startIndex === 1 && (path.kind === 'id' || path.kind === 'unique'));
  const [found, { bookmark, hasBookmarks }] = await Promise.all([
    filter ? matches(looking, path, filter) : candidates(looking, path, async (all) => [...all]),
    isPaged ? readBookmark(table, scope, reader, window.startIndex) : NOTHING_REMEMBERED,
  ]);
  if (order) budget.sorted(found.length);
  const ordered = order ? inOrder(order, found, resourceOf) : found;
  const positionOf = (stored: StoredResource): Position => {
    const value = order?.valueOf(resourceOf(stored));
    return { id: stored.id, ...(value !== undefined && { value }) };
  };
  const isBehind = (place: Position) => (stored: StoredResource) => compare(positionOf(stored), place, order) > 0;
  // How many resources there are less, or more, in front of the bookmark than when it was left.
  const shift = bookmark ? countUntil(ordered, isBehind(bookmark.position)) - (bookmark.startIndex - 1) : 0;
  const rest = ordered.slice(Math.max(0, window.startIndex - 1 + shift));
  return pageOf(table, scope, reader, hasBookmarks, window, { total: ordered.length, rest }, positionOf);
}

/**
 * What a path leads to is held against a filter, with what is kept apart from it laid beside it as far as the filter asks for that; once more if
 * others have changed that meanwhile, but not for ever.
 */
async function matches(search: Search, path: AccessPath, filter: Filter): Promise<StoredResource[]> {
  const { type } = search;
  const holds = compileFilter(filter, type.attributes, { coreUrn: type.schema.id });
  for (let reading = 1; ; reading++) {
    const { relate, isWhole } = relating(search, filter);
    const found = await candidates(search, path, async (resources) => {
      const relations = await relate(resources);
      return resources.filter((stored, i) => holds(represent(type, stored, relations[i])));
    });
    if (reading === READINGS || (await isWhole())) return found;
  }
}

/** Which of two places comes first: those that are sorted alike stay in the order of ids. */
function compare(a: Position, b: Position, order: Order | undefined): number {
  const byValue = order?.compare(a.value, b.value) ?? 0;
  return byValue !== 0 ? byValue : a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}

function countUntil<T>(items: readonly T[], isEnd: (item: T) => boolean): number {
  const end = items.findIndex(isEnd);
  return end < 0 ? items.length : end;
}
