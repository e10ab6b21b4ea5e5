import type { Candidate } from './catalogue.ts';
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

/** Which types a value may be of; none where its `type` is that of nothing that the service knows, so that it may be anything. */
const typesOf = ({ types, typed }: Grants, { type }: JsonObject): readonly ResourceType[] =>
  typed && type !== undefined ? types.filter(({ name }) => sameText(name, type)) : types;

export const candidatesFor = (grants: Grants, value: Grant): Candidate[] =>
  typesOf(grants, value).map((type) => ({ type, id: value.value }));

/** Values that grant something, by their `value`. */
export type Granted = ReadonlyMap<string, readonly Grant[]>;

export const grantedBy = (values: readonly JsonValue[]): Granted => Map.groupBy(values.filter(isGrant), ({ value }) => value);

/** The value before that grants the same, with the same words. One whose `display` is left out now is looked up anew. */
export const predecessorOf = (before: Granted, { value, type, display }: Grant): Grant | undefined =>
  before.get(value)?.find((one) => sameText(one.type, type) && (display ?? one.display) === display);

/** More would take too long to be looked up, and nobody means that many. */
const MAX_CANDIDATES = 2_000;

/** What has to be known before `settleGrants` can tell whether a change may be made. Throws `tooMany`. */
export const candidatesOf = (holder: ResourceType, before: JsonObject, after: JsonObject): Candidate[] =>
  holder.grants.flatMap((grants) => {
    const old = grantedBy(valuesOf(grants, before));
    const fresh = valuesOf(grants, after)
      .filter(isGrant)
      .filter((value) => !predecessorOf(old, value));
    const candidates = fresh.flatMap((value) => candidatesFor(grants, value));
    if (candidates.length > MAX_CANDIDATES) throw tooMany(`${grants.attribute}: too many to be granted in one request (${fresh.length})`);
    return candidates;
  });

/** The resources of counted types that are granted to a resource. */
export function countedGrants(holder: ResourceType, resource: JsonObject): Candidate[] {
  const counted = holder.grants.flatMap((grants) =>
    grants.types.some((type) => type.counted) ? valuesOf(grants, resource).filter(isGrant).flatMap(resolved(grants)) : [],
  );
  return [...new Map(counted.filter(({ type }) => type.counted).map((one) => [`${one.type.name}\n${one.id}`, one])).values()];
}

/** Of which type a value is that has been settled; of none if that does not say. */
export const resolved =
  (grants: Grants) =>
  (value: Grant): Candidate[] =>
    grants.typed && value.type === undefined ? [] : candidatesFor(grants, value);

/** Whether a resource is granted to another one. */
export const holds = (holder: ResourceType, resource: JsonObject, granted: Candidate): boolean =>
  holder.grants.some((grants) => valuesOf(grants, resource).some((value) => isGrant(value) && isOf(grants, granted)(value)));

export const isOf =
  (grants: Grants, { type, id }: Candidate) =>
  (value: Grant): boolean =>
    value.value === id && resolved(grants)(value).some((one) => one.type === type);

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
