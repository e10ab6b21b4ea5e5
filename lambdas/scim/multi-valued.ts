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
  return (value) => toKey?.(isObject(value) ? value.value : value) ?? `\n${canonicalJson(value)}`;
});

/**
 * The same for values that are told apart by their `type` too, such as one e-mail address for work and home. `key` is what the
 * value is told by without it.
 */
export const typedIdentityOf = oncePer((attribute: Attribute): ((value: JsonValue, key?: Key) => Key) => {
  const identity = identityOf(attribute);
  const type = attributeNamed(attribute.subAttributes ?? [], 'type');
  const toKey = type && type.type !== 'complex' ? keyOf(type) : undefined;
  return (value, key = identity(value)) => (isObject(value) && value.type !== undefined ? `${key}\n${toKey?.(value.type)}` : key);
});

/**
 * What was there of each of some values: the one with the same `value` and `type`, else one with the same `value`. Each is taken
 * once, in their order.
 */
export function predecessors(attribute: Attribute, before: readonly JsonValue[], after: readonly JsonValue[]): (JsonValue | undefined)[] {
  const found: (JsonValue | undefined)[] = after.map(() => undefined);
  const left = new Set(before);
  for (const identity of [typedIdentityOf(attribute), identityOf(attribute)]) {
    const known = Map.groupBy([...left].reverse(), (value) => identity(value));
    after.forEach((value, i) => {
      const one = found[i] === undefined ? known.get(identity(value))?.pop() : undefined;
      if (one === undefined) return;
      found[i] = one;
      left.delete(one);
    });
  }
  return found;
}

export const isPrimary = (value: JsonValue | undefined): value is JsonObject => isObject(value) && value.primary === true;

/** Takes `primary` from every value that has it but the one that it is left to. */
export const leavePrimary = (values: readonly JsonValue[], chosen: JsonValue | undefined): JsonValue[] =>
  values.map((value) => (isPrimary(value) && value !== chosen ? { ...value, primary: false } : value));

/** `primary` is true for one value at most. Throws `invalidValue`. */
export function requireOnePrimary(values: readonly JsonValue[], path: string): void {
  if (values.filter(isPrimary).length > 1) throw invalidValue(`${path}.primary: true for more than one value, expected one at most`);
}

/** A value that becomes primary takes that from the one that was (RFC 7644 section 3.5.2). The newest of several is left it. */
export function settlePrimary(before: JsonValue | undefined, after: JsonValue | undefined): JsonValue | undefined {
  if (!Array.isArray(after)) return after;
  const primaries = after.filter(isPrimary);
  if (primaries.length <= 1) return after;
  const old = new Set<JsonValue>(Array.isArray(before) ? before.filter(isPrimary) : []);
  return leavePrimary(after, primaries.findLast((value) => !old.has(value)) ?? primaries[0]);
}
