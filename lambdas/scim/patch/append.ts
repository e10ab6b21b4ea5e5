import type { Key } from '../compare.ts';
import { canonicalJson, isObject, type JsonObject, type JsonValue } from '../json.ts';
import { hasOnePrimary, identityOf, requireOnePrimary, typeOf } from '../multi-valued.ts';
import type { Attribute } from '../schemas/attribute.ts';
import { withValue } from './put.ts';

/** Where values stand in a list, by what they are told by. */
class Places {
  readonly #places = new Map<Key, number[]>();
  readonly #list: readonly JsonValue[];
  readonly #type: (value: JsonValue) => Key | undefined;

  /** Only values with one of the keys are looked for. */
  constructor(attribute: Attribute, list: readonly JsonValue[], keys: Iterable<Key>) {
    this.#list = list;
    this.#type = typeOf(attribute);
    for (const key of keys) this.#places.set(key, []);
  }

  add = (key: Key, place: number): unknown => this.#places.get(key)?.push(place);

  /** Where one that is the same stands: of the same `type`, or of any if the value names none. */
  find(key: Key, value: JsonValue): number | undefined {
    const places = this.#places.get(key);
    if (places === undefined || places.length === 0) return undefined;
    const wanted = this.#type(value);
    return wanted === undefined ? places[0] : places.find((place) => this.#type(this.#list[place] as JsonValue) === wanted);
  }
}

/**
 * Adds values to those that are there (RFC 7644 section 3.5.2.1). One that is there already, with the same `type` if it
 * names one, is not added again (RFC 7643 section 2.4): what else is given of it joins it.
 */
export function appended(attribute: Attribute, before: JsonValue[], given: readonly JsonValue[], path: string): JsonValue[] {
  const identity = identityOf(attribute);
  const keys = given.map(identity);
  const result = [...before];
  const places = new Places(attribute, result, keys);
  for (const [place, value] of before.entries()) places.add(identity(value), place);
  let isSame = true;
  for (const [i, value] of given.entries()) {
    const key = keys[i] as Key;
    const place = places.find(key, value);
    const old = place === undefined ? undefined : (result[place] as JsonValue);
    const after = old === undefined ? value : joined(attribute, old, value, path);
    isSame &&= after === old;
    if (place === undefined) places.add(key, result.push(after) - 1);
    else result[place] = after;
  }
  return isSame ? before : result;
}

/** Its `value` and `type` stay as they were: they are the same to the attribute. */
export function joined(attribute: Attribute, old: JsonValue, given: JsonValue, path: string): JsonValue {
  if (!isObject(old) || !isObject(given)) return old;
  return (attribute.subAttributes ?? []).reduce((value, sub) => {
    const part = given[sub.name] as JsonValue | undefined;
    const isTelling = sub.name === 'value' || (sub.name === 'type' && old.type !== undefined);
    if (part === undefined || isTelling || canonicalJson(part) === canonicalJson(value[sub.name])) return value;
    return withValue(value, sub, part, `${path}.${sub.name}`);
  }, old as JsonObject);
}

/**
 * The values after a change of those that a filter matches: one that has become the same as another one, with the same `type` if
 * it has one, joins it (RFC 7643 section 2.4). `change` gives `undefined` for a value that goes.
 */
export function withChanged(
  attribute: Attribute,
  before: readonly JsonValue[],
  matches: (value: JsonValue) => boolean,
  change: (value: JsonValue) => JsonValue | undefined,
): JsonValue[] {
  const identity = identityOf(attribute);
  const type = typeOf(attribute);
  const moved = new Set<Key>();
  const after: JsonValue[] = [];
  for (const value of before) {
    const changed = matches(value) ? change(value) : value;
    if (changed === undefined) continue;
    after.push(changed);
    if (changed === value) continue;
    const key = identity(changed);
    if (key !== identity(value) || type(changed) !== type(value)) moved.add(key);
  }
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

/** Whether a value has lost its content, so that only what labels it is left: it is no value any more. */
export const isEmptied = (before: JsonObject, after: JsonObject): boolean =>
  Object.keys(after).length < Object.keys(before).length && Object.keys(after).every((name) => LABELS.has(name));
const LABELS = new Set(['type', 'primary', 'display']);
