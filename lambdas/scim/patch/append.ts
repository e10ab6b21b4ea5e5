import type { Key } from '../compare.ts';
import type { JsonValue } from '../json.ts';
import { identityOf } from '../multi-valued.ts';
import type { Attribute } from '../schemas/attribute.ts';
import { joined, Places } from './same.ts';

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
