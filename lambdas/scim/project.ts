import { type JsonObject, withObjects } from './json.ts';
import { oncePer } from './once-per.ts';
import { attributePath, resolvePath } from './path.ts';
import { presentSchemas } from './resource.ts';
import { type Attribute, isExtension, isHidden } from './schemas/attribute.ts';
import type { ResourceType } from './schemas/resource-type.ts';

/** What a request wants to see of a resource (RFC 7644 section 3.9): attribute names in the notation of section 3.10. */
export interface Selection {
  readonly attributes?: readonly string[];
  readonly excludedAttributes?: readonly string[];
  /** What a write has named: the answer to it shows what else is shown on request alone (RFC 7643 section 7, `returned`). */
  readonly written?: readonly string[];
}

/** Paths of a selection, each as the names of the attributes it passes, in the schema's spelling. */
type Paths = readonly (readonly string[])[];

/** What is shown of an object: some of its attributes, and of those that are complex, some of theirs. */
type Shape = readonly { readonly name: string; readonly inside?: Shape }[];

/** What a selection says of the attributes of one level. */
interface Level {
  /** The paths that are asked for, where not everything that is shown by default is. */
  readonly asked: Paths | undefined;
  /** All paths that are named, by the client or in what it wrote. */
  readonly named: Paths;
  readonly excluded: Paths;
}

/** What a response may carry of resources. */
export interface Projection {
  /** The attributes of a resource that are wanted. `schemas` names the schemas of what is kept. */
  project(resource: JsonObject): JsonObject;
  /** Whether anything of an attribute is: what need not be shown need not be read. */
  shows(attribute: string): boolean;
}

/**
 * Works out what a response may carry. `attributes` replaces the default set; `excludedAttributes` subtracts from it. Neither can
 * hide an `always` attribute or reveal a `never` one.
 */
export function compileProjection(type: ResourceType, selection: Selection = {}): Projection {
  const paths = (names: readonly string[] = [], ofSchema?: typeof isShownUnasked) =>
    distinct(names.flatMap((name) => pathsOf(type, name, ofSchema)));
  const asked = selection.attributes && paths(selection.attributes, isShownUnasked);
  const named = asked ?? paths(selection.written, isShownUnasked);
  const excluded = paths(selection.excludedAttributes);
  const isDefault = !asked && named.length === 0 && excluded.length === 0;
  const shape = isDefault ? defaultShape(type) : shapeOf(type.attributes, { asked, named, excluded });
  return {
    project(resource) {
      const kept = keep(shape, resource);
      return { ...kept, schemas: presentSchemas(type, kept) };
    },
    shows: (attribute) => shape.some(({ name }) => name === attribute),
  };
}

export const project = (type: ResourceType, resource: JsonObject, selection?: Selection): JsonObject =>
  compileProjection(type, selection).project(resource);

/** What is shown where nothing is selected, as most requests have it. */
const defaultShape = oncePer(({ attributes }: ResourceType): Shape => shapeOf(attributes, { asked: undefined, named: [], excluded: [] }));

function keep(shape: Shape, object: JsonObject): JsonObject {
  const kept: JsonObject = {};
  for (const { name, inside } of shape) {
    const value = object[name];
    const part = value === undefined || !inside ? value : withObjects(value, (inner) => keep(inside, inner));
    if (part !== undefined) kept[name] = part;
  }
  return kept;
}

function shapeOf(attributes: readonly Attribute[], { asked, named, excluded }: Level): Shape {
  return attributes.flatMap((attribute) => {
    const below = (paths: Paths) => paths.filter(([name]) => name === attribute.name).map((path) => path.slice(1));
    const level = { named: below(named), excluded: below(excluded) };
    const wanted = asked && below(asked);
    // An extension is no value: what is shown of it is what is shown of each of its attributes.
    if (isExtension(attribute))
      return { name: attribute.name, inside: shapeOf(attribute.subAttributes ?? [], { ...level, asked: wanted }) };
    if (!isVisible(attribute, { ...level, asked: wanted })) return [];
    const { name, subAttributes } = attribute;
    if (!subAttributes) return { name };
    // Asked for as a whole, an attribute shows its default sub-attributes.
    const isWhole = !wanted || wanted.some((path) => path.length === 0);
    return { name, inside: shapeOf(subAttributes, { ...level, asked: isWhole ? undefined : wanted }) };
  });
}

/** The paths of the level are those below the attribute. */
function isVisible(attribute: Attribute, { asked, named, excluded }: Level): boolean {
  if (isHidden(attribute)) return false;
  const isExcluded = excluded.some((path) => path.length === 0);
  switch (attribute.returned) {
    case 'always':
      return true;
    case 'request':
      return named.length > 0 && !isExcluded;
    default:
      return asked ? asked.length > 0 : !isExcluded;
  }
}

/** However often a client names an attribute, it costs what it costs once. */
const distinct = (paths: Paths): Paths => [...new Map(paths.map((path) => [path.join('.'), path])).values()];

/** Of a schema that is asked for as a whole, what is shown on request is not: it has to be asked for itself. */
const isShownUnasked = ({ returned }: Attribute): boolean => returned !== 'request';

/** What a name selects; the URN of a schema all that it declares, or some of it, and a name that no schema has nothing. */
function pathsOf({ attributes, schema }: ResourceType, name: string, ofSchema: (attribute: Attribute) => boolean = () => true): Paths {
  const whole = schema.attributes.filter(ofSchema);
  if (name.toLowerCase() === schema.id.toLowerCase()) return whole.map((attribute) => [attribute.name]);
  const path = attributePath(name);
  const chain = path && resolvePath(attributes, path, schema.id);
  const [extension, ...below] = chain ?? [];
  if (extension && isExtension(extension) && below.length === 0)
    return (extension.subAttributes ?? []).filter(ofSchema).map((attribute) => [extension.name, attribute.name]);
  return chain ? [chain.map((attribute) => attribute.name)] : [];
}
