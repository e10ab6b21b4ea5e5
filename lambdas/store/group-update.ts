import type { Membership, Scope } from '../directory/store.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { FORMAT } from './items.ts';
import { resourceKey } from './keys.ts';
import { type asLeased, spreading } from './lease.ts';
import type { Write } from './send.ts';

interface GroupUpdate {
  readonly before: Pick<Membership, 'stored'>;
  readonly after: StoredResource;
  /** Whether the version is to be the one that was read. */
  readonly isExact: boolean;
  /** How many members it has more. */
  readonly more: number;
  /** What is required of its lease, and what becomes of it. */
  readonly lease: ReturnType<typeof asLeased>;
  /** The names of a change whose marks count from now on. */
  readonly applied?: readonly string[];
}

/**
 * A group's own part of a change of its members: its attributes if they change, which is conditional on those that were read, and what
 * counts its members.
 */
export function groupUpdate(
  { directory }: Scope,
  type: ResourceType,
  { before: { stored: before }, after, isExact, more, lease, applied = [] }: GroupUpdate,
  stamp: string,
): Write {
  const isOwn = after.rev !== before.rev;
  const sets = {
    lastModified: after.lastModified,
    stamp,
    format: FORMAT,
    ...spreading(before, after.fan ?? 1),
    ...(isOwn && { body: after.body, rev: after.rev }),
  };
  const additions = { version: 1, size: more, ...(applied.length > 0 && { applied: new Set(applied) }) };
  const read = { fan: before.fan ?? 1, ...(isOwn && { rev: before.rev }), ...(isExact && { version: before.version }) };
  const each = (values: object, write: (name: string) => string) => Object.keys(values).map(write);
  const named = (values: object, sign: string) => Object.entries(values).map(([name, value]) => [sign + name, value]);
  return {
    Update: {
      Key: resourceKey(directory, type, after.id),
      UpdateExpression:
        `SET ${each(sets, (name) => `#${name} = :${name}`).join(', ')}` +
        ` ADD ${each(additions, (name) => `#${name} :${name}`).join(', ')}${lease.remove}`,
      ConditionExpression: [lease.condition, ...each(read, (name) => `#${name} = :read_${name}`)].join(' AND '),
      ExpressionAttributeNames: Object.fromEntries(
        each({ ...sets, ...additions, ...read }, (name) => name).map((name) => [`#${name}`, name]),
      ),
      ExpressionAttributeValues: {
        ...lease.values,
        ...Object.fromEntries([...named(sets, ':'), ...named(additions, ':'), ...named(read, ':read_')]),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}
