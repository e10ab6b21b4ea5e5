import { canonicalJson, isObject, type JsonObject, type JsonValue } from '../json.ts';
import { identityOf, typedIdentityOf } from '../multi-valued.ts';
import type { Attribute } from '../schemas/attribute.ts';
import { withValue } from './put.ts';

/**
 * Adds values to those that are there (RFC 7644 section 3.5.2.1). One that is there already, with the same `type` if it
 * names one, is not added again (RFC 7643 section 2.4): what else is given of it joins it.
 */
export function appended(
  attribute: Attribute,
  before: readonly JsonValue[],
  given: readonly JsonValue[],
  path: string,
): readonly JsonValue[] {
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
    else result[place] = joined(attribute, result[place] as JsonValue, value, path);
  }
  return result.length === before.length && result.every((value, i) => value === before[i]) ? before : result;
}

/** Its `value` and `type` stay as they were: they are the same to the attribute. */
function joined(attribute: Attribute, old: JsonValue, given: JsonValue, path: string): JsonValue {
  if (!isObject(old) || !isObject(given)) return old;
  return (attribute.subAttributes ?? []).reduce((value, sub) => {
    const part = given[sub.name] as JsonValue | undefined;
    const isTelling = sub.name === 'value' || (sub.name === 'type' && old.type !== undefined);
    if (part === undefined || isTelling || canonicalJson(part) === canonicalJson(value[sub.name])) return value;
    return withValue(value, sub, part, `${path}.${sub.name}`);
  }, old as JsonObject);
}

/** A value whose content is gone, so that only what labels it is left, is no value any more. */
export const isEmptied = (value: JsonObject): boolean => Object.keys(value).every((name) => LABELS.has(name));
const LABELS = new Set(['type', 'primary', 'display']);
