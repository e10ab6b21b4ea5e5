import { tooMany } from '../scim/errors.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';

/** How much one search may read. */
export interface SearchLimits {
  /** How many resources. */
  readonly resources: number;
  /** How many pages of 1 MB, from all collections: large resources are fewer. */
  readonly pages: number;
  /** For how long, in milliseconds. */
  readonly ms: number;
  /** How many matches are put into another order than that of their ids. */
  readonly sorted: number;
}

export const SEARCH_LIMITS: SearchLimits = { resources: 20_000, pages: 128, ms: 10_000, sorted: 10_000 };

/** What is left to one search. Each method throws `tooMany`, which names what can be looked up, where that is too little. */
export interface Budget {
  /** All resources, so many, are going to be read. */
  walk(total: number): void;
  /** Some resources are going to be read. */
  resources(more: number): void;
  /** A page that was read of all resources. */
  page(): void;
  /** Something else that is going to be read. */
  time(): void;
  /** Resources that are to be sorted. */
  sorted(count: number): void;
}

/** `isAllSorted` says that whatever is walked is sorted too: what is too much for that is not read first. */
export function budgetOf(type: ResourceType, limits: SearchLimits, isAllSorted: boolean): Budget {
  const end = Date.now() + limits.ms;
  const spent = { resources: 0, pages: 0 };
  const lookedUp = ['id', ...type.unique, ...type.indexed].join(', ');
  const refuse = (what: string) => tooMany(`the search needs more than ${what} to be read: compare one of ${lookedUp} with eq in a filter`);
  const time = () => {
    if (Date.now() >= end) throw refuse(`what ${limits.ms / 1_000} s allow`);
  };
  const resources = (more: number) => {
    spent.resources += more;
    if (spent.resources > limits.resources) throw refuse(`${limits.resources} resources`);
  };
  const sorted = (count: number) => {
    if (count > limits.sorted)
      throw tooMany(`sortBy: ${count} resources to sort, expected at most ${limits.sorted}: narrow them by a filter`);
  };
  return {
    time,
    resources,
    sorted,
    walk(total) {
      if (isAllSorted) sorted(total);
      resources(total);
    },
    page() {
      if (++spent.pages > limits.pages) throw refuse(`${limits.pages} MB`);
      time();
    },
  };
}
