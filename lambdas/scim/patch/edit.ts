import { invalidValue, noTarget } from '../errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { requireOnePrimary } from '../multi-valued.ts';
import { separator } from '../path.ts';
import { succeedValues } from '../replacement.ts';
import { type Attribute, attributeNamed } from '../schemas/attribute.ts';
import { complexFromValue } from '../tolerances.ts';
import { forEachGiven, isAbsent, isBlank, type Reading, readSingle, readValue } from '../values.ts';
import type { Action } from './actions.ts';
import { appended, isEmptied, withChanged } from './append.ts';
import { withValue } from './put.ts';
import type { Selection } from './target.ts';
import { isNamedBy, listOf, valueThatMatches } from './tolerances.ts';

/*
 * What an action makes of the value of one attribute (RFC 7644 sections 3.5.2.1 to 3.5.2.3).
 */

/** What is done to an attribute, and what errors call it. */
interface Edit {
  readonly op: Action['op'];
  readonly value: unknown;
  readonly path: string;
  readonly reading: Reading;
}

type Value = JsonValue | undefined;

/** Changes the value of an attribute as a whole. */
export const edited = (attribute: Attribute, before: Value, edit: Edit): Value =>
  attribute.multiValued
    ? editedValues(attribute, (before as JsonValue[] | undefined) ?? [], edit)
    : editedSingle(attribute, before as JsonObject | undefined, edit);

function editedSingle(attribute: Attribute, before: JsonObject | undefined, edit: Edit): Value {
  const { op, value, path, reading } = edit;
  if (op === 'remove' || isAbsent(value)) return undefined;
  // What stands for the whole of a complex value (see `complexFromValue`) leaves no sub-attribute of the old one.
  if (attribute.type !== 'complex' || !isObject(value)) return readSingle(attribute, value, path, reading);
  return merged(attribute, before ?? {}, edit);
}

function editedValues(attribute: Attribute, before: JsonValue[], { op, value, path, reading }: Edit): Value {
  if (op === 'remove' && namesAll(value)) return undefined;
  const given = givenValues(attribute, value, path, reading);
  if (op === 'add') return appended(attribute, before, given, path);
  if (op === 'replace') return succeedValues(attribute, before, given, path);
  const isGone = isNamedBy(attribute, given);
  return before.filter((element) => !isGone(element));
}

/** Whether a removal is one of all values. An empty list is another thing: it names none. */
export const namesAll = (value: unknown): boolean => isAbsent(value) && !Array.isArray(value);

/**
 * Reads the values that an action gives to a multi-valued attribute. One that holds something, but nothing that the schema has,
 * is refused: taken for an empty one, it would remove what is there.
 */
export function givenValues(attribute: Attribute, value: unknown, path: string, reading: Reading): JsonValue[] {
  const given = listOf(value);
  const read = (readValue(attribute, given, path, reading) ?? []) as JsonValue[];
  if (read.length < given.length && read.length < given.filter((element) => !isBlank(element)).length)
    throw invalidValue(`${path}: expected a value with attributes that the schema has`);
  requireOnePrimary(read, path);
  return read;
}

/** Sub-attributes that are given replace or join those that are there; the others stay (RFC 7644 section 3.5.2.3). */
function merged(attribute: Attribute, before: JsonObject, edit: Edit): JsonObject {
  const given = complexFromValue(attribute, edit.value);
  if (!isObject(given)) throw invalidValue(`${edit.path}: expected an object`);
  let result = before;
  forEachGiven(attribute.subAttributes ?? [], given, edit.path + separator(attribute), edit.reading, (sub, value, path) => {
    result = withValue(result, sub, edited(sub, result[sub.name], { ...edit, value, path }), path);
  });
  return result;
}

/** Changes the values of a multi-valued attribute that a filter matches, or a sub-attribute of theirs. */
export function editedSelection(attribute: Attribute, before: Value, edit: Edit, selection: Selection): Value {
  const values = (before as JsonValue[] | undefined) ?? [];
  const { matches, sub } = selection;
  if (!values.some(matches)) {
    const clears = edit.op === 'remove' || (sub ? isAbsent(edit.value) : isBlank(edit.value));
    return clears ? before : withMatch(attribute, values, edit, selection);
  }
  return withChanged(attribute, values, matches, changeOf(attribute, edit, selection));
}

/** What becomes of a value that the filter matches. */
function changeOf(attribute: Attribute, edit: Edit, { sub }: Selection): (element: JsonValue) => Value {
  const { op, value, path, reading } = edit;
  if (sub) {
    return (element) => {
      const before = element as JsonObject;
      const after = withValue(before, sub, edited(sub, before[sub.name], edit), path);
      return isEmptied(before, after) ? undefined : after;
    };
  }
  if (op === 'remove') return () => undefined;
  if (isBlank(value)) return (element) => (op === 'add' ? element : undefined);
  if (op === 'add') return (element) => merged(attribute, element as JsonObject, edit);
  const [given, ...more] = givenValues(attribute, value, path, reading);
  if (given === undefined || more.length > 0) throw invalidValue(`${path}: expected one value`);
  return (element) => succeedValues(attribute, [element], [given], path)[0];
}

/** The values and one that the filter describes, where none matched (see `valueThatMatches`). Throws `noTarget` where none can be made. */
function withMatch(attribute: Attribute, values: JsonValue[], { op, value, path, reading }: Edit, selection: Selection): Value {
  const { filter, matches, sub } = selection;
  const nothing = () => noTarget(`${path}: no value of ${attribute.name} matches the filter`);
  const given = sub ? { [sub.name]: value } : complexFromValue(attribute, value);
  const described = op === 'add' || sub ? valueThatMatches(filter) : undefined;
  if (!described || !isObject(given)) throw nothing();
  const outer = sub ? path.slice(0, path.lastIndexOf('.')) : path;
  const made = readSingle(attribute, { ...spelled(attribute, described), ...spelled(attribute, given) }, outer, reading);
  if (!isObject(made)) throw nothing();
  const after = appended(attribute, values, [made as JsonObject], path);
  // What was done before and is done again finds its work done: emails[value eq "a"].value was replaced by "b".
  if (after !== values && !matches(made as JsonObject)) throw nothing();
  return after;
}

const spelled = ({ subAttributes = [] }: Attribute, object: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).map(([name, part]) => [attributeNamed(subAttributes, name)?.name ?? name, part]));
