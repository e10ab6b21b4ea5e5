import { type Candidate, textOfCandidate } from './catalogue.ts';
import { tooMany } from './errors.ts';
import { isObject, type JsonObject, type JsonValue } from './json.ts';
import type { Grants, ResourceType } from './schemas/resource-type.ts';

/*
 * Values of `roles` and `entitlements` name what is granted: `value` is the id of a role or an entitlement, `type` the name of its
 * resource type.
 */

/** One value that grants something. */
export type Grant = JsonObject & { readonly value: string };

export const isGrant = (value: JsonValue | undefined): value is Grant => isObject(value) && typeof value.value === 'string';

export const valuesOf = ({ attribute }: Grants, resource: JsonObject): readonly JsonValue[] => {
  const values = resource[attribute];
  return Array.isArray(values) ? values : [];
};

export const sameText = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === 'string' && typeof b === 'string' && a.toLowerCase() === b.toLowerCase());

/** Which types a value may be of: all where it does not say, or names a type that nobody declares. */
function typesOf({ types, typed }: Grants, { type }: JsonObject): readonly ResourceType[] {
  const named = typed ? types.filter(({ name }) => sameText(name, type)) : [];
  return named.length > 0 ? named : types;
}

export const candidatesFor = (grants: Grants, value: Grant): Candidate[] =>
  typesOf(grants, value).map((type) => ({ type, id: value.value }));

/** What a grant is told from others by: two that are alike in it grant the same. */
export const nameOf = ({ value, type }: Grant): string => `${typeof type === 'string' ? type.toLowerCase() : ''}\n${value}`;

/** How a client has said what becomes of a resource. */
export interface GrantingChange {
  /** By what changes in it, as a PATCH does: a `value` may then have come into the place of another, and nobody has said what it is called. */
  readonly isPartial: boolean;
}

/** What a resource had before a change. A client may send as many values as a body holds: each is looked at once. */
export interface Held {
  /** Whether the same was granted by the same words. One that is called otherwise now, or not at all, is looked up anew. */
  has(grant: Grant): boolean;
  /** Whether the same was granted, whatever it was called. */
  hasNamed(grant: Grant): boolean;
  hasCandidate(grants: Grants, candidate: Candidate): boolean;
  /** What the same was called. */
  displayOf(grant: Grant): JsonValue | undefined;
  /** Whether a grant is called as another one was: it has come into the place of that one by its `value` or `type` alone. */
  isCalledAsAnother(grant: Grant): boolean;
}

export function heldBy(values: readonly JsonValue[], { isPartial }: GrantingChange): Held {
  const all = values.filter(isGrant);
  const ids = new Set(all.map(({ value }) => value));
  const displays = new Set(all.map(({ display }) => display));
  const byName = new Map([...Map.groupBy(all, nameOf)].map(([name, grants]) => [name, new Set(grants.map(({ display }) => display))]));
  const isCalledAsAnother = (grant: Grant) =>
    isPartial && grant.display !== undefined && displays.has(grant.display) && !byName.get(nameOf(grant))?.has(grant.display);
  return {
    has: (grant) => {
      const own = byName.get(nameOf(grant));
      return own !== undefined && (own.has(grant.display) || (grant.display !== undefined && !isCalledAsAnother(grant)));
    },
    hasNamed: (grant) => byName.has(nameOf(grant)),
    hasCandidate: ({ typed }, { type, id }) => (typed ? byName.has(nameOf({ value: id, type: type.name })) : ids.has(id)),
    displayOf: (grant) => [...(byName.get(nameOf(grant)) ?? [])].find((display) => display !== undefined),
    isCalledAsAnother,
  };
}

/** More would take too long to be looked up, and nobody means that many. */
const MAX_CANDIDATES = 2_000;

/** The grants that a change may touch. What it leaves alone is the very value that was there, as in most changes of a user. */
export const touchedGrants = ({ grants }: ResourceType, before: JsonObject, after: JsonObject): readonly Grants[] =>
  grants.filter(({ attribute }) => after[attribute] !== before[attribute]);

/** What has to be known before `settleGrants` can tell whether a change may be made. Throws `tooMany`. */
export const candidatesOf = (holder: ResourceType, before: JsonObject, after: JsonObject, change: GrantingChange): Candidate[] =>
  touchedGrants(holder, before, after).flatMap((grants) => {
    const held = heldBy(valuesOf(grants, before), change);
    const fresh = valuesOf(grants, after)
      .filter(isGrant)
      .filter((value) => !held.has(value));
    const candidates = fresh.flatMap((value) => candidatesFor(grants, value));
    if (candidates.length > MAX_CANDIDATES) throw tooMany(`${grants.attribute}: too many to be granted in one request (${fresh.length})`);
    return candidates;
  });

/** The resources of counted types that are granted to a resource. */
export function countedGrants(holder: ResourceType, resource: JsonObject): Candidate[] {
  const counted = holder.grants.flatMap((grants) =>
    grants.types.some((type) => type.counted) ? valuesOf(grants, resource).filter(isGrant).flatMap(resolved(grants)) : [],
  );
  return [...new Map(counted.filter(({ type }) => type.counted).map((one) => [textOfCandidate(one), one])).values()];
}

/** Of which type a value is that has been settled; of none if that does not say, or names a type that nobody declares. */
export const resolved =
  ({ types, typed }: Grants) =>
  ({ value: id, type: label }: Grant): Candidate[] =>
    types.flatMap((type) => (!typed || sameText(type.name, label) ? [{ type, id }] : []));

/** Whether a resource is granted to another one. */
export const holds = (holder: ResourceType, resource: JsonObject, granted: Candidate): boolean =>
  holder.grants.some((grants) => valuesOf(grants, resource).some((value) => isGrant(value) && isOf(grants, granted)(value)));

/** A value without a type, from before the directory had any of that id, is of each type that has it now. */
const isOf =
  (grants: Grants, { type, id }: Candidate) =>
  (value: Grant): boolean =>
    value.value === id && (value.type === undefined ? grants.types : resolved(grants)(value).map((one) => one.type)).includes(type);

/** A resource without what grants another one to it. */
export function withoutGrant(holder: ResourceType, resource: JsonObject, granted: Candidate): JsonObject {
  const result = { ...resource };
  for (const grants of holder.grants) {
    const left = valuesOf(grants, resource).filter((value) => !(isGrant(value) && isOf(grants, granted)(value)));
    if (left.length > 0) result[grants.attribute] = left;
    else delete result[grants.attribute];
  }
  return result;
}
