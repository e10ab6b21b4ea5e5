import { isObject, type JsonObject, type JsonValue } from './json.ts';
import { attributePath, resolvePath } from './path.ts';
import type { Attribute } from './schemas/attribute.ts';
import type { ResourceType } from './schemas/resource-type.ts';

/** What a request wants to see of a resource (RFC 7644 section 3.9): attribute names in the notation of section 3.10. */
export interface Selection {
  readonly attributes?: readonly string[];
  readonly excludedAttributes?: readonly string[];
}

/** Paths of a selection, each as the names of the attributes it passes, in the schema's spelling. */
type Paths = readonly (readonly string[])[];

/**
 * Keeps the attributes of a resource that a response may carry. `attributes` replaces the default set;
 * `excludedAttributes` subtracts from it. Neither can hide an `always` attribute or reveal a `never` one.
 */
export function project(type: ResourceType, resource: JsonObject, selection: Selection = {}): JsonObject {
  const asked = selection.attributes && pathsOf(type, selection.attributes);
  const excluded = pathsOf(type, selection.excludedAttributes ?? []);
  return projectObject(type.attributes, resource, asked, excluded);
}

function projectObject(attributes: readonly Attribute[], object: JsonObject, asked: Paths | undefined, excluded: Paths): JsonObject {
  const result: JsonObject = {};
  for (const attribute of attributes) {
    const value = object[attribute.name];
    if (value === undefined) continue;
    const below = (paths: Paths) => paths.filter(([name]) => name === attribute.name).map((path) => path.slice(1));
    const wanted = asked && below(asked);
    const unwanted = below(excluded);
    if (!visible(attribute, wanted, unwanted)) continue;
    // Asked for as a whole, an attribute shows its default sub-attributes.
    const inner = wanted?.some((path) => path.length === 0) ? undefined : wanted;
    const shown = projectValue(attribute, value, inner, unwanted);
    if (shown !== undefined) result[attribute.name] = shown;
  }
  return result;
}

function visible({ returned }: Attribute, wanted: Paths | undefined, unwanted: Paths): boolean {
  switch (returned) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'request':
      return wanted !== undefined && wanted.length > 0;
    case 'default':
      return wanted ? wanted.length > 0 : !unwanted.some((path) => path.length === 0);
  }
}

function projectValue(attribute: Attribute, value: JsonValue, asked: Paths | undefined, excluded: Paths): JsonValue | undefined {
  if (Array.isArray(value)) return value.flatMap((element) => projectValue(attribute, element, asked, excluded) ?? []);
  if (!attribute.subAttributes || !isObject(value)) return value;
  const shown = projectObject(attribute.subAttributes, value as JsonObject, asked, excluded);
  return Object.keys(shown).length > 0 ? shown : undefined;
}

/** A name that no schema has selects nothing. */
function pathsOf({ attributes, schema }: ResourceType, names: readonly string[]): Paths {
  return names.flatMap((name) => {
    const chain = resolveName(attributes, name, schema.id);
    return chain ? [chain.map((attribute) => attribute.name)] : [];
  });
}

/** The URN of an extension alone names all of its attributes. */
function resolveName(attributes: readonly Attribute[], name: string, coreUrn: string): Attribute[] | undefined {
  return resolvePath(attributes, { names: [name] }) ?? resolvePath(attributes, attributePath(name), coreUrn);
}
