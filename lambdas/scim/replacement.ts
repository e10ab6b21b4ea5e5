import { keyOf } from './compare.ts';
import { mutability } from './errors.ts';
import { canonicalJson, isObject, type JsonObject, type JsonValue } from './json.ts';
import { isPrimary, leavePrimary, matcher, requireOnePrimary } from './multi-valued.ts';
import { separator } from './path.ts';
import type { Attribute } from './schemas/attribute.ts';

/** What becomes of an immutable attribute that has a value and is given none. */
export type Omitted = (before: JsonValue, path: string) => JsonValue;

/** A PUT that leaves it out does not assert it. */
export const kept: Omitted = (before) => before;
/** A PATCH that takes it away changes it. */
export const refused: Omitted = (_, path) => {
  throw mutability(`${path}: immutable, expected the value that it has`);
};

/**
 * Puts new values of attributes in the place of those before, as far as those allow it: an immutable one that is set stays
 * (RFC 7644 section 3.5.1), and what is primary now takes that from what was (RFC 7643 section 2.4). Throws `mutability`, or
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
  const { mutability: kind, subAttributes } = attribute;
  if (kind === 'immutable' && before !== undefined) {
    if (after === undefined) return omitted(before, path);
    if (sameText(attribute, before) !== sameText(attribute, after)) throw mutability(`${path}: immutable, expected the value that it has`);
    return before;
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
