import { keyOf } from '../compare.ts';
import { invalidValue } from '../errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { requireOnePrimary } from '../multi-valued.ts';
import { separator } from '../path.ts';
import { succeedOne, succeedValues } from '../replacement.ts';
import { type Attribute, comparedBy } from '../schemas/attribute.ts';
import { complexFromValue } from '../tolerances.ts';
import { forEachGiven, isAbsent, isBlank, type Reading, readSingle, readValue } from '../values.ts';
import type { Action } from './actions.ts';
import { appended } from './append.ts';
import { unlessEmptied } from './same.ts';
import { isNamedBy, listOf } from './tolerances.ts';
import { withValue } from './with-value.ts';

/*
 * What an action makes of the value of one attribute (RFC 7644 sections 3.5.2.1 to 3.5.2.3).
 */

/** What is done to an attribute, and what errors call it. */
export interface Edit {
  readonly op: Action['op'];
  readonly value: unknown;
  readonly path: string;
  readonly reading: Reading;
}

export type Value = JsonValue | undefined;

/** Changes the value of an attribute as a whole. */
export const edited = (attribute: Attribute, before: Value, edit: Edit): Value =>
  attribute.multiValued
    ? editedValues(attribute, (before as JsonValue[] | undefined) ?? [], edit)
    : editedSingle(attribute, before as JsonObject | undefined, edit);

function editedSingle(attribute: Attribute, before: JsonObject | undefined, edit: Edit): Value {
  const { op, value, path, reading } = edit;
  if (op === 'remove' || isAbsent(value)) return undefined;
  if (attribute.type !== 'complex') return readSingle(attribute, value, path, reading);
  if (isObject(value) || !isAnother(attribute, before, value)) return merged(attribute, before ?? {}, givenParts(attribute, edit), edit);
  // What stands for the whole of a complex value (see `complexFromValue`) leaves nothing that the client could give of the old one.
  const read = readSingle(attribute, value, path, reading);
  return read === undefined ? undefined : succeedOne(attribute, before, read, path);
}

/** Whether what is given for a complex value is another one than that which is there, told by its `value`. */
function isAnother(attribute: Attribute, before: JsonObject | undefined, value: unknown): boolean {
  const simple = comparedBy(attribute);
  const given = complexFromValue(attribute, value);
  if (!simple || !isObject(given)) return false;
  const toKey = keyOf(simple);
  return toKey(given.value) !== toKey(before?.value);
}

function editedValues(attribute: Attribute, before: JsonValue[], { op, value, path, reading }: Edit): Value {
  if (op === 'remove' && namesAll(value)) return undefined;
  const given = givenValues(attribute, value, path, reading);
  if (op === 'add') return appended(attribute, before, given, path);
  if (op === 'replace') {
    if (given.length === 0 && !isAbsent(value)) throw nothingKnown(path);
    return succeedValues(attribute, before, appended(attribute, [], given, path), path);
  }
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
  if (read.length < given.length && read.length < given.filter((element) => !isBlank(element)).length) throw nothingKnown(path);
  requireOnePrimary(read, path);
  return read;
}

export const nothingKnown = (path: string) => invalidValue(`${path}: expected a value with attributes that the schema has`);

/** One sub-attribute that an action gives. */
interface Part {
  readonly sub: Attribute;
  readonly value: unknown;
  readonly path: string;
}

/** The sub-attributes that an action gives, found once however many values they are given to. */
export function givenParts(attribute: Attribute, { value, path: outer, reading }: Edit): Part[] {
  const given = complexFromValue(attribute, value);
  if (!isObject(given)) throw invalidValue(`${outer}: expected an object`);
  const parts: Part[] = [];
  forEachGiven(attribute.subAttributes ?? [], given, outer + separator(attribute), reading, (sub, part, path) => {
    parts.push({ sub, value: part, path });
  });
  return parts;
}

/**
 * Sub-attributes that are given replace or join those that are there; the others stay (RFC 7644 section 3.5.2.3). `undefined` if
 * that empties the value.
 */
export function merged(attribute: Attribute, before: JsonObject, parts: readonly Part[], edit: Edit): JsonObject | undefined {
  let result = before;
  for (const { sub, value, path } of parts) result = withValue(result, sub, edited(sub, result[sub.name], { ...edit, value, path }), path);
  return unlessEmptied(attribute, before, result);
}
