import type { Interrupted, Scope } from '../directory/store.ts';
import { partlyDone, ScimError } from '../scim/errors.ts';
import { countedGrants } from '../scim/grants.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { inBatches } from './batches.ts';
import { commit } from './commit.ts';
import { groupsLeft, type Left } from './groups-left.ts';
import { indexEntries, isGivenUpAtOnce, MAX_ENTRIES } from './index-entries.ts';
import { addToCount } from './items.ts';
import { resourceKey } from './keys.ts';
import { forgetMembers, removeEntries } from './leftovers.ts';
import { partsOf } from './marks.ts';
import { leavingAll } from './member-writes.ts';
import { releases } from './moves.ts';
import { MAX_WRITES, type Write } from './send.ts';
import type { Table } from './table.ts';

/** A resource that is to be removed, and groups that it leaves. */
interface Removal {
  readonly type: ResourceType;
  readonly resource: StoredResource;
  /** Whether its version is to be the one that was read. */
  readonly isExact: boolean;
  readonly groups: readonly Left[];
}

/** How many groups a resource leaves in one transaction that is to be removed later. */
const GROUPS_AT_ONCE = 45;

/**
 * Removes a resource with its unique entries, leaves its groups, gives back what it is granted, and counts it no more, in one
 * transaction. One that is in more groups than find place leaves some of them before. Its other entries, and those who are its own
 * members, come after that: a lookup reads the resource behind an entry anyway. Where the id may come again, all of its entries go
 * with it.
 */
export async function removeResource(
  table: Table,
  scope: Scope,
  type: ResourceType,
  resource: StoredResource,
  isConditional: boolean,
): Promise<true | Interrupted> {
  const entries = indexEntries(scope.directory, type, resource.id, resource.body);
  const { atOnce = [], others = [] } = Object.groupBy(entries, (entry) => (isGivenUpAtOnce(type, entry) ? 'atOnce' : 'others'));
  // What was declared later may be more than find place: unique entries come first, and the rest is left to `repair`.
  const released = type.givenIds ? atOnce.slice(0, MAX_ENTRIES) : atOnce;
  const found = await groupsLeft(table, scope, resource, type.name);
  if (!found) return 'outdated';
  const groups = found.left;
  const isExact = isConditional || found.isUncertain;
  const revoked = countedGrants(type, resource.body).slice(0, MAX_WRITES - 2 - released.length);
  const givenUp = releases(scope.directory, resource.id, { removed: released, revoked });
  const room = Math.floor((MAX_WRITES - 2 - givenUp.length) / 2);
  const parts = inBatches(groups.slice(room), GROUPS_AT_ONCE);
  let left = resource;
  for (const [i, some] of parts.entries()) {
    const leaving = leave(table, scope, { type, resource: left, isExact, groups: some });
    const outcome = i === 0 ? await leaving : await orPartlyDone(leaving);
    if (!outcome) return i === 0 ? 'outdated' : 'begun';
    left = outcome;
  }
  const removing = removeAtOnce(table, scope, { type, resource: left, isExact, groups: groups.slice(0, room) }, givenUp);
  const isRemoved = parts.length === 0 ? await removing : await orPartlyDone(removing);
  if (!isRemoved) return parts.length === 0 ? 'outdated' : 'begun';

  await removeEntries(table, scope, others);
  if (type.members !== undefined) await forgetMembers(table, scope, resource);
  return true;
}

const orPartlyDone = <T>(doing: Promise<T>): Promise<T> =>
  doing.catch((error: unknown) => {
    throw error instanceof ScimError ? partlyDone() : error;
  });

/** What a removal is conditional on: the attributes that were read, the groups, the version if it is to be that one, and that nobody has it. */
function asRead({ type: { counted }, resource: { rev, version, fan, groupIds = [], staged = [] }, isExact }: Removal) {
  const sets = Object.entries({ groupIds, staged });
  return {
    ConditionExpression: [
      'rev = :rev',
      ...sets.map(([name, { length }]) => (length > 0 ? `${name} = :read_${name}` : `attribute_not_exists(${name})`)),
      ...(isExact ? ['version = :version'] : []),
      // Where its rows are is known from that.
      ...(fan === undefined ? [] : ['fan = :fan']),
      ...(counted ? ['(attribute_not_exists(assigned) OR assigned = :zero)'] : []),
    ].join(' AND '),
    ExpressionAttributeValues: {
      ':rev': rev,
      ...Object.fromEntries(sets.flatMap(([name, values]) => (values.length > 0 ? [[`:read_${name}`, new Set(values)]] : []))),
      ...(isExact && { ':version': version }),
      ...(fan !== undefined && { ':fan': fan }),
      ...(counted && { ':zero': 0 }),
    },
  };
}

/** Leaves some groups, and gives what is left of the resource. `undefined`, and nothing written, if others have changed it or them. */
async function leave(table: Table, scope: Scope, removal: Removal): Promise<StoredResource | undefined> {
  const { resource, groups, type } = removal;
  const ids = groups.map(({ id }) => id);
  const isLeft = (entry: string) => ids.includes(partsOf(entry).groupId);
  const { Update } = leavingAll(scope, { id: resource.id, type: type.name }, ids, (resource.staged ?? []).filter(isLeft));
  const { ConditionExpression, ExpressionAttributeValues } = asRead(removal);
  const own: Write = {
    Update: {
      ...Update,
      ConditionExpression,
      ExpressionAttributeValues: { ...Update.ExpressionAttributeValues, ...ExpressionAttributeValues },
    },
  };
  if (!(await commitLeaving(table, scope, [own], removal, []))) return undefined;
  return {
    ...resource,
    version: resource.version + 1,
    groupIds: (resource.groupIds ?? []).filter((id) => !ids.includes(id)),
    staged: (resource.staged ?? []).filter((entry) => !isLeft(entry)),
  };
}

async function removeAtOnce(table: Table, scope: Scope, removal: Removal, givenUp: readonly Write[]): Promise<boolean> {
  const { type, resource } = removal;
  const Key = resourceKey(scope.directory, type, resource.id);
  const own: Write[] = [{ Delete: { Key, ...asRead(removal) } }, addToCount(scope.directory, type, resource.id, -1)];
  return commitLeaving(table, scope, own, removal, givenUp);
}

/** Commits what becomes of a resource together with what its groups lose. */
async function commitLeaving(
  table: Table,
  scope: Scope,
  own: readonly Write[],
  { groups }: Removal,
  givenUp: readonly Write[],
): Promise<boolean> {
  const losses = groups.flatMap(({ writes }) => writes);
  return (await commit(scope, table, [...own, ...losses], givenUp)).length === 0;
}
