import { type Key, keyOf } from '../compare.ts';
import { invalidValue, noTarget } from '../errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { hasOnePrimary, identityOf, requireOnePrimary, typeOf } from '../multi-valued.ts';
import { succeedValues } from '../replacement.ts';
import { type Attribute, comparedBy } from '../schemas/attribute.ts';
import { complexFromValue } from '../tolerances.ts';
import { isAbsent, isBlank, readSingle } from '../values.ts';
import { appended } from './append.ts';
import { type Edit, edited, givenParts, givenValues, merged, type Value } from './edit.ts';
import { withValue } from './put.ts';
import { isEmptied, joined, Places } from './same.ts';
import type { Selection } from './target.ts';
import { clearsNothing, valueThatMatches } from './tolerances.ts';

/*
 * What an action makes of some of the values of a multi-valued attribute (RFC 7644 sections 3.5.2.1 to 3.5.2.3).
 */

/** Changes the values of a multi-valued attribute that a filter matches, or a sub-attribute of theirs. */
export function editedSelection(attribute: Attribute, before: Value, edit: Edit, selection: Selection): Value {
  const values = (before as JsonValue[] | undefined) ?? [];
  const matches = matchesOf(attribute, edit, selection);
  if (values.some(matches)) return withChanged(attribute, values, matches, changeOf(attribute, edit, selection));
  return clearsNothing(edit, selection.sub) ? before : withMatch(attribute, values, edit, selection);
}

/** Which values are changed. What is added with a `value` of its own takes the place of no other: it is added beside them. */
function matchesOf(attribute: Attribute, { op, value }: Edit, { matches, sub }: Selection): (element: JsonValue) => boolean {
  const given = op === 'add' && !sub ? complexFromValue(attribute, value) : undefined;
  const simple = comparedBy(attribute);
  if (!simple || !isObject(given)) return matches;
  const toKey = keyOf(simple);
  const [, wantedValue] = Object.entries(given).find(([name]) => name.toLowerCase() === 'value') ?? [];
  const wanted = toKey(wantedValue);
  return isAbsent(wantedValue) ? matches : (element) => matches(element) && toKey((element as JsonObject).value) === wanted;
}

/** What becomes of a value that the filter matches. */
function changeOf(attribute: Attribute, edit: Edit, { sub }: Selection): (element: JsonValue) => Value {
  const { op, value, path, reading } = edit;
  if (sub)
    return (element) =>
      withoutEmptied(attribute, element as JsonObject, (before) => withValue(before, sub, edited(sub, before[sub.name], edit), path));
  if (op === 'remove') return () => undefined;
  if (isBlank(value)) return (element) => (op === 'add' ? element : undefined);
  if (op === 'add') {
    const parts = givenParts(attribute, edit);
    return (element) => merged(attribute, element as JsonObject, parts, edit);
  }
  const [given, ...more] = givenValues(attribute, value, path, reading);
  if (given === undefined || more.length > 0) throw invalidValue(`${path}: expected one value`);
  return (element) => succeedValues(attribute, [element], [given], path)[0];
}

/** What a change makes of a value; `undefined` if that empties it. */
export function withoutEmptied(
  attribute: Attribute,
  before: JsonObject,
  change: (before: JsonObject) => JsonObject,
): JsonObject | undefined {
  const after = change(before);
  return isEmptied(attribute, before, after) ? undefined : after;
}

/** The values and one that the filter describes, where none matched (see `valueThatMatches`). Throws `noTarget` where none can be made. */
function withMatch(attribute: Attribute, values: JsonValue[], edit: Edit, { filter, matches, sub }: Selection): Value {
  const { op, path, reading } = edit;
  const nothing = () => noTarget(`${path}: no value of ${attribute.name} matches the filter`);
  const described = (op === 'add' || sub) && attribute.subAttributes ? valueThatMatches(filter) : undefined;
  if (!described) throw nothing();
  const base = (readSingle(attribute, described, attribute.name, reading) ?? {}) as JsonObject;
  const made = sub ? withValue(base, sub, edited(sub, undefined, edit), path) : merged(attribute, base, givenParts(attribute, edit), edit);
  if (!made) throw nothing();
  const after = appended(attribute, values, [made], path);
  // What was done before and is done again finds its work done: emails[value eq "a"].value was replaced by "b".
  if (after !== values && !matches(made)) throw nothing();
  return after;
}

/**
 * The values after a change of those that a filter matches: one that has become the same as another one, with the same `type` if
 * it has one, joins it (RFC 7643 section 2.4). `change` gives `undefined` for a value that goes.
 */
export function withChanged(
  attribute: Attribute,
  before: JsonValue[],
  matches: (value: JsonValue) => boolean,
  change: (value: JsonValue) => JsonValue | undefined,
): JsonValue[] {
  const identity = identityOf(attribute);
  const type = typeOf(attribute);
  const isTold = comparedBy(attribute) !== undefined;
  const moved = new Set<Key>();
  const made = new Set<JsonValue>();
  const after: JsonValue[] = [];
  let isSame = true;
  for (const value of before) {
    const changed = matches(value) ? change(value) : value;
    isSame &&= changed === value;
    if (changed === undefined || made.has(changed)) continue;
    after.push(changed);
    if (changed === value) continue;
    made.add(changed);
    // Values without a `value` are told by all that they are, which is long: only those that one object replaces become one.
    if (!isTold) continue;
    const key = identity(changed);
    if (key !== identity(value) || type(changed) !== type(value)) moved.add(key);
  }
  if (isSame) return before;
  const result = moved.size === 0 ? after : united(attribute, after, moved);
  // Which of several that become primary at once would be left it, nobody has said.
  if (!hasOnePrimary(result)) {
    const others = new Set(before.filter((value) => !matches(value)));
    requireOnePrimary(
      result.filter((value) => !others.has(value)),
      attribute.name,
    );
  }
  return result;
}

function united(attribute: Attribute, values: readonly JsonValue[], keys: ReadonlySet<Key>): JsonValue[] {
  const identity = identityOf(attribute);
  const result: JsonValue[] = [];
  const places = new Places(attribute, result, keys);
  for (const value of values) {
    const key = identity(value);
    const place = places.find(key, value);
    if (place === undefined) places.add(key, result.push(value) - 1);
    else result[place] = joined(attribute, result[place] as JsonValue, value, attribute.name);
  }
  return result;
}
