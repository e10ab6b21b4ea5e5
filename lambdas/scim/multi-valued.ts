import { type Key, keyOf } from './compare.ts';
import { invalidValue } from './errors.ts';
import { canonicalJson, isObject, type JsonObject, type JsonValue } from './json.ts';
import { oncePer } from './once-per.ts';
import { type Attribute, attributeNamed, comparedBy } from './schemas/attribute.ts';

/*
 * What RFC 7643 section 2.4 says of the values of a multi-valued attribute.
 */

/** What tells a value from others of its attribute: its `value`, compared as the schema says, or all of it. */
export const identityOf = oncePer((attribute: Attribute): ((value: JsonValue) => Key) => {
  const simple = comparedBy(attribute);
  const toKey = simple && keyOf(simple);
  return (value) => toKey?.(isObject(value) ? value.value : value) ?? `\n${canonicalJson(withoutPrimary(value))}`;
});

/** Which of some values is preferred does not tell them apart. */
function withoutPrimary(value: JsonValue): JsonValue {
  if (!isObject(value)) return value;
  const { primary: _, ...rest } = value as JsonObject;
  return rest;
}

/**
 * The `type` that tells values with the same `value` apart, such as one e-mail address for work and home; `undefined` for none. One
 * that cannot be changed says what the value refers to, as that of a group's member does, and tells nothing apart.
 */
export const typeOf = oncePer((attribute: Attribute): ((value: JsonValue) => Key | undefined) => {
  const type = attributeNamed(attribute.subAttributes ?? [], 'type');
  const toKey = type && type.mutability !== 'immutable' ? keyOf(type) : undefined;
  return (value) => (isObject(value) && value.type !== undefined ? toKey?.(value.type) : undefined);
});

/**
 * What was there of each of some values: the one with the same `value` and `type`, else one with the same `value`. Each is taken
 * once, in their order.
 */
export function predecessors(attribute: Attribute, before: readonly JsonValue[], after: readonly JsonValue[]): (JsonValue | undefined)[] {
  const identity = identityOf(attribute);
  const type = typeOf(attribute);
  // The last of each list is taken first.
  const known = Map.groupBy(before.toReversed(), identity);
  const byType = oncePer((same: JsonValue[]) => Map.groupBy(same, type));
  const taken = new Set<JsonValue>();
  const take = (from: JsonValue[] | undefined): JsonValue | undefined => {
    let one = from?.pop();
    while (one !== undefined && taken.has(one)) one = from?.pop();
    if (one !== undefined) taken.add(one);
    return one;
  };
  const found = after.map((value) => {
    const same = known.get(identity(value));
    if (same?.length !== 1) return same && take(byType(same).get(type(value)));
    return type(same[0] as JsonValue) === type(value) ? take(same) : undefined;
  });
  return found.map((one, i) => one ?? take(known.get(identity(after[i] as JsonValue))));
}

export const isPrimary = (value: JsonValue | undefined): value is JsonObject => isObject(value) && value.primary === true;

/** Takes `primary` from every value that has it but the one that it is left to. */
export const leavePrimary = (values: readonly JsonValue[], chosen: JsonValue | undefined): JsonValue[] =>
  values.map((value) => (isPrimary(value) && value !== chosen ? { ...value, primary: false } : value));

/** Whether `primary` is true for one value at most. */
export function hasOnePrimary(values: readonly JsonValue[]): boolean {
  let count = 0;
  for (const value of values) if (isPrimary(value)) count++;
  return count <= 1;
}

/** Throws `invalidValue` where `primary` is true for more than one value. */
export function requireOnePrimary(values: readonly JsonValue[], path: string): void {
  if (!hasOnePrimary(values)) throw invalidValue(`${path}.primary: true for more than one value, expected one at most`);
}

/** A value that becomes primary takes that from the one that was (RFC 7644 section 3.5.2). The newest of several is left it. */
export function settlePrimary(before: JsonValue | undefined, after: JsonValue | undefined): JsonValue | undefined {
  if (!Array.isArray(after) || hasOnePrimary(after)) return after;
  const primaries = after.filter(isPrimary);
  const old = new Set<JsonValue>(Array.isArray(before) ? before.filter(isPrimary) : []);
  return leavePrimary(after, primaries.findLast((value) => !old.has(value)) ?? primaries[0]);
}
