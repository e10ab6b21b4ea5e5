import type { Scope } from '../directory/store.ts';
import type { StoredResource } from '../scim/resource.ts';
import { group as groupType } from '../scim/schemas/group.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { inBatches } from './batches.ts';
import { commit } from './commit.ts';
import { type IndexEntry, indexEntries } from './index-entries.ts';
import { addToCount } from './items.ts';
import { resourceKey } from './keys.ts';
import { forgetMembers, removeEntries } from './leftovers.ts';
import { leavingAll, losing } from './member-writes.ts';
import { getResources } from './read.ts';
import { MAX_WRITES, transact, type Write } from './send.ts';
import type { Table } from './table.ts';

/** A resource that is to be removed, and groups that it is a member of. */
interface Removal {
  readonly resource: StoredResource;
  readonly groups: readonly StoredResource[];
  /** Whether its version is to be the one that was read. */
  readonly isExact: boolean;
}

/** How many groups a resource leaves in one transaction that is to be removed later. */
const GROUPS_AT_ONCE = 45;

/**
 * Removes a resource with its unique entries, leaves its groups and counts it no more, in one transaction. One that is in more groups
 * than find place leaves some of them before. False if it has changed since it was read: it is there then, if in fewer groups. Its
 * other entries, and those who are its own members, come after that: a lookup reads the resource behind an entry anyway.
 */
export async function removeResource(
  table: Table,
  scope: Scope,
  type: ResourceType,
  resource: StoredResource,
  isExact: boolean,
): Promise<boolean> {
  const entries = indexEntries(scope.directory, type, resource.id, resource.body);
  const { unique = [], others = [] } = Object.groupBy(entries, (entry) => (entry.unique ? 'unique' : 'others'));
  const groups = await getResources(table, scope, groupType, resource.groupIds ?? []);
  const room = Math.floor((MAX_WRITES - 2 - unique.length) / 2);
  let left: StoredResource | undefined = resource;
  for (const some of inBatches(groups.slice(room), GROUPS_AT_ONCE)) {
    left = await leave(table, scope, type, { resource: left, groups: some, isExact });
    if (!left) return false;
  }
  if (!(await removeAtOnce(table, scope, type, { resource: left, groups: groups.slice(0, room), isExact }, unique))) return false;

  await removeEntries(table, scope, others);
  if (type.members !== undefined) await forgetMembers(table, scope, resource);
  return true;
}

const memberOf = ({ name }: ResourceType, { id }: StoredResource) => ({ id, type: name });

/** Leaves some groups, and gives what is left of the resource. `undefined`, and nothing written, if others have changed it or them. */
async function leave(
  table: Table,
  scope: Scope,
  type: ResourceType,
  { resource, groups, isExact }: Removal,
): Promise<StoredResource | undefined> {
  const ids = groups.map(({ id }) => id);
  const member = memberOf(type, resource);
  const writes = [
    leavingAll(scope, member, ids, isExact ? resource.version : undefined),
    ...groups.flatMap((group) => losing(scope, group, member)),
  ];
  const failed = await transact(scope, table, writes);
  if (failed.length > 0) return undefined;
  return { ...resource, version: resource.version + 1, groupIds: (resource.groupIds ?? []).filter((id) => !ids.includes(id)) };
}

async function removeAtOnce(
  table: Table,
  scope: Scope,
  type: ResourceType,
  { resource, groups, isExact }: Removal,
  unique: readonly IndexEntry[],
): Promise<boolean> {
  const { id, rev, version, groupIds = [] } = resource;
  const isMember = groupIds.length > 0;
  const Delete: Write['Delete'] = {
    Key: resourceKey(scope.directory, type.name, id),
    ConditionExpression: [
      '#rev = :rev',
      isMember ? 'groupIds = :groupIds' : 'attribute_not_exists(groupIds)',
      ...(isExact ? ['#version = :version'] : []),
    ].join(' AND '),
    ExpressionAttributeNames: { '#rev': 'rev', ...(isExact && { '#version': 'version' }) },
    ExpressionAttributeValues: {
      ':rev': rev,
      ...(isMember && { ':groupIds': new Set(groupIds) }),
      ...(isExact && { ':version': version }),
    },
  };
  const losses = groups.flatMap((group) => losing(scope, group, memberOf(type, resource)));
  const writes = [{ Delete }, addToCount(scope.directory, type.name, id, -1), ...losses];
  const failed = await commit(scope, table, writes, { id, entries: unique });
  return failed.length === 0;
}
