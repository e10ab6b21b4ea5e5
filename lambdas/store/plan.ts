import { keyOf } from '../scim/compare.ts';
import type { ComparisonFilter, Filter, Literal } from '../scim/filter/parse.ts';
import { pathOf, resolvePath } from '../scim/path.ts';
import type { Attribute } from '../scim/schemas/attribute.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { indexedAttribute } from './index-entries.ts';

/** How the resources that may match a filter are found. Each of them is then held against the whole filter. */
export type AccessPath =
  | { readonly kind: 'id'; readonly id: string }
  | {
      readonly kind: 'unique' | 'index';
      readonly attribute: string;
      readonly value: string;
    }
  | { readonly kind: 'walk' };

export const WALK: AccessPath = { kind: 'walk' };

/** Chooses the access path of a filter: of terms joined by `and`, one that can be looked up is enough. */
export function planFilter(type: ResourceType, filter: Filter): AccessPath {
  switch (filter.op) {
    case 'and':
      return filter.filters.map((part) => planFilter(type, part)).find(({ kind }) => kind !== 'walk') ?? WALK;
    case 'eq': {
      const chain = resolvePath(type.attributes, filter.path, type.schema.id);
      return chain ? planEquality(type, chain, filter.value) : WALK;
    }
    case 'in': {
      const chain = resolvePath(type.attributes, filter.path, type.schema.id);
      const terms = chain ? equalities(filter.filter) : [];
      const paths = terms.map(({ path, value }) => {
        const inner = resolvePath(chain?.at(-1)?.subAttributes ?? [], path);
        return chain && inner ? planEquality(type, [...chain, ...inner], value) : WALK;
      });
      return paths.find(({ kind }) => kind !== 'walk') ?? WALK;
    }
    default:
      return WALK;
  }
}

/** The terms with `eq` that a match of the filter must all satisfy. */
function equalities(filter: Filter): ComparisonFilter[] {
  if (filter.op === 'and') return filter.filters.flatMap(equalities);
  return filter.op === 'eq' ? [filter] : [];
}

function planEquality(type: ResourceType, chain: readonly Attribute[], value: Literal): AccessPath {
  if (value === null || value === '') return WALK;
  const name = pathOf(chain);
  if (name === 'id') return { kind: 'id', id: String(value) };
  const path = [name, `${name}.value`].find((candidate) => type.unique.includes(candidate) || type.indexed.includes(candidate));
  if (!path) return WALK;
  const key = keyOf(indexedAttribute(type, path).attribute)(value);
  return key === undefined ? WALK : { kind: type.unique.includes(path) ? 'unique' : 'index', attribute: path, value: String(key) };
}
