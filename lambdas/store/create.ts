import { backOff } from '../directory/back-off.ts';
import type { Member, Membership, Scope } from '../directory/store.ts';
import { uniqueness } from '../scim/errors.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { createAtLarge } from './create-at-large.ts';
import { addToCount, newStamp, type ResourceItem, requireFitting, toItem } from './items.ts';
import { resourceKey } from './keys.ts';
import { type GroupLimits, itemWrite, memberChanges, membersBeside, rowWrite } from './member-writes.ts';
import { claims, type Moves, movesBetween } from './moves.ts';
import { byId } from './read.ts';
import { requireConceivable, requireMembers } from './require-members.ts';
import { transact, type Write } from './send.ts';
import type { Table } from './table.ts';
import { fanOf } from './update-group.ts';

/**
 * Stores a resource, claims its index entries and counts it, or does nothing of that: 'outdated' if something that it is granted
 * is not there any more, or may not be granted once more.
 */
export async function createResource(
  table: Table,
  limits: GroupLimits,
  scope: Scope,
  type: ResourceType,
  resource: StoredResource,
  members: readonly Member[] = [],
): Promise<Membership | 'outdated'> {
  requireFitting(resource);
  requireConceivable(resource.id, members);
  const moves = movesBetween(scope.directory, type, resource.id, {}, resource.body);
  if (type.members === undefined) return createAtOnce(table, scope, type, resource, moves, members);
  const created = { ...resource, size: members.length, fan: fanOf(limits, members.length) };
  const isSmall = members.length <= membersBeside(limits, 2 + moves.added.length + moves.granted.length);
  const known = isSmall ? members : await requireMembers(table, scope, members);
  return isSmall
    ? createAtOnce(table, scope, type, created, moves, members)
    : createAtLarge(table, scope, created, known, (marked, beside, within) => putResource(within, table, type, marked, moves, beside));
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
  let joiners = members;
  for (let attempt = 1; ; attempt++) {
    const rows = { id: resource.id, fan: resource.fan ?? 1 };
    const joining = memberChanges({}, { additions: joiners, removals: [] });
    const beside = joining.flatMap((one) => [rowWrite(scope, rows, one), itemWrite(scope, resource.id, one)]);
    const outcome = await putResource(scope, table, type, resource, moves, beside);
    if (outcome === 'created') return { stored: resource, members: joiners.toSorted(byId) };
    if (outcome === 'outdated') return outcome;
    joiners = await requireMembers(table, scope, members);
    await backOff(scope, attempt);
  }
}

/** The transaction that creates a resource, with what is written `beside` it. */
async function putResource(
  scope: Scope,
  table: Table,
  type: ResourceType,
  resource: StoredResource,
  moves: Moves,
  beside: readonly Write[],
): Promise<'created' | 'outdated' | 'refused beside'> {
  const { id } = resource;
  const stamp = newStamp(scope);
  const Item: ResourceItem = toItem(resourceKey(scope.directory, type, id), resource, stamp);
  const put: Write = { Put: { Item, ConditionExpression: 'attribute_not_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } };
  const own = [put, ...claims(scope.directory, id, moves), addToCount(scope.directory, type, id, 1)];
  const [failed] = await transact(scope, table, [...own, ...beside], stamp);
  if (failed === undefined) return 'created';
  if (failed <= moves.added.length) throw uniqueness(moves.added[failed - 1]?.attribute ?? 'id');
  return failed < own.length ? 'outdated' : 'refused beside';
}
