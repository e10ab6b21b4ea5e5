import type { Named, Scope } from '../directory/store.ts';
import { isId } from '../scim/ids.ts';
import type { StoredResource } from '../scim/resource.ts';
import { group } from '../scim/schemas/group.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { getItems, SMALL_BATCHES } from './batch-get.ts';
import type { ResourceItem } from './items.ts';
import { resourceKey, textOf } from './keys.ts';
import { type Applied, counts, kindOf, namedGroups, partsOf } from './marks.ts';
import { namedItems } from './names.ts';
import { READINGS } from './read.ts';
import type { Table } from './table.ts';

/** What tells who is a member of a group, and whether that has changed. */
export interface GroupState {
  readonly version: number;
  readonly applied: Applied;
}

/** By the ids of groups; those that are gone are left out. */
export type GroupStates = ReadonlyMap<string, GroupState>;

const stateOf = ({ version, applied = new Set() }: ResourceItem): GroupState => ({ version, applied });

/** The groups that each of some resources is a member of. See `Store`. */
export async function groupsOf(table: Table, scope: Scope, type: ResourceType, resources: readonly StoredResource[]): Promise<Named[][]> {
  const names = new Map<string, string>();
  const read = async (ids: readonly string[]) => {
    const items = await namedItems(table, scope, group, ids, [['applied'], ['version']]);
    for (const { id, name } of items) names.set(id, name);
    return new Map(items.map(({ id, item }) => [id, stateOf(item)]));
  };
  const ids = await groupIdsOf(table, scope, type, resources, read);
  return ids.map((some) => some.map((id) => ({ id, name: names.get(id) ?? id })));
}

type ReadGroups = (ids: readonly string[]) => Promise<GroupStates>;

/**
 * The ids of the groups that each of some resources is a member of. Where one has something staged, a change of many members may be about to
 * count, and about to be tidied up: then the groups are read, the resources, and the groups again, until none of these has changed, at
 * most three times.
 */
export async function groupIdsOf(
  table: Table,
  scope: Scope,
  type: ResourceType,
  resources: readonly StoredResource[],
  readGroups: ReadGroups,
  readAgain: ReadGroups = readGroups,
): Promise<string[][]> {
  const named = (some: readonly StoredResource[]) => [...new Set(some.flatMap(namedGroups))];
  let [read, groups] = [resources, await readGroups(named(resources))];
  const isTouched = ({ staged = [] }: StoredResource) => staged.some((entry) => groups.has(partsOf(entry).groupId));
  for (let reading = 1; reading <= READINGS && read.some(isTouched); reading++) {
    const before = groups;
    read = await readStaged(table, scope, type, resources);
    const after = await readAgain(named(read));
    const isSame = [...after].every(([id, { version }]) => version === (before.get(id)?.version ?? version));
    // A mark is judged by a group that was read before it.
    groups = new Map([...after].map(([id, state]) => [id, isSame ? (before.get(id) ?? state) : state]));
    if (isSame) break;
  }
  return read.map((one) => effectiveGroups(one, groups));
}

/** The ids of the groups that a resource is a member of, of those whose states were read before it, in the order of ids. */
export function effectiveGroups({ groupIds = [], staged = [] }: StoredResource, groups: GroupStates): string[] {
  const ids = new Set(groupIds);
  for (const { groupId, mark } of staged.map(partsOf)) {
    const state = groups.get(groupId);
    if (!state || !counts(mark, state.applied)) continue;
    if (kindOf(mark) === 'joins') ids.add(groupId);
    else ids.delete(groupId);
  }
  return [...ids].filter((id) => groups.has(id)).sort();
}

/** The same resources with what they say of groups now; those that are gone stay as they were. */
async function readStaged(table: Table, scope: Scope, type: ResourceType, resources: readonly StoredResource[]): Promise<StoredResource[]> {
  const keyOf = ({ id }: StoredResource) => resourceKey(scope.directory, type, id);
  const attributes = [['groupIds'], ['staged']];
  const items = await getItems<ResourceItem>(table, scope, resources.map(keyOf), { attributes, concurrency: SMALL_BATCHES });
  return resources.map((one) => {
    const item = items.get(textOf(keyOf(one)));
    return item ? { ...one, groupIds: [...(item.groupIds ?? [])], staged: [...(item.staged ?? [])] } : one;
  });
}

/** Reads the states of some groups, of which nothing else is wanted. */
export async function readStates(table: Table, scope: Scope, ids: readonly string[]): Promise<GroupStates> {
  const keys = ids.filter(isId).map((id) => resourceKey(scope.directory, group, id));
  const items = await getItems<ResourceItem>(table, scope, keys, { attributes: [['applied'], ['version']], concurrency: SMALL_BATCHES });
  return new Map([...items.values()].map((item) => [item.sk, stateOf(item)]));
}
