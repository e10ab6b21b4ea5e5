import type { Criteria, Window } from '../directory/store.ts';
import { invalidValue, sensitive } from '../scim/errors.ts';
import { attributesIn } from '../scim/filter/attributes.ts';
import { type Filter, parseFilter } from '../scim/filter/parse.ts';
import type { Selection } from '../scim/project.ts';
import { isHidden } from '../scim/schemas/attribute.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import type { Sort } from '../scim/sort.ts';
import type { ScimRequest } from './request.ts';

type Query = ScimRequest['query'];

/** The most that a page has, as `/ServiceProviderConfig` says, and what it has where the client does not say. */
export const MAX_RESULTS = 200;
const DEFAULT_COUNT = 100;

/** What a search is for, however it was asked (RFC 7644 sections 3.4.2 and 3.4.3). */
export interface Search extends Criteria {
  readonly window: Window;
  readonly selection: Selection;
}

/** Reads the parameters of a GET. Throws `sensitive` where the address has what is never returned: addresses end up in logs. */
export function readQuery(type: ResourceType, query: Query): Search {
  const filter = filterOf(query);
  const hidden = filter && attributesIn(filter, type).find(isHidden);
  if (hidden) throw sensitive(`${hidden.name}: never returned, and not to be searched by: its values do not belong in an address`);
  const sort = sortOf(query.sortBy, query.sortOrder);
  return { window: windowOf(integer(query, 'startIndex'), integer(query, 'count')), selection: selectionOf(query), filter, sort };
}

/** RFC 7644 section 3.4.2.3: the order is ascending where the client does not say. */
export function sortOf(by: string | null = '', order: string | null = ''): Sort | undefined {
  const wanted = order?.trim().toLowerCase() || 'ascending';
  if (wanted !== 'ascending' && wanted !== 'descending') throw invalidValue('sortOrder: expected ascending or descending');
  return by?.trim() ? { by: by.trim(), order: wanted } : undefined;
}

/** RFC 7644 section 3.4.2.4: a `startIndex` below 1 is 1, a negative `count` is 0. */
export const windowOf = (startIndex = 1, count = DEFAULT_COUNT): Window => ({
  startIndex: Math.max(1, startIndex),
  count: Math.min(MAX_RESULTS, Math.max(0, count)),
});

function integer(query: Query, name: string): number | undefined {
  const text = query[name]?.trim();
  if (!text) return undefined;
  if (!/^[+-]?\d{1,15}$/.test(text)) throw invalidValue(`${name}: expected an integer`);
  return Number(text);
}

/** Whether a resource is to be deleted with what names it. Throws where that is not said plainly: there is no way back. */
export function cascadeOf({ cascade = 'false' }: Query): boolean {
  const wanted = cascade.trim().toLowerCase();
  if (wanted !== 'true' && wanted !== 'false') throw invalidValue('cascade: expected true or false');
  return wanted === 'true';
}

export const selectionOf = (query: Query): Selection => selection(names(query.attributes), names(query.excludedAttributes));

/** RFC 7644 section 3.9: one of the two, never both. An empty list is none. */
export function selection(asked: readonly string[] = [], excluded: readonly string[] = []): Selection {
  const [attributes, excludedAttributes] = [named(asked), named(excluded)] as const;
  if (attributes.length > 0 && excludedAttributes.length > 0)
    throw invalidValue('attributes: expected either attributes or excludedAttributes, got both');
  return { ...(attributes.length > 0 && { attributes }), ...(excludedAttributes.length > 0 && { excludedAttributes }) };
}

const named = (names: readonly string[]): string[] => names.flatMap((name) => name.trim() || []);

const names = (list: string | undefined): string[] | undefined => list?.split(',');

function filterOf({ filter }: Query): Filter | undefined {
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
