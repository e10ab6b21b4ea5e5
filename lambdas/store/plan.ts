import { keyOf } from '../scim/compare.ts';
import type { ComparisonFilter, Filter } from '../scim/filter/parse.ts';
import { pathOf, resolvePath } from '../scim/path.ts';
import type { Attribute } from '../scim/schemas/attribute.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { indexedAttribute } from './index-entries.ts';

/** One thing that can be looked up: an id, an index entry, who is a member of a group, or what a resource is a member of. */
export type Lookup =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'unique' | 'index'; readonly attribute: string; readonly value: string }
  | { readonly kind: 'membership'; readonly group: string }
  | { readonly kind: 'memberOf'; readonly member: string };

/** Several paths: the matches of all of them together, or of whichever turns out to lead to the fewest. */
export interface Combined {
  readonly kind: 'union' | 'narrowest';
  readonly of: readonly LookedUp[];
}

export type LookedUp = Lookup | Combined;

/** How the resources that may match a filter are found. Each of them is then held against the whole filter. */
export type AccessPath = LookedUp | typeof WALK;

export const WALK = { kind: 'walk' } as const;

/**
 * Chooses the access path of a filter: of terms joined by `and` one that leads to a single resource, else the narrowest; of terms
 * joined by `or` all, if each of them can be looked up. A filter in brackets is planned by the same rules: a value that matches
 * it has what the terms ask for.
 */
export const planFilter = (type: ResourceType, filter: Filter): AccessPath => plan(type, filter, []);

/** `above` leads to the attribute in whose brackets the filter stands. */
function plan(type: ResourceType, filter: Filter, above: readonly Attribute[]): AccessPath {
  switch (filter.op) {
    case 'and':
      return narrowest(filter.filters.map((part) => plan(type, part, above)));
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

const isLookedUp = (path: AccessPath): path is LookedUp => path.kind !== 'walk';

function narrowest(paths: readonly AccessPath[]): AccessPath {
  const lookedUp = paths.filter(isLookedUp);
  return lookedUp.find(({ kind }) => kind === 'id') ?? lookedUp.find(({ kind }) => kind === 'unique') ?? combined('narrowest', lookedUp);
}

const union = (paths: readonly AccessPath[]): AccessPath => (paths.every(isLookedUp) ? combined('union', paths) : WALK);

/** One path out of several; the same one twice is once enough. */
function combined(kind: Combined['kind'], paths: readonly LookedUp[]): AccessPath {
  const flat = paths.flatMap((path) => (path.kind === kind ? path.of : path));
  const of = [...new Map(flat.map((path) => [JSON.stringify(path), path])).values()];
  const [first = WALK] = of;
  return of.length > 1 ? { kind, of } : first;
}

function chainOf(type: ResourceType, { path }: Extract<Filter, { path: unknown }>, above: readonly Attribute[]) {
  const inner =
    above.length === 0 ? resolvePath(type.attributes, path, type.schema.id) : resolvePath(above.at(-1)?.subAttributes ?? [], path);
  return inner && [...above, ...inner];
}

function planEquality(type: ResourceType, chain: readonly Attribute[], { value }: ComparisonFilter): AccessPath {
  // What is not given has no entry, also where a filter assumes a value for it.
  if (value === null || value === '' || chain.at(-1)?.assumed !== undefined) return WALK;
  const name = pathOf(chain);
  if (name === 'id') return { kind: 'id', id: String(value) };
  const names = [name, `${name}.value`];
  if (type.memberOf !== undefined && names.includes(`${type.memberOf}.value`)) return { kind: 'membership', group: String(value) };
  if (type.members !== undefined && names.includes(`${type.members}.value`)) return { kind: 'memberOf', member: String(value) };
  const path = names.find((candidate) => type.unique.includes(candidate) || type.indexed.includes(candidate));
  if (!path) return WALK;
  const key = keyOf(indexedAttribute(type, path).attribute)(value);
  return key === undefined ? WALK : { kind: type.unique.includes(path) ? 'unique' : 'index', attribute: path, value: String(key) };
}
