import type { Key } from '../compare.ts';
import type { JsonValue } from '../json.ts';
import { identityOf, typeOf } from '../multi-valued.ts';
import type { Attribute } from '../schemas/attribute.ts';
import { joined, Places } from './same.ts';

/**
 * Adds values to those that are there (RFC 7644 section 3.5.2.1). One that is there already, with the same `type` if it
 * names one, is not added again (RFC 7643 section 2.4): what else is given of it joins it.
 */
export function appended(attribute: Attribute, before: JsonValue[], given: readonly JsonValue[], path: string): JsonValue[] {
  const [only, ...more] = given;
  if (only === undefined) return before;
  if (more.length === 0) return withOne(attribute, before, only, path);
  const identity = identityOf(attribute);
  const keys = given.map(identity);
  // A list in the place of another one has no two of the same, as a rule.
  if (before.length === 0 && new Set(keys).size === keys.length) return [...given];
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

/** One value, by the same rule (see `Places.find`), is found without an index of all: that takes a fifth less. */
function withOne(attribute: Attribute, before: JsonValue[], given: JsonValue, path: string): JsonValue[] {
  const identity = identityOf(attribute);
  const type = typeOf(attribute);
  const [key, wanted] = [identity(given), type(given)];
  const place = before.findIndex((value) => identity(value) === key && (wanted === undefined || type(value) === wanted));
  if (place < 0) return [...before, given];
  const old = before[place] as JsonValue;
  const after = joined(attribute, old, given, path);
  return after === old ? before : before.with(place, after);
}
