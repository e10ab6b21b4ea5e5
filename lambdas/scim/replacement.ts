import { keyOf } from './compare.ts';
import { mutability } from './errors.ts';
import { canonicalJson, isObject, type JsonObject, type JsonValue } from './json.ts';
import { hasOnePrimary, isPrimary, leavePrimary, predecessors, requireOnePrimary } from './multi-valued.ts';
import { oncePer } from './once-per.ts';
import { separator } from './path.ts';
import { type Attribute, isExtension, isHidden } from './schemas/attribute.ts';
import type { Cleared } from './values.ts';

/*
 * What becomes of the values that are there when new ones are given for them (RFC 7644 section 3.5.1). An attribute, of an
 * extension too, is replaced by the rule of its mutability. A complex value is replaced as a whole: the rules of its
 * sub-attributes count for as long as there is one, and each value of a multi-valued attribute goes on where it is given again.
 */

/** Whether a client that sends back what it has read leaves the value out, as it was not shown to it or is not the client's to give. */
function isBeyondClient(attribute: Attribute, value: JsonValue): boolean {
  if (isHidden(attribute) || attribute.returned === 'request' || attribute.mutability === 'readOnly') return true;
  const { subAttributes = [] } = attribute;
  const isEachBeyond = (object: Record<string, unknown>) =>
    subAttributes.every((sub) => object[sub.name] === undefined || isBeyondClient(sub, object[sub.name] as JsonValue));
  return [value].flat().every((one) => isObject(one) && isEachBeyond(one));
}

const changed = (path: string) => mutability(`${path}: immutable, expected the value that it has`);

/** How values are replaced, and where. */
interface Way {
  /** Before the names of attributes in errors. */
  readonly prefix: string;
  /** The attributes that were given no value, by the object that they were read into. */
  readonly cleared: Cleared;
  /** Whether an attribute was given no value. One that was not given at all is not asserted, and stays if it is beyond the client. */
  readonly isCleared: (name: string) => boolean;
}

/**
 * The attributes of an object after others have taken their place: what the server owns stays, what is immutable too, and what
 * is primary now takes that from what was (RFC 7643 section 2.4). Throws `mutability`, and `invalidValue` where several values
 * are primary and it does not show which of them became it.
 */
export function succeed(attributes: readonly Attribute[], before: JsonObject, after: JsonObject, way: Way): JsonObject {
  const result = { ...after };
  for (const attribute of attributes) {
    const value = succeedValue(attribute, before[attribute.name], after[attribute.name], way);
    if (value !== undefined) result[attribute.name] = value;
  }
  return result;
}

function succeedValue(attribute: Attribute, before: JsonValue | undefined, after: JsonValue | undefined, way: Way): JsonValue | undefined {
  const path = way.prefix + attribute.name;
  if (before !== undefined) {
    if (attribute.mutability === 'readOnly') return before;
    if (after === undefined) return omitted(attribute, before, path, way);
    if (attribute.mutability === 'immutable') return unchanged(attribute, before, after, path);
  }
  if (!attribute.subAttributes || after === undefined) return after;
  return Array.isArray(after)
    ? succeedValues(attribute, Array.isArray(before) ? before : [], after, path, way.cleared)
    : succeedOne(attribute, before, after, path, way.cleared);
}

/** The value of an immutable attribute, if the one that is given for it is the same. */
export function unchanged(attribute: Attribute, before: JsonValue, after: JsonValue, path: string): JsonValue {
  if (before !== after && sameText(attribute, before) !== sameText(attribute, after)) throw changed(path);
  return before;
}

/** What is left of a value that is not given again. */
function omitted(attribute: Attribute, before: JsonValue, path: string, { cleared, isCleared }: Way): JsonValue | undefined {
  const { name, mutability: kind, subAttributes = [] } = attribute;
  const isGone = isCleared(name);
  if (isExtension(attribute)) {
    const left = succeed(subAttributes, before as JsonObject, {}, { prefix: `${path}:`, cleared, isCleared: () => isGone });
    return Object.keys(left).length > 0 ? left : undefined;
  }
  if (kind === 'immutable' && isGone) throw changed(path);
  return kind === 'immutable' || (!isGone && isBeyondClient(attribute, before)) ? before : undefined;
}

/** What is left of a value that is taken away: of an extension, the attributes that are the server's own. */
export const takenAway = (attribute: Attribute, before: JsonValue, path: string): JsonValue | undefined =>
  omitted(attribute, before, path, { prefix: '', cleared: new Map(), isCleared: () => true });

/** The value of a complex attribute: the rules of its sub-attributes count for as long as there is one. */
export function succeedOne(
  attribute: Attribute,
  before: JsonValue | undefined,
  after: JsonValue,
  path: string,
  cleared: Cleared = new Map(),
): JsonValue {
  if (!isObject(after) || !attribute.subAttributes) return after;
  const isCleared = (name: string) => cleared.get(after)?.has(name) ?? false;
  const old = isObject(before) ? (before as JsonObject) : {};
  return succeed(attribute.subAttributes, old, after as JsonObject, { prefix: path + separator(attribute), cleared, isCleared });
}

/** Whether what was there of a value can be seen in one that takes its place. */
const keepsParts = oncePer(({ subAttributes = [] }: Attribute): boolean =>
  subAttributes.some((sub) => sub.mutability !== 'readWrite' || isHidden(sub) || sub.returned === 'request'),
);

/** The values of a multi-valued attribute: those that were there go on. */
export function succeedValues(
  attribute: Attribute,
  before: readonly JsonValue[],
  after: JsonValue[],
  path: string,
  cleared: Cleared = new Map(),
): JsonValue[] {
  if (!keepsParts(attribute) && hasOnePrimary(after)) return after;
  const old = predecessors(attribute, before, after);
  const values = after.map((value, i) => succeedOne(attribute, old[i], value, path, cleared));
  // Of several, the one that was not primary before is meant: the client has left it to the one that was.
  const fresh = values.filter((value, i) => isPrimary(value) && !isPrimary(old[i]));
  const settled = fresh.length === 1 ? leavePrimary(values, fresh[0]) : values;
  requireOnePrimary(settled, path);
  return settled;
}

/** A text that two values share if what a client can give of them is the same: in any order, and without case where it has none. */
function sameText(attribute: Attribute, value: JsonValue): string {
  if (Array.isArray(value)) return canonicalJson(value.map((element) => sameText(attribute, element)).sort());
  const { subAttributes } = attribute;
  if (!subAttributes || !isObject(value)) return canonicalJson(keyOf(attribute)(value));
  const parts = subAttributes.flatMap((sub) => {
    const part = value[sub.name] as JsonValue | undefined;
    return part === undefined || isBeyondClient(sub, part) ? [] : [[sub.name, sameText(sub, part)]];
  });
  return canonicalJson(parts);
}
