import { invalidFilter, invalidPath, ScimError } from '../errors.ts';
import { compileFilter, type Predicate } from '../filter/compile.ts';
import { type Filter, parseValuePath } from '../filter/parse.ts';
import { printPath, resolvePath } from '../path.ts';
import { type Attribute, attributeNamed } from '../schemas/attribute.ts';
import type { ResourceType } from '../schemas/resource-type.ts';

/** What the path of a PATCH operation points at (RFC 7644 section 3.5.2). */
export interface Target {
  /** The attributes that the path passes, outermost first; an extension is one of them. */
  readonly chain: readonly Attribute[];
  /** The value filter behind the last of them, and the sub-attribute behind the filter. */
  readonly filter?: Filter;
  readonly matches?: Predicate;
  readonly sub?: Attribute;
  /** The path as the client wrote it, for errors. */
  readonly path: string;
}

/** Finds what a path points at, or throws `invalidPath`, or `invalidFilter` for what its brackets hold. */
export function parseTarget(type: ResourceType, path: string): Target {
  const { path: attribute, filter, sub: subName } = parseValuePath(path, (detail) => invalidPath(`path ${path.slice(0, 100)}: ${detail}`));
  const chain = resolvePath(type.attributes, attribute, type.schema.id);
  const last = chain?.at(-1);
  if (!chain || !last) throw invalidPath(`${printPath(attribute)}: no schema of ${type.name} has this attribute`);
  if (!filter) return { chain, path };

  if (!last.multiValued || !last.subAttributes) throw invalidPath(`${path}: a filter in brackets needs a multi-valued complex attribute`);
  const sub = subName === undefined ? undefined : attributeNamed(last.subAttributes, subName);
  if (subName !== undefined && !sub) throw invalidPath(`${path}: ${last.name} has no sub-attribute ${subName}`);
  return {
    chain,
    filter,
    matches: compileValueFilter(filter, last.subAttributes, path),
    ...(sub && { sub }),
    path,
  };
}

function compileValueFilter(filter: Filter, subAttributes: readonly Attribute[], path: string): Predicate {
  try {
    return compileFilter(filter, subAttributes);
  } catch (error) {
    throw error instanceof ScimError ? invalidFilter(`${path}: ${error.message}`) : error;
  }
}
