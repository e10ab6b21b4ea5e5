import { tooMany } from '../scim/errors.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { itemBytes } from './item-size.ts';

/** How much one search may read. */
export interface SearchLimits {
  /** How many resources. */
  readonly resources: number;
  /** How much of them: large resources are fewer. */
  readonly megabytes: number;
  /** For how long, in milliseconds. */
  readonly ms: number;
  /** How many matches are put into another order than that of their ids. */
  readonly sorted: number;
}

export const SEARCH_LIMITS: SearchLimits = { resources: 20_000, megabytes: 128, ms: 10_000, sorted: 10_000 };

/** What is left to one search. Each method throws `tooMany`, which names what can be looked up, where that is too little. */
export interface Budget {
  /** All resources, so many, are going to be read. */
  walk(count: number): void;
  /** So many ids are known of resources that are going to be read. */
  ids(count: number): void;
  /** Some resources have been read. */
  read(resources: readonly StoredResource[]): void;
  /** So many members of them, or groups that they are members of, are going to be read beside them, and count like them. */
  related(count: number): void;
  /** So many resources are to be sorted. */
  sorted(count: number): void;
}

/** `isAllSorted` says that whatever is walked is sorted too: what is too much for that is not read first. */
export function budgetOf(type: ResourceType, limits: SearchLimits, isAllSorted: boolean): Budget {
  const end = Date.now() + limits.ms;
  let bytes = 0;
  let walked = 0;
  let found = 0;
  let relatives = 0;
  const refuse = (what: string) =>
    tooMany(`the search needs more than ${what} to be read: compare one of ${lookedUpBy(type).join(', ')} with eq in a filter`);
  const requireTime = () => {
    if (Date.now() >= end) throw refuse(`what ${limits.ms / 1_000} s allow`);
  };
  const ids = (count: number) => {
    if (count > limits.resources) throw refuse(`${limits.resources} resources`);
    requireTime();
  };
  const sorted = (count: number) => {
    if (count > limits.sorted)
      throw tooMany(`sortBy: ${count} resources to sort, expected at most ${limits.sorted}: narrow them by a filter`);
  };
  return {
    ids,
    sorted,
    walk(count) {
      if (isAllSorted) sorted(count);
      ids(count);
      walked = count;
    },
    related(count) {
      relatives += count;
      if (Math.max(walked, found) + relatives > limits.resources) throw refuse(`${limits.resources} resources`);
      requireTime();
    },
    read(resources) {
      found += resources.length;
      for (const { body } of resources) bytes += itemBytes(body);
      if (bytes > limits.megabytes * 1_024 * 1_024) throw refuse(`${limits.megabytes} MB`);
      requireTime();
    },
  };
}

const lookedUpBy = ({ unique, indexed, memberOf, members }: ResourceType): readonly string[] => [
  'id',
  ...unique,
  ...indexed,
  ...[memberOf, members].flatMap((name) => (name === undefined ? [] : `${name}.value`)),
];
