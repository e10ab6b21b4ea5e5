import { type Key, keyOf } from '../compare.ts';
import { resolvePath } from '../path.ts';
import { type Attribute, comparedBy } from '../schemas/attribute.ts';
import type { ResourceType } from '../schemas/resource-type.ts';
import type { Filter } from './parse.ts';

/** Some values of a multi-valued attribute: those with one of these as their `value`, or all that there are. */
export type Asked = ReadonlySet<Key> | 'all';

/**
 * Which values of a multi-valued attribute decide whether a filter matches: shown these alone, it gives the answer that it gives
 * for all of them. Equality asks for one value, whether it is there or not; what is said of the others asks for all, as `ne`,
 * `pr` and the comparison of a sub-attribute do. A filter that does not look at the attribute asks for none.
 */
export function askedValues(filter: Filter, type: ResourceType, name: string): Asked {
  if ('filters' in filter) return together(filter.filters.map((part) => askedValues(part, type, name)));
  if (filter.op === 'not') return askedValues(filter.filter, type, name);
  const [attribute, sub, ...more] = resolvePath(type.attributes, filter.path, type.schema.id) ?? [];
  if (attribute?.name !== name) return new Set();
  if (more.length > 0) return 'all';
  if (filter.op === 'in') return (!sub && valuesMatched(filter.filter, attribute)) || 'all';
  return valueEqualled(filter, attribute, sub ?? comparedBy(attribute)) ?? 'all';
}

function together(parts: readonly Asked[]): Asked {
  const sets = parts.filter((part) => part !== 'all');
  return sets.length < parts.length ? 'all' : union(sets);
}

const union = (sets: readonly ReadonlySet<Key>[]): ReadonlySet<Key> => new Set(sets.flatMap((set) => [...set]));

/** What `value` has in each value of an attribute that matches a filter in brackets; `undefined` where it may have anything. */
function valuesMatched(filter: Filter, attribute: Attribute): ReadonlySet<Key> | undefined {
  switch (filter.op) {
    case 'and':
      return filter.filters.map((part) => valuesMatched(part, attribute)).find((values) => values !== undefined);
    case 'or': {
      const parts = filter.filters.map((part) => valuesMatched(part, attribute));
      return parts.every((values) => values !== undefined) ? union(parts) : undefined;
    }
    case 'not':
    case 'in':
      return undefined;
    default: {
      const [sub, ...more] = resolvePath(attribute.subAttributes ?? [], filter.path) ?? [];
      return more.length === 0 ? valueEqualled(filter, attribute, sub) : undefined;
    }
  }
}

/** The one `value` that a term compares with by `eq`, if it does that. */
function valueEqualled(
  term: Exclude<Filter, { readonly op: 'and' | 'or' | 'not' | 'in' }>,
  attribute: Attribute,
  compared: Attribute | undefined,
): ReadonlySet<Key> | undefined {
  // Equality with null or with nothing asks whether there is a value at all.
  if (term.op !== 'eq' || term.value === null || term.value === '' || !compared || compared !== comparedBy(attribute)) return undefined;
  const key = keyOf(compared)(term.value);
  return key === undefined ? undefined : new Set([key]);
}
