import { isObject, type JsonObject, type JsonValue } from './json.ts';
import { type Attribute, attributeNamed } from './schemas/attribute.ts';

/** An object without the values of some attributes, at any depth, and without what they leave empty. */
export function without(attributes: readonly Attribute[], object: JsonObject, isDropped: (attribute: Attribute) => boolean): JsonObject {
  const result: JsonObject = {};
  for (const [name, value] of Object.entries(object)) {
    const attribute = attributeNamed(attributes, name);
    if (!attribute || isDropped(attribute)) continue;
    const left = attribute.subAttributes ? inside(attribute.subAttributes, value, isDropped) : value;
    if (left !== undefined) result[name] = left;
  }
  return result;
}

function inside(attributes: readonly Attribute[], value: JsonValue, isDropped: (attribute: Attribute) => boolean): JsonValue | undefined {
  if (Array.isArray(value)) {
    const left = value.flatMap((element) => inside(attributes, element, isDropped) ?? []);
    return left.length > 0 ? left : undefined;
  }
  if (!isObject(value)) return value;
  const left = without(attributes, value as JsonObject, isDropped);
  return Object.keys(left).length > 0 ? left : undefined;
}
