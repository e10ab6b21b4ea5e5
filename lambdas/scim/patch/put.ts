import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { immutable, sameText } from '../replacement.ts';
import { type Attribute, isExtension } from '../schemas/attribute.ts';
import { isAbsent } from '../values.ts';

/**
 * A copy of an object in which an attribute has another value, or none; the object itself if that changes nothing. Throws
 * `mutability` for what is immutable and set (RFC 7644 section 3.5.2). `path` is what errors call the attribute.
 */
export function withValue(object: JsonObject, attribute: Attribute, value: JsonValue | undefined, path: string): JsonObject {
  const { name, mutability, discarded } = attribute;
  const before = object[name];
  const after = isNothing(value) ? left(attribute, before, path) : value;
  if (mutability === 'immutable' && before !== undefined) {
    if (after === undefined || sameText(attribute, before) !== sameText(attribute, after)) throw immutable(path);
    return object;
  }
  if (after !== undefined) return discarded || before === after ? object : { ...object, [name]: after };
  const { [name]: _, ...without } = object;
  return without;
}

const isNothing = (value: JsonValue | undefined): value is undefined =>
  isAbsent(value) || (isObject(value) && Object.keys(value).length === 0);

/** What is left of an attribute that is taken away: of an extension the attributes that are not the client's to take. */
function left(attribute: Attribute, before: JsonValue | undefined, path: string): JsonValue | undefined {
  if (!isExtension(attribute) || !isObject(before)) return undefined;
  const present = (attribute.subAttributes ?? []).filter(({ name }) => before[name] !== undefined);
  const fixed = present.find(({ mutability }) => mutability === 'immutable');
  if (fixed) throw immutable(`${path}:${fixed.name}`);
  const ours = present.filter(({ mutability }) => mutability === 'readOnly').map(({ name }) => [name, before[name]]);
  return ours.length > 0 ? (Object.fromEntries(ours) as JsonObject) : undefined;
}
