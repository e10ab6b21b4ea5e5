import pMap from 'p-map';
import type { Member, Membership, Scope } from '../directory/store.ts';
import { isId } from '../scim/ids.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { getItems } from './batch-get.ts';
import { fromItem, type MembershipItem, type ResourceItem } from './items.ts';
import { membershipKey, membersKeys, resourceKey, textOf } from './keys.ts';
import { byId, getResources, queryPages } from './read.ts';
import type { Table } from './table.ts';

const toMember = ({ sk, type }: MembershipItem): Member => ({ id: sk, type });

/** How many batches of rows are read at once: they are small. */
const ROW_BATCHES = 16;

/** A group, and which of some ids are members of it, at once. */
export async function getMembers(
  table: Table,
  scope: Scope,
  type: ResourceType,
  id: string,
  ids: readonly string[],
): Promise<Membership | undefined> {
  if (!isId(id)) return undefined;
  const key = resourceKey(scope.directory, type, id);
  const rows = ids.filter(isId).map((memberId) => membershipKey(scope.directory, id, 1, memberId));
  const items = await getItems(table, scope, [key, ...rows], { concurrency: ROW_BATCHES });
  const group = items.get(textOf(key));
  if (!group) return undefined;
  items.delete(textOf(key));
  return { stored: fromItem(group as ResourceItem), members: [...items.values()].map((row) => toMember(row as MembershipItem)) };
}

/** How many groups are read at once: the SDK has 50 sockets. */
const GROUPS = 50;
/** How often the members of a group are read that others keep changing. */
const READINGS = 3;

/**
 * The members of some groups: a group, its rows, and the group again. If its version has moved, the rows are read again; what
 * keeps moving is shown as it was read last.
 */
export async function getAllMembers(
  table: Table,
  scope: Scope,
  type: ResourceType,
  groups: readonly StoredResource[],
): Promise<Membership[]> {
  const read = new Map<string, Membership>();
  let moved = groups;
  for (let reading = 1; moved.length > 0; reading++) {
    const memberships = await pMap(moved, (stored) => readRows(table, scope, stored), { concurrency: GROUPS });
    for (const membership of memberships) read.set(membership.stored.id, membership);
    const ids = memberships.map(({ stored }) => stored.id);
    const now = await getResources(table, scope, type, ids);
    const there = new Set(now.map(({ id }) => id));
    for (const id of ids) if (!there.has(id)) read.delete(id);
    moved = reading < READINGS ? now.filter(({ id, version }) => read.get(id)?.stored.version !== version) : [];
  }
  return groups.flatMap(({ id }) => read.get(id) ?? []);
}

/** All rows of a group, in the order of ids: of what somebody else changes meanwhile, some before and some after. */
export async function readRows(table: Table, scope: Scope, stored: StoredResource): Promise<Membership> {
  const partitions = membersKeys(scope.directory, stored.id, stored.fan ?? 1);
  const rows = await pMap(partitions, async (pk) => {
    const found: Member[] = [];
    for await (const items of queryPages<MembershipItem>(table, scope, pk)) found.push(...items.map(toMember));
    return found;
  });
  return { stored, members: rows.flat().sort(byId) };
}
