import type { Interrupted, MemberChanges, Scope } from '../directory/store.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { changeAtOnce, movesOf } from './change-at-once.ts';
import { changeInParts } from './in-parts.ts';
import { requireFitting } from './items.ts';
import { membersBeside } from './member-writes.ts';
import { requireConceivable } from './require-members.ts';
import type { Table } from './table.ts';

/** Writes what becomes of a group and its members: in one transaction where they find place in one. See `Store`. */
export async function updateGroup(
  table: Table,
  scope: Scope,
  type: ResourceType,
  before: StoredResource,
  after: StoredResource,
  changes: MemberChanges,
  isExact: boolean,
): Promise<StoredResource | Interrupted> {
  requireFitting(after);
  requireConceivable(after.id, changes.additions);
  const change = { before, after, ...changes, isExact };
  const { added, removed } = movesOf(scope, type, change);
  const room = membersBeside(1 + added.length + removed.length);
  const isSmall = changes.additions.length + changes.removals.length <= room;
  return isSmall ? ((await changeAtOnce(table, scope, type, change)) ?? 'outdated') : changeInParts(table, scope, type, change, room);
}
