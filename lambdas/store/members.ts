import pMap from 'p-map';
import { backOff } from '../directory/back-off.ts';
import type { Membership, Scope } from '../directory/store.ts';
import { isId } from '../scim/ids.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { getItems, SMALL_BATCHES } from './batch-get.ts';
import { fromItem, type MembershipItem, type ResourceItem } from './items.ts';
import { type Key, membershipKeys, membersKeys, resourceKey, SPREAD, textOf } from './keys.ts';
import { isHeld } from './lease.ts';
import { appliedTo, counts, membershipOf } from './marks.ts';
import { getResource, getResources, queryPages, READINGS } from './read.ts';
import type { Table } from './table.ts';

/** A group and both places of the rows of so many members are read at once. */
const MEMBERS_AT_ONCE = 48;

/** A group, and which of some ids are members of it, or all members. See `Store`. */
export async function getMembers(
  table: Table,
  scope: Scope,
  type: ResourceType,
  id: string,
  ids: readonly string[] | 'all',
): Promise<Membership | undefined> {
  if (!isId(id)) return undefined;
  const few = ids !== 'all' && ids.length <= MEMBERS_AT_ONCE ? ids : undefined;
  const isAboutMembers = few?.length !== 0;
  for (let attempt = 1; ; attempt++) {
    const read = few ? await getTogether(table, scope, type, id, few) : await getAlone(table, scope, type, id);
    if (!read) return undefined;
    if (isAboutMembers && isHeld(read.stored)) await backOff(scope, attempt);
    else if (few) return read;
    else return ids === 'all' ? readRows(table, scope, read.stored) : readSome(table, scope, read.stored, ids);
  }
}

async function getAlone(table: Table, scope: Scope, type: ResourceType, id: string): Promise<Membership | undefined> {
  const stored = await getResource(table, scope, type, id);
  return stored && { stored, members: [] };
}

/**
 * Reads a group and rows of it at once. Whether a mark counts, a group tells that was read before it: where one seems not to, the rows are
 * read once more.
 */
async function getTogether(
  table: Table,
  scope: Scope,
  type: ResourceType,
  id: string,
  ids: readonly string[],
): Promise<Membership | undefined> {
  const key = resourceKey(scope.directory, type, id);
  const items = await getItems<ResourceItem | MembershipItem>(table, scope, [key, ...keysOfRows(scope, { id, fan: SPREAD }, ids)]);
  const group = items.get(textOf(key));
  if (!group) return undefined;
  items.delete(textOf(key));
  const stored = fromItem(group as ResourceItem);
  const rows = [...items.values()] as MembershipItem[];
  const applied = appliedTo(stored);
  const isCertain = !isNewlySpread(stored) && rows.every(({ mark }) => mark === undefined || counts(mark, applied));
  return isCertain ? membershipOf(stored, rows) : readSome(table, scope, stored, ids);
}

/** In milliseconds: far more than the items of one request are read apart, and clocks differ. */
const NEWLY = 60_000;

/** Whether somebody may have got a row where they were before, since that place was read. */
const isNewlySpread = ({ spreadAt = 0 }: StoredResource): boolean => spreadAt > Date.now() - NEWLY;

const keysOfRows = ({ directory }: Scope, { id, fan }: Pick<StoredResource, 'id' | 'fan'>, ids: readonly string[]): Key[] =>
  ids.filter(isId).flatMap((memberId) => membershipKeys(directory, id, fan, memberId));

/** Which of some ids are members of a group. */
export async function readSome(
  table: Table,
  scope: Scope,
  stored: StoredResource,
  ids: readonly string[],
  concurrency = SMALL_BATCHES,
): Promise<Membership> {
  const rows = await getItems<MembershipItem>(table, scope, keysOfRows(scope, stored, ids), { concurrency });
  return membershipOf(stored, [...rows.values()]);
}

/** How many groups are read at once: the SDK has 50 sockets. */
const GROUPS = 50;

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

/** All members of a group, in the order of ids: of what somebody else changes meanwhile, some before and some after. */
export async function readRows(table: Table, scope: Scope, stored: StoredResource): Promise<Membership> {
  const partitions = membersKeys(scope.directory, stored.id, stored.fan ?? 1);
  const rows = await pMap(partitions, async (pk) => {
    const found: MembershipItem[] = [];
    for await (const items of queryPages<MembershipItem>(table, scope, pk)) found.push(...items);
    return found;
  });
  return membershipOf(stored, rows.flat());
}
