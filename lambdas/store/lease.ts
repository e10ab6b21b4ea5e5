import { randomUUID } from 'node:crypto';
import type { Scope } from '../directory/store.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { newStamp } from './items.ts';
import { GROUP, resourceKey, SPREAD } from './keys.ts';
import { transact, type Write } from './send.ts';
import type { Table } from './table.ts';

/*
 * While one changes many members of a group at once, nobody else changes any. That ends with the time of who does so: a process that died
 * keeps nobody from a group for longer. Nothing relies on clocks, though: who has lost a lease cannot commit.
 */

/** How long a lease lasts when no request of its holder can begin any more, for what is under way and clocks that differ. */
const AFTERWARDS_MS = 5_000;

/** Until when nobody else takes over what a request is doing. */
export const untilOf = ({ deadline }: Scope): number => deadline + AFTERWARDS_MS;

/** Whether somebody is changing many members of a group, so that nobody else can change any yet. */
export const isHeld = ({ changing }: StoredResource): boolean => changing !== undefined && changing.until > Date.now();

/** A group of which one may change many members, and nobody else any. */
export type Held = StoredResource & Required<Pick<StoredResource, 'fan' | 'changing'>>;

interface Requirement {
  readonly condition: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** What is added to the update's expression. */
  readonly remove: string;
}

/**
 * What a change of members requires of a group that is not held: that it has the lease that it had, if any, which ends with that, and that
 * no large change has been committed in between, or a mark might count that did not.
 */
export function asLeased({ changing, applied }: StoredResource): Requirement {
  const lease = changing ? 'changing.id = :ended' : 'attribute_exists(pk) AND attribute_not_exists(changing)';
  const marks = applied ? '(attribute_not_exists(applied) OR applied = :wereApplied)' : 'attribute_not_exists(applied)';
  return {
    condition: `${lease} AND ${marks}`,
    values: { ...(changing && { ':ended': changing.id }), ...(applied && { ':wereApplied': new Set(applied) }) },
    remove: changing ? ' REMOVE changing' : '',
  };
}

/** Of hex digits alone: marks are told apart by other characters. */
export const newChange = (): string => randomUUID().replaceAll('-', '');

interface Wanted {
  /** Whether the version is to be the one that was read. */
  readonly isExact: boolean;
  /** Over how many partition keys the rows of the group are spread from now on. */
  readonly fan: number;
}

/** Gives the group with a lease that lasts as long as its scope; `undefined` if others have changed it: if `isExact`, in any way. */
export async function acquire(
  table: Table,
  scope: Scope,
  type: ResourceType,
  group: StoredResource,
  { isExact, fan }: Wanted,
): Promise<Held | undefined> {
  const changing = { id: newChange(), until: untilOf(scope) };
  const isSame = isExact ? { ':version': group.version } : {};
  const isAcquired = await setAsLeased(table, scope, type, group, {
    sets: { changing, ...spreading(group, fan) },
    condition: isExact ? ' AND version = :version' : '',
    values: isSame,
  });
  return isAcquired ? { ...group, fan, changing } : undefined;
}

/** Has the rows of a group that is not held spread from now on, if they are not. */
export async function spread(table: Table, scope: Scope, type: ResourceType, group: StoredResource): Promise<void> {
  await setAsLeased(table, scope, type, group, { sets: spreading(group, SPREAD), condition: '', values: {} });
}

/** What is set of a group whose rows are spread over more partition keys from now on. */
export const spreading = ({ fan: before = 1 }: StoredResource, fan: number): { fan?: number; spreadAt?: number } =>
  fan === before ? {} : { fan, spreadAt: Date.now() };

interface Setting {
  readonly sets: Readonly<Record<string, unknown>>;
  /** What is required as well, with its values. */
  readonly condition: string;
  readonly values: Readonly<Record<string, unknown>>;
}

async function setAsLeased(table: Table, scope: Scope, type: ResourceType, group: StoredResource, setting: Setting): Promise<boolean> {
  const { condition, values } = asLeased(group);
  const stamp = newStamp(scope);
  const sets = Object.entries({ ...setting.sets, stamp });
  const Update = {
    Key: resourceKey(scope.directory, type, group.id),
    UpdateExpression: `SET ${sets.map(([name]) => `${name} = :${name}`).join(', ')}`,
    ConditionExpression: `${condition} AND fan = :readFan${setting.condition}`,
    ExpressionAttributeValues: {
      ...values,
      ...setting.values,
      ...Object.fromEntries(sets.map(([name, value]) => [`:${name}`, value])),
      ':readFan': group.fan ?? 1,
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
  return (await transact(scope, table, [{ Update }], stamp)).length === 0;
}

/** The write that ends the lease which was read of a group: whoever has it cannot commit any more. Refused if it is another one. */
export const endLease = ({ directory }: Scope, { id, changing }: StoredResource): Write => ({
  Update: {
    Key: resourceKey(directory, GROUP, id),
    UpdateExpression: 'REMOVE changing',
    ConditionExpression: 'changing.id = :id',
    ExpressionAttributeValues: { ':id': changing?.id },
  },
});

/** Gives a lease up that was not used, if it is still held. */
export async function release(table: Table, scope: Scope, group: StoredResource): Promise<void> {
  await transact(scope, table, [endLease(scope, group)]);
}
