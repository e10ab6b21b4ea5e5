import { randomUUID } from 'node:crypto';
import type { Scope } from '../directory/store.ts';
import { ScimError, unavailable } from '../scim/errors.ts';
import type { StoredResource } from '../scim/resource.ts';
import { isGone } from './conditions.ts';
import type { IndexEntry } from './index-entries.ts';
import { itemBytes } from './item-size.ts';
import { countKey, type Key, type Kind } from './keys.ts';
import type { Write } from './send.ts';

/**
 * Names one write, and the request that it is part of. A failed condition on an item with our stamp is our own success, whose
 * answer was lost. The request's id alone would not do: two writes of one request may meet at an item, and a client may send the
 * same id with every request (API Gateway takes it from `X-Amzn-RequestId`).
 */
export const newStamp = ({ trace }: Scope): string => `${trace.requestId}/${randomUUID()}`;

/**
 * The form in which items are kept, which each of them carries: a later version that keeps them otherwise can tell what it
 * meets. A resource that a newer version has written is neither shown nor changed by this one.
 */
export const FORMAT = 1;

export const isNewer = ({ format }: { readonly format?: unknown }): boolean => typeof format === 'number' && format > FORMAT;

/** The item of a resource. `stamp` names the write that made it what it is. */
export interface ResourceItem extends Key, Omit<StoredResource, 'id' | 'groupIds' | 'staged' | 'applied'> {
  /** Of a member: what changes of groups keep here. */
  readonly groupIds?: ReadonlySet<string>;
  /** Of a member: what large changes of groups are going to make of it, or have made: see `marks`. */
  readonly staged?: ReadonlySet<string>;
  /** Of a group: the large changes that are committed, and whose marks may still be there. */
  readonly applied?: ReadonlySet<string>;
  /** Of a group: 16 where the rows of its members are spread over as many partition keys, else 1. */
  readonly fan?: number;
  /** Of a group: when it became 16, if it was 1 before. */
  readonly spreadAt?: number;
  readonly stamp: string;
  readonly format: number;
}

export const toItem = (key: Key, { id: _, groupIds: __, staged: ___, applied, ...rest }: StoredResource, stamp: string): ResourceItem => ({
  ...key,
  ...rest,
  ...(applied && { applied: new Set(applied) }),
  stamp,
  format: FORMAT,
});

/** Throws 503 for what a newer version has written: while two of them run side by side, the other one answers the repeat. */
export function fromItem(item: ResourceItem): StoredResource {
  const { sk, rev, version, created, lastModified, body, groupIds, staged, size, fan, spreadAt, changing, applied, assigned, format } =
    item;
  if (isNewer(item)) {
    console.error({ message: 'an item has a format that only a newer version of the service knows', format, known: FORMAT });
    throw unavailable();
  }
  return {
    id: sk,
    rev,
    version,
    created,
    lastModified,
    body,
    ...(groupIds && { groupIds: [...groupIds].sort() }),
    ...(staged && { staged: [...staged] }),
    ...(size !== undefined && { size }),
    ...(fan !== undefined && { fan }),
    ...(spreadAt !== undefined && { spreadAt }),
    ...(changing && { changing }),
    ...(applied && { applied: [...applied] }),
    ...(assigned !== undefined && { assigned }),
  };
}

/** The item that says that a resource is a member of a group. */
export interface MembershipItem extends Key {
  /** The name of the member's resource type. */
  readonly type: string;
  /** What a large change is going to make of the member, or has made: see `marks`. */
  readonly mark?: string;
  readonly format: number;
}

/** DynamoDB's limit is 400 KB for an item; keys, numbers and what groups leave on a user need their share of it. */
const MAX_BODY_BYTES = 360_000;

/** Refuses a resource that would not fit into an item, and names the attribute that takes most of it. */
export function requireFitting({ body }: StoredResource): void {
  const sizes = Object.entries(body).map(([name, value]) => ({ name, bytes: itemBytes({ [name]: value }) }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= MAX_BODY_BYTES) return;
  const largest = sizes.reduce((a, b) => (a.bytes >= b.bytes ? a : b));
  throw new ScimError(413, `${largest.name}: too large, the resource has ${total} bytes and may have ${MAX_BODY_BYTES}`);
}

const FREE_OR_OWN = 'attribute_not_exists(pk) OR id = :id';

/**
 * The write that claims an index entry; a unique one is refused if somebody else has it. One that leads to the resource already is left
 * from when it had the value before, and was changed by somebody who did not take the value for a unique one.
 */
export const claim = ({ key, unique }: IndexEntry, id: string): Write => ({
  Put: {
    Item: { ...key, id, format: FORMAT },
    ...(unique && { ConditionExpression: FREE_OR_OWN, ExpressionAttributeValues: { ':id': id } }),
  },
});

/** The write that gives an index entry up; a unique one unless it is somebody else's. It need not be there: see `reindex`. */
export const release = ({ key, unique }: IndexEntry, id: string): Write => ({
  Delete: {
    Key: key,
    ...(unique && {
      ConditionExpression: FREE_OR_OWN,
      ExpressionAttributeValues: { ':id': id },
    }),
  },
});

/** Writes nothing, and has its transaction refused if a resource is not any more what was read: of that `rev`, or not there. */
export const requireUnchanged = (Key: Key, read: Pick<StoredResource, 'rev'> | undefined): Write =>
  read
    ? {
        ConditionCheck: {
          Key,
          ConditionExpression: '#rev = :read',
          ExpressionAttributeNames: { '#rev': 'rev' },
          ExpressionAttributeValues: { ':read': read.rev },
        },
      }
    : isGone(Key);

/** How many resources of a type have ids that are counted together: see `prefixOf`. */
export interface CountItem extends Key {
  readonly n: number;
  /** How often it was moved: what a recount is conditional on, since the same number may come back. */
  readonly changes: number;
  readonly format: number;
}

export const addToCount = (directory: string, type: Kind, id: string, change: 1 | -1): Write => ({
  Update: {
    Key: countKey(directory, type, id),
    UpdateExpression: 'SET #format = if_not_exists(#format, :format) ADD n :change, changes :one',
    ExpressionAttributeNames: { '#format': 'format' },
    ExpressionAttributeValues: { ':change': change, ':one': 1, ':format': FORMAT },
  },
});
