import { keyOf } from './compare.ts';
import { mutability } from './errors.ts';
import { canonicalJson, isObject, type JsonObject, type JsonValue } from './json.ts';
import { isPrimary, leavePrimary, matcher, requireOnePrimary } from './multi-valued.ts';
import { separator } from './path.ts';
import { type Attribute, isHidden } from './schemas/attribute.ts';

/** What becomes of a value that the client does not give again, though it cannot take it away or does not see it. */
export type Omitted = (attribute: Attribute, before: JsonValue, path: string) => JsonValue | undefined;

const changed = (path: string) => mutability(`${path}: immutable, expected the value that it has`);

/** A PUT does not assert what it leaves out (RFC 7644 section 3.5.1). It takes away what it gives no value. */
export const keptUnless =
  (cleared: ReadonlySet<string>): Omitted =>
  (attribute, before, path) => {
    if (!cleared.has(path)) return before;
    if (attribute.mutability === 'immutable') throw changed(path);
    return undefined;
  };

/** A PATCH names what it takes away. */
export const takenAway: Omitted = (attribute, _, path) => {
  if (attribute.mutability === 'immutable') throw changed(path);
  return undefined;
};

/** Whether a client that sends back what it has read leaves the value out, as it was not shown to it, or is not the client's to give. */
function isBeyondClient(attribute: Attribute, value: JsonValue): boolean {
  if (isHidden(attribute) || attribute.returned === 'request' || attribute.mutability === 'readOnly') return true;
  const { subAttributes } = attribute;
  if (!subAttributes) return false;
  const isEachBeyond = (object: Record<string, unknown>) =>
    subAttributes.every((sub) => object[sub.name] === undefined || isBeyondClient(sub, object[sub.name] as JsonValue));
  return [value].flat().every((one) => isObject(one) && isEachBeyond(one));
}

/**
 * Puts new values of attributes in the place of those before, as far as those allow it: what the server owns stays, and so does
 * what is immutable (RFC 7644 section 3.5.1), and what is primary now takes that from what was (RFC 7643 section 2.4). Throws `mutability`, or
 * `invalidValue` where several values are primary and it does not show which of them became it.
 */
export function succeed(
  attributes: readonly Attribute[],
  before: JsonObject,
  after: JsonObject,
  omitted: Omitted,
  prefix = '',
): JsonObject {
  const result = { ...after };
  for (const attribute of attributes) {
    const value = succeedValue(attribute, before[attribute.name], after[attribute.name], omitted, prefix + attribute.name);
    if (value !== undefined) result[attribute.name] = value;
  }
  return result;
}

function succeedValue(
  attribute: Attribute,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  omitted: Omitted,
  path: string,
): JsonValue | undefined {
  const { subAttributes } = attribute;
  const isImmutable = attribute.mutability === 'immutable';
  if (before !== undefined) {
    if (attribute.mutability === 'readOnly') return before;
    if (after === undefined) return isImmutable || isBeyondClient(attribute, before) ? omitted(attribute, before, path) : undefined;
    if (isImmutable) {
      if (sameText(attribute, before) !== sameText(attribute, after)) throw changed(path);
      return before;
    }
  }
  if (!subAttributes || after === undefined) return after;
  const inside = (old: JsonValue | undefined, value: JsonValue) =>
    isObject(value)
      ? succeed(subAttributes, isObject(old) ? (old as JsonObject) : {}, value as JsonObject, omitted, path + separator(attribute))
      : value;
  if (!Array.isArray(after)) return inside(before, after);

  const match = matcher(attribute, before);
  const values = after.map((value) => inside(match(value), value));
  return onePrimary(values, (value) => isPrimary(match(value)), path);
}

/** Of several, the one that was not primary before is meant: the client has left it to the one that was. */
function onePrimary(values: readonly JsonValue[], wasPrimary: (value: JsonValue) => boolean, path: string): JsonValue[] {
  const fresh = values.filter((value) => isPrimary(value) && !wasPrimary(value));
  const settled = fresh.length === 1 ? leavePrimary(values, fresh[0]) : [...values];
  requireOnePrimary(settled, path);
  return settled;
}

/** A text that two values of an attribute share if they are the same to it: in any order, and without case where it has none. */
function sameText(attribute: Attribute, value: JsonValue): string {
  if (Array.isArray(value)) return canonicalJson(value.map((element) => sameText(attribute, element)).sort());
  const { subAttributes } = attribute;
  if (!subAttributes || !isObject(value)) return canonicalJson(attribute.type === 'complex' ? value : keyOf(attribute)(value));
  const parts = subAttributes.map((sub) => [sub.name, value[sub.name] === undefined ? '' : sameText(sub, value[sub.name] as JsonValue)]);
  return canonicalJson(parts);
}
