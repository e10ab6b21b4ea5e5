import { keyOf } from '../compare.ts';
import { invalidValue, noTarget } from '../errors.ts';
import { isObject, type JsonObject, type JsonValue, memberNamed } from '../json.ts';
import { succeedValues } from '../replacement.ts';
import { type Attribute, comparedBy } from '../schemas/attribute.ts';
import { complexFromValue } from '../tolerances.ts';
import { isAbsent, isBlank, readSingle } from '../values.ts';
import { appended } from './append.ts';
import { withChanged } from './changed.ts';
import { type Edit, edited, givenParts, givenValues, merged, type Value } from './edit.ts';
import { unlessEmptied } from './same.ts';
import type { Selection } from './target.ts';
import { clearsNothing, valueThatMatches } from './tolerances.ts';
import { withValue } from './with-value.ts';

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
  const wantedValue = memberNamed(given, 'value');
  const wanted = toKey(wantedValue);
  return isAbsent(wantedValue) ? matches : (element) => matches(element) && toKey((element as JsonObject).value) === wanted;
}

/** What becomes of a value that the filter matches. */
function changeOf(attribute: Attribute, edit: Edit, { sub }: Selection): (element: JsonValue) => Value {
  const { op, value, path, reading } = edit;
  if (sub) {
    return (element) => {
      const before = element as JsonObject;
      return unlessEmptied(attribute, before, withValue(before, sub, edited(sub, before[sub.name], edit), path));
    };
  }
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
