import { invalidValue } from './errors.ts';
import { isObject, type JsonObject } from './json.ts';
import type { Attribute } from './schemas/attribute.ts';
import type { ResourceType } from './schemas/resource-type.ts';
import { readObject, separator, type Unknowns } from './values.ts';

/** A resource as it is kept: what a client may write, in the schema's spelling, without `schemas`, `id` and `meta`. */
export interface Validated {
  readonly resource: JsonObject;
  /** Full paths of the attributes that no schema declares: they are dropped. */
  readonly unknowns: readonly string[];
}

/** Reads the body of a POST (RFC 7644 section 3.3). */
export function validateNew(type: ResourceType, body: Record<string, unknown>): Validated {
  return validate(type, body, type.defaults);
}

/**
 * Reads the body of a PUT (RFC 7644 section 3.5.1). An attribute that it does not name is removed, save those with
 * a default: a client that leaves `active` out does not mean to change it.
 */
export function validateReplacement(type: ResourceType, body: Record<string, unknown>, current: JsonObject): Validated {
  return validate(type, body, keptDefaults(type, current));
}

/** What the attributes with a default are where a change does not say: as they were. They cannot be cleared. */
export const keptDefaults = ({ defaults }: ResourceType, current: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, current[name] ?? value]));

function validate(type: ResourceType, body: Record<string, unknown>, defaults: JsonObject): Validated {
  requireSchemas(type, body);
  const unknowns: Unknowns = [];
  const { schemas: _, ...given } = readObject(type.attributes, body, '', unknowns);
  const resource = { ...defaults, ...given };
  requireAttributes(type, resource);
  return { resource, unknowns };
}

function requireSchemas({ schema }: ResourceType, body: Record<string, unknown>) {
  const [, schemas] = Object.entries(body).find(([name]) => name.toLowerCase() === 'schemas') ?? [];
  if (!namesSchema(schemas, schema.id)) throw invalidValue(`schemas: expected an array that names ${schema.id}`);
}

/** Whether the value of `schemas` names a schema, or a message. URNs are compared without case. */
export const namesSchema = (schemas: unknown, urn: string): boolean =>
  Array.isArray(schemas) && schemas.some((named) => typeof named === 'string' && named.toLowerCase() === urn.toLowerCase());

/** Throws `invalidValue` for the first required attribute that a resource, or a complex value in it, lacks. */
export function requireAttributes(type: ResourceType, resource: JsonObject): void {
  requireIn(
    type.attributes.filter(({ name, mutability }) => name !== 'schemas' && mutability !== 'readOnly'),
    resource,
    '',
  );
}

function requireIn(attributes: readonly Attribute[], object: JsonObject, prefix: string) {
  for (const attribute of attributes) {
    const value = object[attribute.name];
    if (value === undefined) {
      if (attribute.required) throw invalidValue(`${prefix}${attribute.name}: required, and must not be empty`);
      continue;
    }
    if (!attribute.subAttributes) continue;
    for (const element of Array.isArray(value) ? value : [value]) {
      if (isObject(element)) requireIn(attribute.subAttributes, element as JsonObject, prefix + attribute.name + separator(attribute));
    }
  }
}
