import type { Page, Scope, Window } from '../directory/store.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { type Bookmark, readBookmark, readerOf } from './bookmarks.ts';
import { type Count, locate, readCounts, totalOf } from './counts.ts';
import { SHARDS } from './keys.ts';
import { pageOf } from './page.ts';
import { collectionPages, type Range } from './read.ts';
import type { Table } from './table.ts';

/** A page of all resources of a type. The counts tell the total, and where the page is to be looked for. */
export async function listResources(table: Table, scope: Scope, type: ResourceType, window: Window): Promise<Page> {
  const { startIndex, count } = window;
  const reader = readerOf(scope, type, {});
  const [counts, bookmark] = await Promise.all([
    readCounts(table, scope, type),
    count > 0 ? readBookmark(table, scope, reader, startIndex) : undefined,
  ]);
  const total = totalOf(counts);
  const start = count > 0 ? startOf(counts, startIndex, bookmark) : undefined;
  if (!start) return { totalResults: total, resources: [] };
  const { at, skip } = start;
  // One more tells whether there are more.
  const found = await readFrom(table, scope, type, counts, at, skip + count + 1);
  return pageOf(table, scope, reader, window, { total, rest: found.slice(skip) }, ({ id }) => ({ id }));
}

/** Where reading begins, and how many resources from there on are before the page. */
interface Start {
  readonly at: Range;
  readonly skip: number;
}

/** A reader goes on where it has stopped. Whoever comes from elsewhere begins where the fewest are to be passed over. */
function startOf(counts: readonly Count[], startIndex: number, bookmark: Bookmark | undefined): Start | undefined {
  const passed = bookmark && { at: { is: 'after', sk: bookmark.position.id } as const, skip: startIndex - bookmark.startIndex };
  const located = locate(counts, startIndex);
  if (passed && (passed.skip === 0 || (located && passed.skip <= located.offset))) return passed;
  return located && { at: { is: 'from', sk: located.prefix }, skip: located.offset };
}

/** One Query: some resources of one collection. */
interface Span {
  readonly shard: string;
  readonly range: Range | undefined;
  readonly limit: number;
}

/** The resources from somewhere on, in the order of ids, of all the collections that hold so many of them at once. */
async function readFrom(
  table: Table,
  scope: Scope,
  type: ResourceType,
  counts: readonly Count[],
  start: Range,
  wanted: number,
): Promise<StoredResource[]> {
  const found: StoredResource[] = [];
  for (let at: Range | undefined = start; at; ) {
    const spans = spansFrom(counts, at, wanted - found.length);
    const parts = await Promise.all(spans.map((span) => readSpan(table, scope, type, span)));
    const cut = parts.findIndex((part, i) => part.length === spans[i]?.limit);
    found.push(...parts.slice(0, cut < 0 ? parts.length : cut + 1).flat());
    if (found.length >= wanted) return found.slice(0, wanted);
    // Deletes since the counts were read: it goes on behind what was cut off, or in the collections that were not needed.
    at = next(cut < 0 ? undefined : found.at(-1), spans.at(-1));
  }
  return found;
}

function next(last: StoredResource | undefined, span: Span | undefined): Range | undefined {
  if (last) return { is: 'after', sk: last.id };
  const shard = SHARDS[SHARDS.indexOf(span?.shard ?? '') + 1];
  return span && shard !== undefined ? { is: 'from', sk: shard } : undefined;
}

/** The Queries that have so many resources together, as far as the counts tell. */
function spansFrom(counts: readonly Count[], at: Range, wanted: number): Span[] {
  const spans: Span[] = [];
  const first = at.sk.slice(0, 1);
  let sure = 0;
  for (const shard of SHARDS.slice(SHARDS.indexOf(first))) {
    const isFirst = shard === first;
    const inShard = counts.filter(({ prefix, n }) => n > 0 && prefix.startsWith(shard) && (!isFirst || prefix >= at.sk.slice(0, 2)));
    if (inShard.length === 0) continue;
    spans.push({ shard, range: isFirst ? at : undefined, limit: wanted - sure });
    // How many of its 256th are behind an id, the counts do not tell.
    sure += totalOf(isFirst && at.is === 'after' ? inShard.filter(({ prefix }) => prefix > at.sk.slice(0, 2)) : inShard);
    if (sure >= wanted) break;
  }
  return spans;
}

async function readSpan(table: Table, scope: Scope, type: ResourceType, { shard, range, limit }: Span): Promise<StoredResource[]> {
  const found: StoredResource[] = [];
  for await (const page of collectionPages(table, scope, type, shard, { range, limit })) {
    found.push(...page);
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}
