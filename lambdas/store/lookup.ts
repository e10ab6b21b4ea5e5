import pMap from 'p-map';
import type { Scope } from '../directory/store.ts';
import { isId } from '../scim/ids.ts';
import { memberTypes } from '../scim/schemas/registry.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { getItems } from './batch-get.ts';
import type { Budget } from './budget.ts';
import { type EntryItem, ownerOf } from './index-entries.ts';
import { fromItem, type ResourceItem } from './items.ts';
import { GROUP, type Key, membersKeys, resourceKey, UNIQUE, valueKey } from './keys.ts';
import { namedGroups } from './marks.ts';
import type { LookedUp, Lookup } from './plan.ts';
import { getItem, queryPages } from './read.ts';
import type { Table } from './table.ts';

/** What a search reads with. */
export interface Search {
  readonly table: Table;
  readonly scope: Scope;
  readonly type: ResourceType;
  readonly budget: Budget;
}

/** How many lookups of one search are under way at once. */
const LOOKUPS = 16;

/** The ids of the resources that a path leads to. Some may be gone, or hold something else by now: an entry may outlive what it stands for. */
export async function idsOf(search: Search, path: LookedUp): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  await collect(search, path, ids, () => false);
  return ids;
}

/** Adds the ids that a path leads to to others; what is added until it is over, if that comes first, is of no use to anybody. */
async function collect(search: Search, path: LookedUp, ids: Set<string>, isOver: () => boolean): Promise<void> {
  switch (path.kind) {
    case 'id':
      ids.add(path.id);
      return;
    case 'unique':
    case 'index':
      return collectOwners(search, path, ids, isOver);
    case 'membership':
      return collectMembers(search, path.group, ids, isOver);
    case 'memberOf':
      return collectGroups(search, path.member, ids);
    case 'union':
      await pMap(path.of, (one) => collect(search, one, ids, isOver), { concurrency: LOOKUPS });
      return;
    case 'narrowest':
      for (const id of await narrowest(search, path.of, isOver)) ids.add(id);
  }
}

/** The ids of the path that is through first, which is the one that leads to the fewest, or close. The others are given up. */
async function narrowest(search: Search, paths: readonly LookedUp[], isOver: () => boolean): Promise<ReadonlySet<string>> {
  let isFound = false;
  const attempt = async (path: LookedUp) => {
    const ids = new Set<string>();
    await collect(search, path, ids, () => isFound || isOver());
    isFound = true;
    return ids;
  };
  try {
    return await Promise.any(paths.map(attempt));
  } catch (failure) {
    throw (failure as AggregateError).errors[0];
  }
}

/**
 * The resources that the entries for a value lead to. Where a setting says whether there is one alone, entries of both kinds may lie
 * side by side: some functions may still go by what it said before, or all of them did. What is unique by its schema is one item.
 */
async function collectOwners(
  search: Search,
  { kind, attribute, value }: Extract<Lookup, { attribute: string }>,
  ids: Set<string>,
  isOver: () => boolean,
): Promise<void> {
  const { table, scope, type } = search;
  const pk = valueKey(scope.directory, type.name, attribute, value);
  const isOne = kind === 'unique' && type.uniqueIf[attribute] === undefined;
  if (!isOne) return collectFrom<EntryItem>(search, pk, (entry) => String(ownerOf(entry)), ids, isOver);
  const entry = await getItem<EntryItem>(table, scope, { pk, sk: UNIQUE });
  if (entry) ids.add(String(ownerOf(entry)));
}

async function collectMembers(search: Search, groupId: string, ids: Set<string>, isOver: () => boolean): Promise<void> {
  const { table, scope } = search;
  const group = isId(groupId) ? await getItem<ResourceItem>(table, scope, resourceKey(scope.directory, GROUP, groupId)) : undefined;
  if (!group) return;
  for (const pk of membersKeys(scope.directory, groupId, group.fan ?? 1)) await collectFrom(search, pk, ({ sk }) => sk, ids, isOver);
}

/** The groups that a resource says it is a member of, or may be; it is of one type of all that members have. Some groups may be gone. */
async function collectGroups({ table, scope, budget }: Search, memberId: string, ids: Set<string>): Promise<void> {
  if (!isId(memberId)) return;
  const keys = memberTypes.map((type) => resourceKey(scope.directory, type, memberId));
  const members = await getItems<ResourceItem>(table, scope, keys, { attributes: [['groupIds'], ['staged'], ['format']] });
  for (const member of members.values()) for (const id of namedGroups(fromItem(member))) ids.add(id);
  budget.ids(ids.size);
}

/** The ids that the items of one partition key name. */
async function collectFrom<Item extends Key>(
  { table, scope, budget }: Search,
  pk: string,
  idOf: (item: Item) => string,
  ids: Set<string>,
  isOver: () => boolean,
): Promise<void> {
  for await (const items of queryPages<Item>(table, scope, pk)) {
    if (isOver()) return;
    for (const item of items) ids.add(idOf(item));
    budget.ids(ids.size);
  }
}
