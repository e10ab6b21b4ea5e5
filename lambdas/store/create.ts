import type { Member, Membership, Scope } from '../directory/store.ts';
import { unavailable, uniqueness } from '../scim/errors.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { type IndexEntry, indexEntries, moves } from './index-entries.ts';
import { addToCount, claim, newStamp, type ResourceItem, requireFitting, toItem } from './items.ts';
import { resourceKey } from './keys.ts';
import { requireConceivable, requireMembers } from './locate-members.ts';
import { joining, membersBeside } from './member-writes.ts';
import { byId } from './read.ts';
import { removeResource } from './remove.ts';
import { transact, type Write } from './send.ts';
import type { Table } from './table.ts';
import { updateGroup } from './update-group.ts';

/**
 * Stores a resource, claims its index entries and counts it, or does nothing of that. With more members than find place in one
 * transaction, those that do not join it after that; if that fails, it is removed again.
 */
export async function createResource(
  table: Table,
  scope: Scope,
  type: ResourceType,
  resource: StoredResource,
  members: readonly Member[] = [],
): Promise<Membership> {
  requireFitting(resource);
  requireConceivable(resource.id, members);
  const { added } = moves([], indexEntries(scope.directory, type, resource.id, resource.body));
  const room = membersBeside(2 + added.length);
  if (members.length <= room) return createAtOnce(table, scope, type, resource, added, members);
  const known = await requireMembers(table, scope, members);
  const created = await createAtOnce(table, scope, type, resource, added, known.slice(0, room));
  return joinLater(table, scope, type, created, known.slice(room));
}

/** One transaction. A client need not say whether a member is a user or a group: the types are looked up where one is refused. */
async function createAtOnce(
  table: Table,
  scope: Scope,
  type: ResourceType,
  resource: StoredResource,
  added: readonly IndexEntry[],
  members: readonly Member[],
): Promise<Membership> {
  const { id } = resource;
  const created: StoredResource = type.members === undefined ? resource : { ...resource, size: members.length, fan: 1 };
  for (let joiners = members; ; joiners = await requireMembers(table, scope, members)) {
    const stamp = newStamp(scope);
    const keys = type.members === undefined ? {} : { keys: members.length };
    const Item: ResourceItem = { ...toItem(resourceKey(scope.directory, type.name, id), created, stamp), ...keys };
    const put: Write = {
      Put: { Item, ConditionExpression: 'attribute_not_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
    };
    const own = [put, ...added.map((entry) => claim(entry, id)), addToCount(scope.directory, type.name, id, 1)];
    const [failed] = await transact(scope, table, [...own, ...joining(scope, created, joiners).map(({ write }) => write)], stamp);
    if (failed === undefined) return { stored: created, members: joiners.toSorted(byId) };
    if (failed < own.length) throw uniqueness(added[failed - 1]?.attribute ?? 'id');
  }
}

/** What is left of the time of a request to remove again what could not be finished. */
const TIME_TO_REMOVE_MS = 3_000;

async function joinLater(
  table: Table,
  scope: Scope,
  type: ResourceType,
  { stored: created, members }: Membership,
  additions: readonly Member[],
): Promise<Membership> {
  const hurried = { ...scope, deadline: scope.deadline - TIME_TO_REMOVE_MS };
  try {
    const after = { ...created, version: created.version + 1 };
    const outcome = await updateGroup(table, hurried, type, created, after, { additions, removals: [] }, false);
    if (typeof outcome === 'string') throw unavailable();
    return { stored: outcome, members: [...members, ...additions].toSorted(byId) };
  } catch (error) {
    await removeResource(table, scope, type, created, false).catch(() => false);
    throw error;
  }
}
