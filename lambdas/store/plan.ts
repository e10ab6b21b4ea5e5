import { keyOf } from '../scim/compare.ts';
import type { ComparisonFilter, Filter } from '../scim/filter/parse.ts';
import { pathOf, resolvePath } from '../scim/path.ts';
import type { Attribute } from '../scim/schemas/attribute.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { indexedAttribute } from './index-entries.ts';

/** One thing that can be looked up: an id, an index entry, or who is a member of a group. */
export type Lookup =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'unique' | 'index'; readonly attribute: string; readonly value: string }
  | { readonly kind: 'membership'; readonly group: string };

/** How the resources that may match a filter are found. Each of them is then held against the whole filter. */
export type AccessPath = Lookup | { readonly kind: 'union'; readonly of: readonly Lookup[] } | { readonly kind: 'walk' };

export const WALK: AccessPath = { kind: 'walk' };

/** The cheaper comes first: what leads to one resource, to some, to those of several lookups, to all. */
const RANK: Readonly<Record<AccessPath['kind'], number>> = { id: 0, unique: 1, index: 2, membership: 2, union: 3, walk: 4 };

/**
 * Chooses the access path of a filter: of terms joined by `and` the cheapest, of terms joined by `or` all, if each of them can be
 * looked up. A filter in brackets is planned by the same rules: a value that matches it has what the terms ask for.
 */
export const planFilter = (type: ResourceType, filter: Filter): AccessPath => plan(type, filter, []);

/** `above` leads to the attribute in whose brackets the filter stands. */
function plan(type: ResourceType, filter: Filter, above: readonly Attribute[]): AccessPath {
  switch (filter.op) {
    case 'and':
      return cheapest(filter.filters.map((part) => plan(type, part, above)));
    case 'or':
      return union(filter.filters.map((part) => plan(type, part, above)));
    case 'eq': {
      const chain = chainOf(type, filter, above);
      return chain ? planEquality(type, chain, filter) : WALK;
    }
    case 'in': {
      const chain = chainOf(type, filter, above);
      return chain ? plan(type, filter.filter, chain) : WALK;
    }
    default:
      return WALK;
  }
}

const cheapest = (paths: readonly AccessPath[]): AccessPath => paths.reduce((a, b) => (RANK[b.kind] < RANK[a.kind] ? b : a), WALK);

function union(paths: readonly AccessPath[]): AccessPath {
  const lookups = paths.flatMap((path) => (path.kind === 'union' ? path.of : path));
  const of = lookups.filter((path) => path.kind !== 'walk');
  return of.length === lookups.length ? { kind: 'union', of } : WALK;
}

function chainOf(type: ResourceType, { path }: Extract<Filter, { path: unknown }>, above: readonly Attribute[]) {
  const inner =
    above.length === 0 ? resolvePath(type.attributes, path, type.schema.id) : resolvePath(above.at(-1)?.subAttributes ?? [], path);
  return inner && [...above, ...inner];
}

function planEquality(type: ResourceType, chain: readonly Attribute[], { value }: ComparisonFilter): AccessPath {
  if (value === null || value === '') return WALK;
  const name = pathOf(chain);
  if (name === 'id') return { kind: 'id', id: String(value) };
  const names = [name, `${name}.value`];
  if (type.memberOf !== undefined && names.includes(`${type.memberOf}.value`)) return { kind: 'membership', group: String(value) };
  const path = names.find((candidate) => type.unique.includes(candidate) || type.indexed.includes(candidate));
  if (!path) return WALK;
  const key = keyOf(indexedAttribute(type, path).attribute)(value);
  return key === undefined ? WALK : { kind: type.unique.includes(path) ? 'unique' : 'index', attribute: path, value: String(key) };
}
