import { backOff } from '../directory/back-off.ts';
import type { Member, Membership, Scope } from '../directory/store.ts';
import { uniqueness } from '../scim/errors.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { joinCreated } from './in-parts.ts';
import { addToCount, newStamp, type ResourceItem, requireFitting, toItem } from './items.ts';
import { resourceKey } from './keys.ts';
import { joining, membersBeside } from './member-writes.ts';
import { claims, type Moves, movesBetween } from './moves.ts';
import { byId } from './read.ts';
import { requireConceivable, requireMembers } from './require-members.ts';
import { transact, type Write } from './send.ts';
import type { Table } from './table.ts';

/**
 * Stores a resource, claims its index entries and counts it, or does nothing of that: 'outdated' if something that it is granted
 * is not there any more, or may not be granted once more. With more members than find place in one transaction, those that do not
 * join it after that: see `joinCreated`.
 */
export async function createResource(
  table: Table,
  scope: Scope,
  type: ResourceType,
  resource: StoredResource,
  members: readonly Member[] = [],
): Promise<Membership | 'outdated'> {
  requireFitting(resource);
  requireConceivable(resource.id, members);
  const moves = movesBetween(scope.directory, type, resource.id, {}, resource.body);
  const room = membersBeside(2 + moves.added.length + moves.granted.length);
  if (members.length <= room) return createAtOnce(table, scope, type, resource, moves, members);
  const known = await requireMembers(table, scope, members);
  const created = await createAtOnce(table, scope, type, resource, moves, known.slice(0, room));
  if (created === 'outdated') return created;
  return joinCreated(table, scope, type, created, known.slice(room));
}

/** One transaction. A client need not say whether a member is a user or a group: the types are looked up where one is refused. */
async function createAtOnce(
  table: Table,
  scope: Scope,
  type: ResourceType,
  resource: StoredResource,
  moves: Moves,
  members: readonly Member[],
): Promise<Membership | 'outdated'> {
  const { id } = resource;
  const created: StoredResource = type.members === undefined ? resource : { ...resource, size: members.length, fan: 1 };
  let joiners = members;
  for (let attempt = 1; ; attempt++) {
    const stamp = newStamp(scope);
    const keys = type.members === undefined ? {} : { keys: members.length };
    const Item: ResourceItem = { ...toItem(resourceKey(scope.directory, type, id), created, stamp), ...keys };
    const put: Write = {
      Put: { Item, ConditionExpression: 'attribute_not_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
    };
    const own = [put, ...claims(scope.directory, id, moves), addToCount(scope.directory, type, id, 1)];
    const writes = [...own, ...joining(scope, created, joiners).map(({ write }) => write)];
    const [failed] = await transact(scope, table, writes, stamp);
    if (failed === undefined) return { stored: created, members: joiners.toSorted(byId) };
    if (failed <= moves.added.length) throw uniqueness(moves.added[failed - 1]?.attribute ?? 'id');
    if (failed < own.length) return 'outdated';
    joiners = await requireMembers(table, scope, members);
    await backOff(scope, attempt);
  }
}
