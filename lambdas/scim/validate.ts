import { invalidValue } from './errors.ts';
import { canonicalJson, isObject, type JsonObject, type JsonValue, memberNamed } from './json.ts';
import { separator } from './path.ts';
import { succeed } from './replacement.ts';
import { presentSchemas } from './resource.ts';
import { type Attribute, isHidden } from './schemas/attribute.ts';
import type { ResourceType } from './schemas/resource-type.ts';
import { type Reading, readObject, writable } from './values.ts';
import { without } from './without.ts';

/** A resource as it is kept: what a client may write, in the schema's spelling, without `schemas`, `id` and `meta`. */
export interface Validated {
  readonly resource: JsonObject;
  /** Full paths of the attributes that no schema declares: they are dropped. */
  readonly unknowns: readonly string[];
}

/** What a representation of a resource is for. */
export type Context =
  /** The body of a POST (RFC 7644 section 3.3). */
  | { readonly to: 'create' }
  /** The body of a PUT (section 3.5.1), which takes the place of `current`. */
  | { readonly to: 'replace'; readonly current: JsonObject }
  /** What a service answers. */
  | { readonly to: 'respond' };

interface Rules {
  readonly reads: Reading['reads'];
  /** Whether a resource that lacks the attribute is refused, should it be required. */
  readonly demands: (attribute: Attribute) => boolean;
}

const WRITTEN: Rules = { reads: writable, demands: writable };
const RULES: Readonly<Record<Context['to'], Rules>> = {
  create: WRITTEN,
  replace: WRITTEN,
  respond: {
    reads: (attribute, path) => {
      if (isHidden(attribute)) throw invalidValue(`${path}: never returned, expected no value`);
      return true;
    },
    demands: (attribute) => !isHidden(attribute),
  },
};

/**
 * Reads a representation of a resource by the characteristics of its attributes (RFC 7643 section 2.2). Throws `invalidValue`
 * with the full path of an attribute and what was expected, and `mutability` for a change of what is immutable.
 */
export function validate(type: ResourceType, body: Record<string, unknown>, context: Context): Validated {
  requireSchemas(type, body);
  const { reads, demands } = RULES[context.to];
  const unknowns: string[] = [];
  const cleared = new Map<object, ReadonlySet<string>>();
  const read = readObject(type.attributes, body, '', { unknowns, cleared, reads });
  const { schemas: _, ...given } = read;
  const before = context.to === 'replace' ? context.current : {};
  const defaults = context.to === 'respond' ? {} : keptDefaults(type, before);
  const isCleared = (name: string) => cleared.get(read)?.has(name) ?? false;
  const resource = succeed(type.attributes, before, { ...defaults, ...given }, { prefix: '', cleared, isCleared });
  requireAttributes(type, resource, demands);
  requireConstants(type, resource);
  if (context.to === 'respond') requirePresentSchemas(type, read.schemas, resource);
  return { resource: withoutDiscarded(type, resource), unknowns };
}

/** What has been read, and so checked, and is not kept (`password`). */
export const withoutDiscarded = ({ attributes }: ResourceType, resource: JsonObject): JsonObject =>
  without(attributes, resource, ({ discarded = false }) => discarded);

/**
 * What the attributes with a default are where a change does not say: as they were. A client that leaves `active` out of a PUT
 * does not mean to change it. They cannot be cleared.
 */
export const keptDefaults = ({ defaults }: ResourceType, current: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, current[name] ?? value]));

/** Throws `invalidValue` for an attribute that is the same in all resources of a type and is given otherwise. */
export function requireConstants({ name: type, constants }: ResourceType, resource: JsonObject): void {
  for (const [name, value] of Object.entries(constants))
    if (resource[name] !== value) throw invalidValue(`${name}: expected ${value}, as that of every ${type}`);
}

function requireSchemas({ schema }: ResourceType, body: Record<string, unknown>) {
  if (!namesSchema(memberNamed(body, 'schemas'), schema.id)) throw invalidValue(`schemas: expected an array that names ${schema.id}`);
}

/** An answer names the schemas of the attributes that are present, and no others (RFC 7643 section 3). */
function requirePresentSchemas(type: ResourceType, schemas: JsonValue | undefined, resource: JsonObject) {
  const present = presentSchemas(type, resource);
  if (!Array.isArray(schemas) || schemas.length !== present.length || !present.every((urn) => namesSchema(schemas, urn)))
    throw invalidValue(`schemas: expected ${canonicalJson(present)}`);
}

/** Whether the value of `schemas` names a schema, or a message. URNs are compared without case. */
export const namesSchema = (schemas: unknown, urn: string): boolean =>
  Array.isArray(schemas) && schemas.some((named) => typeof named === 'string' && named.toLowerCase() === urn.toLowerCase());

/** What a resource as it is kept can be asked to have. */
const keptAttribute = (attribute: Attribute): boolean => writable(attribute) && !attribute.discarded;

/** Throws `invalidValue` for the first required attribute that a resource, or a complex value in it, lacks. */
function requireAttributes({ attributes }: ResourceType, resource: JsonObject, demands: Rules['demands']): void {
  const demanded = attributes.filter(({ name }) => name !== 'schemas');
  const missing = missingAttribute(demanded, resource, demands);
  if (missing !== undefined) throw invalidValue(`${missing}: required, and must not be empty`);
}

/** The full path of the first required attribute that an object, or a complex value in it, lacks. */
export function missingAttribute(
  attributes: readonly Attribute[],
  object: JsonObject,
  demands: Rules['demands'] = keptAttribute,
  prefix = '',
): string | undefined {
  for (const attribute of attributes) {
    const path = prefix + attribute.name;
    const value = object[attribute.name];
    if (value === undefined) {
      if (attribute.required && demands(attribute)) return path;
      continue;
    }
    const { subAttributes } = attribute;
    if (!subAttributes) continue;
    for (const element of Array.isArray(value) ? value : [value]) {
      const missing = isObject(element)
        ? missingAttribute(subAttributes, element as JsonObject, demands, path + separator(attribute))
        : undefined;
      if (missing !== undefined) return missing;
    }
  }
  return undefined;
}
