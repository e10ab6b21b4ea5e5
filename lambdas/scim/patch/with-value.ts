import type { JsonObject, JsonValue } from '../json.ts';
import { settlePrimary } from '../multi-valued.ts';
import { takenAway, unchanged } from '../replacement.ts';
import type { Attribute } from '../schemas/attribute.ts';
import { isBlank } from '../values.ts';

/**
 * A copy of an object in which an attribute has another value, or none; the object itself if that changes nothing. Throws
 * `mutability` for what is immutable and set (RFC 7644 section 3.5.2). `path` is what errors call the attribute.
 */
export function withValue(object: JsonObject, attribute: Attribute, value: JsonValue | undefined, path: string): JsonObject {
  const { name, mutability, discarded } = attribute;
  const before = object[name];
  let after = isBlank(value) ? undefined : settlePrimary(before, value);
  if (before === after) return object;
  if (before !== undefined) {
    if (after === undefined) after = takenAway(attribute, before, path);
    else if (mutability === 'immutable') after = unchanged(attribute, before, after, path);
  }
  if (after !== undefined) return discarded || before === after ? object : { ...object, [name]: after };
  const { [name]: _, ...without } = object;
  return without;
}
