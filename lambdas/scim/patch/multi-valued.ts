import { canonicalJson, isObject, type JsonObject, type JsonValue } from '../json.ts';
import { identityOf, isPrimary, leavePrimary, typedIdentityOf } from '../multi-valued.ts';
import type { Attribute } from '../schemas/attribute.ts';

/**
 * Adds values to those that are there (RFC 7644 section 3.5.2.1). One that is there already, with the same `type` if it
 * names one, is not added again (RFC 7643 section 2.4): what else is given of it joins it.
 */
export function appended(attribute: Attribute, before: readonly JsonValue[], given: readonly JsonValue[]): readonly JsonValue[] {
  const identity = identityOf(attribute);
  const typed = typedIdentityOf(attribute);
  const wanted = new Set(given.map(identity));
  const places = new Map<string, number>();
  const result = [...before];
  const remember = (value: JsonValue, place: number) => {
    const key = identity(value);
    if (!wanted.has(key)) return;
    for (const name of [key, typed(value)]) if (!places.has(name)) places.set(name, place);
  };
  before.forEach(remember);
  for (const value of given) {
    const place = places.get(typed(value));
    if (place === undefined) remember(value, result.push(value) - 1);
    else result[place] = joined(result[place] as JsonValue, value);
  }
  return result.length === before.length && result.every((value, i) => value === before[i]) ? before : result;
}

function joined(old: JsonValue, given: JsonValue): JsonValue {
  if (!isObject(old) || !isObject(given)) return old;
  const after = {
    ...old,
    ...given,
    ...(old.value !== undefined && { value: old.value }),
    ...(old.type !== undefined && { type: old.type }),
  };
  return canonicalJson(after) === canonicalJson(old) ? (old as JsonObject) : (after as JsonObject);
}

/** A value whose content is gone, so that only what labels it is left, is no value any more. */
export const isEmptied = (value: JsonObject): boolean => Object.keys(value).every((name) => LABELS.has(name));
const LABELS = new Set(['type', 'primary', 'display']);

/** A value that becomes primary takes that from the one that was (RFC 7644 section 3.5.2). */
export function settlePrimary(before: JsonValue | undefined, after: JsonValue | undefined): JsonValue | undefined {
  if (!Array.isArray(after)) return after;
  const primaries = after.filter(isPrimary);
  if (primaries.length <= 1) return after;
  const old = new Set<JsonValue>(Array.isArray(before) ? before.filter(isPrimary) : []);
  return leavePrimary(after, primaries.findLast((value) => !old.has(value)) ?? primaries[0]);
}
