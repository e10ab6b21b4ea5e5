import type { Member, Row, Scope } from '../directory/store.ts';
import { isId } from '../scim/ids.ts';
import type { StoredResource } from '../scim/resource.ts';
import { getItems } from './batch-get.ts';
import { isGone } from './conditions.ts';
import { fromItem, type MembershipItem, type ResourceItem } from './items.ts';
import { GROUP, type Key, membershipKeys, reservationKey, resourceKey, SPREAD, textOf } from './keys.ts';
import { endLease, isHeld } from './lease.ts';
import { isUnderWay, membershipOf, namedGroups, partsOf } from './marks.ts';
import { losing } from './member-writes.ts';
import { endReservation, isReserved, type Reservation } from './reservation.ts';
import type { Write } from './send.ts';
import type { Table } from './table.ts';

/*
 * Who is removed leaves all groups. What is staged for it must not count after that: so the change that it is part of is waited for, or, where
 * its time is over, made to fail. Whose time that is by which clock does not matter: what is required in the transaction does.
 */

/** A group that a resource leaves, as far as what that takes. */
export interface Left {
  readonly id: string;
  /** One or two, by which the group loses the resource, or may not get it any more. */
  readonly writes: readonly Write[];
}

/** What a resource leaves behind. */
export interface Leaving {
  readonly left: readonly Left[];
  /** Whether there is a group that it names, and that has no row of it. It may have one again, and the resource name it as before. */
  readonly isUncertain: boolean;
}

/** The groups that a resource leaves. `undefined` if somebody is changing many members of one of them, which is to be waited for. */
export async function groupsLeft(table: Table, scope: Scope, resource: StoredResource, type: string): Promise<Leaving | undefined> {
  const ids = namedGroups(resource).filter(isId);
  const staged = new Set((resource.staged ?? []).map((entry) => partsOf(entry).groupId));
  const keysOf = (id: string): Key[] => [
    resourceKey(scope.directory, GROUP, id),
    ...membershipKeys(scope.directory, id, SPREAD, resource.id),
    ...(staged.has(id) ? [reservationKey(scope.directory, id)] : []),
  ];
  const attributes = ['format', 'fan', 'changing', 'applied', 'type', 'mark', 'until'].map((name) => [name]);
  const items = await getItems<Key>(table, scope, ids.flatMap(keysOf), { attributes });
  const at = <T extends Key>(key: Key) => items.get(textOf(key)) as T | undefined;
  const member = { id: resource.id, type };
  const left: Left[] = [];
  let isUncertain = false;
  for (const id of ids) {
    const groupKey = resourceKey(scope.directory, GROUP, id);
    const item = at<ResourceItem>(groupKey);
    const group = item && fromItem(item);
    const reservation = at<Reservation>(reservationKey(scope.directory, id));
    if (group ? isHeld(group) : reservation && isReserved(reservation)) return undefined;
    if (!group && reservation) await endReservation(table, scope, id);
    const rows = membershipKeys(scope.directory, id, SPREAD, resource.id).flatMap((key) => at<MembershipItem>(key) ?? []);
    // A group that is not there, and not reserved any more, does not come to be.
    const writes = group ? writesAt(scope, group, resource, member, rows) : staged.has(id) ? [isGone(groupKey)] : [];
    if (writes.length > 0) left.push({ id, writes });
    isUncertain ||= group !== undefined && resource.groupIds?.includes(id) === true && writes.length < LOSING;
  }
  return { left, isUncertain };
}

/** What it takes that a group loses somebody. */
const LOSING = 2;

/** A group that has no row of somebody who names it loses nothing: others have just removed it, or a mistake has brought that about. */
function writesAt(
  scope: Scope,
  group: StoredResource,
  resource: StoredResource,
  member: Member,
  items: readonly MembershipItem[],
): Write[] {
  const { members, rows } = membershipOf(group, items);
  const [found] = members;
  const row: Row | undefined = found && (rows?.get(found.id) ?? { type: found.type });
  if (row) return losing(scope, group, member, row);
  const isStaged = ({ groupId, mark }: ReturnType<typeof partsOf>) => groupId === group.id && isUnderWay(mark, group);
  return (resource.staged ?? []).map(partsOf).some(isStaged) ? [endLease(scope, group)] : [];
}
