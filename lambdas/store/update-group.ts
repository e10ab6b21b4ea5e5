import type { MemberChanges, Membership, Scope } from '../directory/store.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { changeAtLarge } from './change-at-large.ts';
import { changeAtOnce, movesOf } from './change-at-once.ts';
import { requireFitting } from './items.ts';
import { SPREAD } from './keys.ts';
import { isHeld } from './lease.ts';
import { type GroupLimits, membersBeside } from './member-writes.ts';
import { requireConceivable } from './require-members.ts';
import type { Table } from './table.ts';

/** Over how many partition keys the rows of a group are spread that has so many members: never over less than they were. */
export const fanOf = ({ unspread }: GroupLimits, size: number, before = 1): number => (size > unspread ? SPREAD : before);

/** Writes what becomes of a group and its members: in one transaction where they find place in one. See `Store`. */
export async function updateGroup(
  table: Table,
  limits: GroupLimits,
  scope: Scope,
  type: ResourceType,
  before: Membership,
  after: StoredResource,
  { additions, removals }: MemberChanges,
  isExact: boolean,
): Promise<StoredResource | 'outdated'> {
  requireFitting(after);
  requireConceivable(after.id, additions);
  const { stored } = before;
  if (isHeld(stored)) return 'outdated';
  const fan = fanOf(limits, (stored.size ?? 0) + additions.length - removals.length, stored.fan);
  const change = { before, after: { ...after, fan }, additions, removals, isExact };
  const { added, removed } = movesOf(scope, type, change);
  const isSmall = additions.length + removals.length <= membersBeside(limits, 1 + added.length + removed.length);
  return isSmall ? ((await changeAtOnce(table, scope, type, change)) ?? 'outdated') : changeAtLarge(table, scope, type, change);
}
