import { compareKeys, type Key, keyOf } from './compare.ts';
import { invalidValue } from './errors.ts';
import { isObject, type JsonObject, type JsonValue } from './json.ts';
import { isPrimary } from './multi-valued.ts';
import { attributePath, pathOf, resolvePath } from './path.ts';
import { type Attribute, comparedBy, isHidden, isJoined } from './schemas/attribute.ts';
import type { ResourceType } from './schemas/resource-type.ts';

/** The order that a client wants resources in (RFC 7644 section 3.4.2.3). */
export interface Sort {
  /** An attribute in the notation of section 3.10. */
  readonly by: string;
  readonly order: 'ascending' | 'descending';
}

/** An order of resources, by one value that each of them has, or has not. */
export interface Order {
  /** Whether it is the order of ids, in which resources are kept. */
  readonly isNative: boolean;
  valueOf(resource: JsonObject): Key | undefined;
  /** Below 0 where what has the first value comes before what has the second. */
  compare(a: Key | undefined, b: Key | undefined): number;
}

/**
 * Makes an order: by the primary value of a multi-valued attribute, or its first; those without a value last, or first where it
 * is descending. Throws `invalidValue` for what no schema declares, for what has no order and for what is not kept with a resource.
 */
export function compileSort(type: ResourceType, { by, order }: Sort): Order {
  const chain = sortable(type, by);
  const toKey = keyOf(chain.at(-1) as Attribute);
  const sign = order === 'ascending' ? 1 : -1;
  return {
    isNative: pathOf(chain) === 'id' && sign > 0,
    valueOf: (resource) => beginning(toKey(telling(resource, chain))),
    compare: (a, b) => sign * missingLast(a, b),
  };
}

/** Of a text that is longer nobody looks at the end, and a place in the order is to be remembered. */
const MAX_SORTED_CHARACTERS = 1_000;

const beginning = (value: Key | undefined): Key | undefined => (typeof value === 'string' ? value.slice(0, MAX_SORTED_CHARACTERS) : value);

/** Puts items in order, each by the resource that `resourceOf` gives for it. Equal ones stay as they were. */
export const inOrder = <T>(order: Order, items: readonly T[], resourceOf: (item: T) => JsonObject): T[] =>
  items
    .map((item) => ({ item, value: order.valueOf(resourceOf(item)) }))
    .sort((a, b) => order.compare(a.value, b.value))
    .map(({ item }) => item);

function sortable(type: ResourceType, by: string): readonly Attribute[] {
  const path = attributePath(by);
  const chain = path && resolvePath(type.attributes, path, type.schema.id);
  const last = chain?.at(-1);
  if (!chain || !last || chain.some(isHidden))
    throw invalidValue(`sortBy: no schema of ${type.name} has an attribute ${by.slice(0, 100)} to sort by`);
  if (chain[0]?.name === type.members) throw invalidValue(`sortBy: the values of ${type.members} are kept apart, and not to be sorted by`);
  if (chain.some(isJoined)) throw invalidValue(`sortBy: ${by} is joined when an answer is made, and not to be sorted by`);
  const simple = last.type !== 'complex' || last.multiValued ? comparedBy(last) : undefined;
  if (!simple) throw invalidValue(`sortBy: ${by} is complex, expected one of its sub-attributes, as in name.familyName`);
  return simple === last ? chain : [...chain, simple];
}

/** The one value at the end of a chain of attributes that tells where a resource stands. */
function telling(resource: JsonObject, chain: readonly Attribute[]): JsonValue | undefined {
  let value: JsonValue | undefined = resource;
  for (const { name } of chain) value = isObject(value) ? oneOf((value as JsonObject)[name]) : undefined;
  return value === '' ? undefined : value;
}

/** The primary one of several values, or the first. */
const oneOf = (value: JsonValue | undefined): JsonValue | undefined => (Array.isArray(value) ? (value.find(isPrimary) ?? value[0]) : value);

const missingLast = (a: Key | undefined, b: Key | undefined): number => {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return compareKeys(a, b);
};
