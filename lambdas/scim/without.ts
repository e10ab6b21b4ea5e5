import { type JsonObject, withObjects } from './json.ts';
import { type Attribute, attributeNamed } from './schemas/attribute.ts';

/** An object without the values of some attributes, at any depth, and without what they leave empty. */
export function without(attributes: readonly Attribute[], object: JsonObject, isDropped: (attribute: Attribute) => boolean): JsonObject {
  const result: JsonObject = {};
  for (const [name, value] of Object.entries(object)) {
    const attribute = attributeNamed(attributes, name);
    if (!attribute || isDropped(attribute)) continue;
    const { subAttributes } = attribute;
    const left = subAttributes ? withObjects(value, (inner) => without(subAttributes, inner, isDropped)) : value;
    if (left !== undefined) result[name] = left;
  }
  return result;
}
