import type { Page, Scope, Window } from '../directory/store.ts';
import type { StoredResource } from '../scim/resource.ts';
import { type Position, writeBookmark } from './bookmarks.ts';
import type { Table } from './table.ts';

/** What a page is cut from. */
export interface Matches {
  readonly total: number;
  /** The resources from the start index on: those of the page, and at least one more if there are more. */
  readonly rest: readonly StoredResource[];
}

/**
 * Cuts a page, and keeps where it ended, if the client is going to ask for the next one; also if it is not, where a bookmark of an
 * earlier reading may stand there.
 */
export async function pageOf(
  table: Table,
  scope: Scope,
  reader: string,
  hasBookmarks: boolean,
  { startIndex, count, fitting }: Window,
  { total, rest }: Matches,
  positionOf: (resource: StoredResource) => Position,
): Promise<Page> {
  const wanted = rest.slice(0, count);
  const resources = wanted.slice(0, (await fitting?.(wanted)) ?? wanted.length);
  const end = startIndex - 1 + resources.length;
  const totalResults = resources.length < rest.length ? Math.max(total, end + 1) : resources.length === 0 ? Math.min(total, end) : total;
  const last = resources.at(-1);
  if (last && (hasBookmarks || end < totalResults))
    await writeBookmark(table, scope, reader, { startIndex: end + 1, position: positionOf(last) });
  return { totalResults, resources };
}
