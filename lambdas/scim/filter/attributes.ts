import { resolvePath } from '../path.ts';
import type { Attribute } from '../schemas/attribute.ts';
import type { ResourceType } from '../schemas/resource-type.ts';
import type { Filter } from './parse.ts';

/** Every attribute that a filter names, or passes on the way to one; what no schema declares is left out. */
export const attributesIn = (filter: Filter, { attributes, schema }: ResourceType): Attribute[] =>
  attributesOf(filter, attributes, schema.id);

function attributesOf(filter: Filter, attributes: readonly Attribute[], coreUrn?: string): Attribute[] {
  if ('filters' in filter) return filter.filters.flatMap((part) => attributesOf(part, attributes, coreUrn));
  if (filter.op === 'not') return attributesOf(filter.filter, attributes, coreUrn);
  const chain = resolvePath(attributes, filter.path, coreUrn) ?? [];
  return filter.op === 'in' ? [...chain, ...attributesOf(filter.filter, chain.at(-1)?.subAttributes ?? [])] : chain;
}
