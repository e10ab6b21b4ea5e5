import { invalidFilter, invalidPath, ScimError } from '../errors.ts';
import { compileFilter } from '../filter/compile.ts';
import { type Filter, parseValuePath } from '../filter/parse.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { oncePer } from '../once-per.ts';
import { printPath, resolvePath } from '../path.ts';
import { type Attribute, attributeNamed, holds } from '../schemas/attribute.ts';
import type { ResourceType } from '../schemas/resource-type.ts';

/** What the path of a PATCH operation points at (RFC 7644 section 3.5.2). */
export interface Target {
  /** The attributes that the path passes, outermost first; an extension is one of them. */
  readonly chain: readonly [Attribute, ...Attribute[]];
  /** What the path has in brackets behind the last of them. */
  readonly selection?: Selection;
  /** The path as the client wrote it, for errors: its beginning. */
  readonly path: string;
  /** Whether the first of the attributes is required or discarded, or has such a sub-attribute. */
  readonly holdsRequired: boolean;
  readonly holdsDiscarded: boolean;
  /** Whether one of the attributes is multi-valued, or holds one that is. */
  readonly passesMany: boolean;
}

/** The values of a multi-valued attribute that a filter matches, or a sub-attribute of theirs. */
export interface Selection {
  readonly filter: Filter;
  readonly matches: (value: JsonValue) => boolean;
  /** How many comparisons the filter has. */
  readonly terms: number;
  readonly sub?: Attribute;
}

/** Clients send the same few paths again and again: to find out what they mean takes longer than to apply them. */
const targets = oncePer((_: ResourceType) => new Map<string, Target>());
const MAX_KNOWN = 500;
/** Characters of a path that errors repeat. */
const MAX_SHOWN = 200;
const MAX_KNOWN_LENGTH = 200;

/** Finds what a path points at, or throws `invalidPath`, or `invalidFilter` for what its brackets hold. */
export function targetAt(type: ResourceType, path: string): Target {
  const known = targets(type);
  const found = known.get(path);
  if (found) return found;
  const target = parseTarget(type, path);
  if (path.length > MAX_KNOWN_LENGTH) return target;
  // Paths that name members are all different: they must not fill the memory.
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(path, target);
  return target;
}

/** Whether what a path points at is the server's own. */
export const isReadOnly = ({ chain, selection }: Target): boolean =>
  chain.some(({ mutability }) => mutability === 'readOnly') || selection?.sub?.mutability === 'readOnly';

function parseTarget(type: ResourceType, text: string): Target {
  const path = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  const { path: attribute, filter, sub: subName } = parseValuePath(text, (detail) => invalidPath(`path ${path}: ${detail}`));
  const [first, ...rest] = resolvePath(type.attributes, attribute, type.schema.id) ?? [];
  if (!first) throw invalidPath(`${printPath(attribute)}: no schema of ${type.name} has this attribute`);
  const target: Target = {
    chain: [first, ...rest],
    path,
    holdsRequired: holds(first, ({ required }) => required),
    holdsDiscarded: holds(first, ({ discarded = false }) => discarded),
    passesMany: holds(first, ({ multiValued }) => multiValued),
  };
  if (!filter) return target;

  const last = rest.at(-1) ?? first;
  const isOfSeveral = target.chain.slice(0, -1).some(({ multiValued }) => multiValued);
  if (!last.multiValued || isOfSeveral) throw invalidPath(`${path}: a filter in brackets needs a multi-valued attribute in front of it`);
  const sub = subName === undefined ? undefined : attributeNamed(last.subAttributes ?? [], subName);
  if (subName !== undefined && !sub) throw invalidPath(`${path}: ${last.name} has no sub-attribute ${subName}`);
  return { ...target, selection: { filter, matches: compileValueFilter(filter, last, path), terms: termsOf(filter), ...(sub && { sub }) } };
}

function termsOf(filter: Filter): number {
  if ('filters' in filter) return filter.filters.reduce((sum, part) => sum + termsOf(part), 0);
  return 'filter' in filter ? termsOf(filter.filter) : 1;
}

/** Values of a simple attribute are compared as `value` (RFC 7644 section 3.5.2.2): `tags[value eq "x"]`. */
function compileValueFilter(filter: Filter, attribute: Attribute, path: string): (value: JsonValue) => boolean {
  const { subAttributes } = attribute;
  try {
    const matches = compileFilter(filter, subAttributes ?? [{ ...attribute, name: 'value', multiValued: false }]);
    return subAttributes ? (value) => matches(value as JsonObject) : (value) => matches({ value });
  } catch (error) {
    throw error instanceof ScimError ? invalidFilter(`${path}: ${error.message}`) : error;
  }
}
