import type { Key } from '../compare.ts';
import { canonicalJson, isObject, type JsonObject, type JsonValue } from '../json.ts';
import { identityOf, requireOnePrimary, typedIdentityOf } from '../multi-valued.ts';
import type { Attribute } from '../schemas/attribute.ts';
import { withValue } from './put.ts';

/**
 * Adds values to those that are there (RFC 7644 section 3.5.2.1). One that is there already, with the same `type` if it
 * names one, is not added again (RFC 7643 section 2.4): what else is given of it joins it.
 */
export function appended(attribute: Attribute, before: JsonValue[], given: readonly JsonValue[], path: string): JsonValue[] {
  const identity = identityOf(attribute);
  const typed = typedIdentityOf(attribute);
  const keys = given.map(identity);
  const wanted = new Set(keys);
  const places = new Map<Key, number>();
  const remember = (value: JsonValue, place: number, key: Key) => {
    for (const name of [key, typed(value, key)]) if (!places.has(name)) places.set(name, place);
  };
  before.forEach((value, place) => {
    const key = identity(value);
    if (wanted.has(key)) remember(value, place, key);
  });
  const result = [...before];
  given.forEach((value, i) => {
    const key = keys[i] as Key;
    const place = places.get(typed(value, key));
    if (place === undefined) remember(value, result.push(value) - 1, key);
    else result[place] = joined(attribute, result[place] as JsonValue, value, path);
  });
  return result.length === before.length && result.every((value, i) => value === before[i]) ? before : result;
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
  const identity = typedIdentityOf(attribute);
  const others = new Set<JsonValue>();
  const moved = new Set<Key>();
  const after: JsonValue[] = [];
  for (const value of before) {
    const isMatch = matches(value);
    const changed = isMatch ? change(value) : value;
    if (changed === undefined) continue;
    after.push(changed);
    if (!isMatch) others.add(value);
    else if (changed !== value && identity(changed) !== identity(value)) moved.add(identity(changed));
  }
  const result = moved.size === 0 ? after : joinedByIdentity(attribute, after, moved);
  // Which of several that become primary at once would be left it, nobody has said.
  requireOnePrimary(
    result.filter((value) => !others.has(value)),
    attribute.name,
  );
  return result;
}

function joinedByIdentity(attribute: Attribute, values: readonly JsonValue[], keys: ReadonlySet<Key>): JsonValue[] {
  const identity = typedIdentityOf(attribute);
  const places = new Map<Key, number>();
  const result: JsonValue[] = [];
  for (const value of values) {
    const key = identity(value);
    const place = places.get(key);
    if (place !== undefined) result[place] = joined(attribute, result[place] as JsonValue, value, attribute.name);
    else if (result.push(value) && keys.has(key)) places.set(key, result.length - 1);
  }
  return result;
}

/** Whether a value has lost its content, so that only what labels it is left: it is no value any more. */
export const isEmptied = (before: JsonObject, after: JsonObject): boolean =>
  Object.keys(after).length < Object.keys(before).length && Object.keys(after).every((name) => LABELS.has(name));
const LABELS = new Set(['type', 'primary', 'display']);
