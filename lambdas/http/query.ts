import type { Window } from '../directory/store.ts';
import { invalidValue } from '../scim/errors.ts';
import { type Filter, parseFilter } from '../scim/filter/parse.ts';
import type { Selection } from '../scim/project.ts';
import type { ScimRequest } from './request.ts';

type Query = ScimRequest['query'];

/** The most that a page has, as `/ServiceProviderConfig` says, and what it has where the client does not say. */
export const MAX_RESULTS = 200;
const DEFAULT_COUNT = 100;

/** RFC 7644 section 3.4.2.4: a `startIndex` below 1 is 1, a negative `count` is 0. */
export const windowOf = (query: Query): Window => ({
  startIndex: Math.max(1, integer(query, 'startIndex', 1)),
  count: Math.min(MAX_RESULTS, Math.max(0, integer(query, 'count', DEFAULT_COUNT))),
});

function integer(query: Query, name: string, otherwise: number): number {
  const text = query[name]?.trim();
  if (!text) return otherwise;
  if (!/^[+-]?\d{1,15}$/.test(text)) throw invalidValue(`${name}: expected an integer`);
  return Number(text);
}

/** RFC 7644 section 3.9: one of the two, never both. */
export function selectionOf(query: Query): Selection {
  const attributes = names(query.attributes);
  const excludedAttributes = names(query.excludedAttributes);
  if (attributes && excludedAttributes) throw invalidValue('attributes: expected either attributes or excludedAttributes, got both');
  return {
    ...(attributes && { attributes }),
    ...(excludedAttributes && { excludedAttributes }),
  };
}

function names(list: string | undefined): string[] | undefined {
  const found = list?.split(',').flatMap((name) => name.trim() || []);
  return found?.length ? found : undefined;
}

export function filterOf({ filter }: Query): Filter | undefined {
  if (filter === undefined) return undefined;
  try {
    return parseFilter(filter);
  } catch (error) {
    const decoded = decodedTwice(filter);
    if (decoded === undefined) throw error;
    return parseFilter(decoded);
  }
}

/** Entra ID's validator encodes filters twice; API Gateway has decoded them once. */
function decodedTwice(filter: string): string | undefined {
  if (!filter.includes('%')) return undefined;
  try {
    return decodeURIComponent(filter);
  } catch {
    return undefined;
  }
}
