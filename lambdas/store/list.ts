import type { Page, Scope, Window } from '../directory/store.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { type Bookmark, NOTHING_REMEMBERED, readBookmark, readerOf } from './bookmarks.ts';
import { type Count, locate, readCounts, totalOf } from './counts.ts';
import { prefixOf, shardOf, shardsOf } from './keys.ts';
import { pageOf } from './page.ts';
import { collectionPages, type Range } from './read.ts';
import type { Table } from './table.ts';

/** A page of all resources of a type. The counts tell the total, and where the page is to be looked for. */
export async function listResources(table: Table, scope: Scope, type: ResourceType, window: Window): Promise<Page> {
  const { startIndex, count } = window;
  const reader = readerOf(scope, type, {});
  const [counts, { bookmark, hasBookmarks }] = await Promise.all([
    readCounts(table, scope, type),
    count > 0 ? readBookmark(table, scope, reader, startIndex) : NOTHING_REMEMBERED,
  ]);
  const total = totalOf(counts);
  const start = count > 0 ? startOf(counts, startIndex, bookmark) : undefined;
  if (!start) return { totalResults: total, resources: [] };
  // One more tells whether there are more.
  const found = await readFrom(table, scope, type, counts, start, start.skip + count + 1);
  const positionOf = ({ id }: StoredResource) => ({ id, passed: passedAt(type, id, start, found) });
  return pageOf(table, scope, reader, hasBookmarks, window, { total, rest: found.slice(start.skip) }, positionOf);
}

/** Somewhere among the resources of a type. */
interface Whereabouts {
  readonly at: Range;
  /** How many of those that it is counted with come before it; all of them, as far as one knows, if absent. */
  readonly passed?: number | undefined;
}

/** Where reading begins, and how many resources from there on are before the page. */
interface Start extends Whereabouts {
  readonly skip: number;
}

/** How many of those that an id is counted with are not behind it. */
function passedAt(type: ResourceType, id: string, { at, passed = 0 }: Start, found: readonly StoredResource[]): number {
  const prefix = prefixOf(type, id);
  const here = found.filter((resource) => prefixOf(type, resource.id) === prefix && resource.id <= id).length;
  return here + (at.is === 'after' && prefixOf(type, at.sk) === prefix ? passed : 0);
}

/** A reader goes on where it has stopped. Whoever comes from elsewhere begins where the fewest are to be passed over. */
function startOf(counts: readonly Count[], startIndex: number, bookmark: Bookmark | undefined): Start | undefined {
  const located = locate(counts, startIndex);
  const elsewhere: Start | undefined = located && { at: { is: 'from', sk: located.prefix }, skip: located.offset };
  if (!bookmark) return elsewhere;
  const { id, passed } = bookmark.position;
  const skip = startIndex - bookmark.startIndex;
  return skip === 0 || (located && skip <= located.offset) ? { at: { is: 'after', sk: id }, passed, skip } : elsewhere;
}

/** One Query: some resources of one collection. */
interface Span {
  readonly shard: string;
  readonly range: Range | undefined;
  readonly limit: number;
}

/** What is passed over is not kept: of large resources, some thousands would be too much. */
const withoutBody = (resource: StoredResource): StoredResource => ({ ...resource, body: {} });

/** The resources from somewhere on, in the order of ids, of all the collections that hold so many of them at once. */
async function readFrom(
  table: Table,
  scope: Scope,
  type: ResourceType,
  counts: readonly Count[],
  start: Start,
  wanted: number,
): Promise<StoredResource[]> {
  const found: StoredResource[] = [];
  // What is passed over is in the first collection, or most of it.
  let skip = start.skip;
  for (let place: Whereabouts | undefined = start; place; ) {
    const spans = spansFrom(type, counts, place, wanted - found.length);
    const parts = await Promise.all(spans.map((span, i) => readSpan(table, scope, type, span, i === 0 ? skip : 0)));
    skip = 0;
    const cut = parts.findIndex((part, i) => part.length === spans[i]?.limit);
    found.push(...parts.slice(0, cut < 0 ? parts.length : cut + 1).flat());
    if (found.length >= wanted) return found.slice(0, wanted);
    // Deletes since the counts were read: it goes on behind what was cut off, or in the collections that were not needed.
    place = next(type, cut < 0 ? undefined : found.at(-1), spans.at(-1));
  }
  return found;
}

function next(type: ResourceType, last: StoredResource | undefined, span: Span | undefined): Whereabouts | undefined {
  if (last) return { at: { is: 'after', sk: last.id } };
  const shards = shardsOf(type);
  const shard = shards[shards.indexOf(span?.shard ?? '') + 1];
  return span && shard !== undefined ? { at: { is: 'from', sk: shard } } : undefined;
}

/** The Queries that have so many resources together, as far as the counts tell. */
function spansFrom(type: ResourceType, counts: readonly Count[], { at, passed }: Whereabouts, wanted: number): Span[] {
  const first = prefixOf(type, at.sk);
  const left = counts
    .filter(({ prefix, n }) => n > 0 && prefix >= first)
    .map(({ prefix, n }) => ({ prefix, n: at.is === 'after' && prefix === first ? Math.max(0, n - (passed ?? n)) : n }));
  const spans: Span[] = [];
  let sure = 0;
  for (const [shard, inShard] of Map.groupBy(left, ({ prefix }) => shardOf(type, prefix))) {
    if (sure >= wanted) break;
    spans.push({ shard, range: first.startsWith(shard) ? at : undefined, limit: wanted - sure });
    sure += totalOf(inShard);
  }
  return spans;
}

async function readSpan(
  table: Table,
  scope: Scope,
  type: ResourceType,
  { shard, range, limit }: Span,
  skip: number,
): Promise<StoredResource[]> {
  const found: StoredResource[] = [];
  for await (const page of collectionPages(table, scope, type, shard, { range, limit })) {
    found.push(...page.map((resource, i) => (found.length + i < skip ? withoutBody(resource) : resource)));
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}
