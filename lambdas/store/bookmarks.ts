import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Criteria, Scope } from '../directory/store.ts';
import { failureOf } from '../log/failure.ts';
import type { Key as SortValue } from '../scim/compare.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { FORMAT } from './items.ts';
import { bookmarkSortKey, bookmarksKey, type Key } from './keys.ts';
import { queryPages } from './read.ts';
import { send } from './send.ts';
import type { Table } from './table.ts';

/*
 * A client asks for the next page by a number, and what that number stands for moves with every create and delete before it. So
 * the place where a page ended is kept for the credential that read it, and the next page goes on from there: each resource
 * that is there all the while is seen once, whatever happens to others in between.
 */

/** A place between two resources: behind one that was there. */
export interface Position {
  readonly id: string;
  /** What the resource is sorted by, if it has that and another order than that of ids is asked for. */
  readonly value?: SortValue | undefined;
  /** How many resources that are counted with it came before what is behind it: with the counts, how many of them are left. */
  readonly passed?: number;
}

export interface Bookmark {
  /** The number of the resource that comes next, as the client counts. */
  readonly startIndex: number;
  readonly position: Position;
}

interface BookmarkItem extends Key {
  readonly position: Position;
  /** Seconds since 1970, for DynamoDB's TTL, which deletes late. */
  readonly expires: number;
  readonly format: number;
}

const KEPT_S = 15 * 60;

/** Who reads what: the partition key of its bookmarks. */
export const readerOf = ({ directory, credential }: Scope, type: ResourceType, { filter, sort }: Criteria): string =>
  bookmarksKey(directory, credential, JSON.stringify({ type: type.name, filter, sort }));

/** What is remembered of a reader. */
export interface Remembered {
  /** The bookmark at the start index, or the last one before it. */
  readonly bookmark?: Bookmark | undefined;
  /** Whether there may be bookmarks: one that an earlier reading has left must not be taken for this one's. */
  readonly hasBookmarks: boolean;
}

export const NOTHING_REMEMBERED: Remembered = { hasBookmarks: false };

export async function readBookmark(table: Table, scope: Scope, reader: string, startIndex: number): Promise<Remembered> {
  const isFirst = startIndex === 1;
  const range = { is: isFirst ? 'after' : 'upTo', sk: bookmarkSortKey(startIndex) } as const;
  for await (const [item] of queryPages<BookmarkItem>(table, scope, reader, { range, limit: 1, backwards: !isFirst })) {
    if (isFirst) return { hasBookmarks: item !== undefined };
    const bookmark = item && isAlive(item) ? { startIndex: Number(item.sk), position: item.position } : undefined;
    return { bookmark, hasBookmarks: true };
  }
  return NOTHING_REMEMBERED;
}

const now = () => Math.floor(Date.now() / 1_000);
const isAlive = ({ expires, format }: BookmarkItem) => expires > now() && format === FORMAT;

/** How long an answer waits for its bookmark. */
const PATIENCE_MS = 1_000;

/** Without it the next page is found by its number: that is no reason to fail. */
export async function writeBookmark(table: Table, scope: Scope, reader: string, { startIndex, position }: Bookmark): Promise<void> {
  const item: BookmarkItem = { pk: reader, sk: bookmarkSortKey(startIndex), position, expires: now() + KEPT_S, format: FORMAT };
  const command = new PutCommand({ TableName: table.name, Item: item });
  const hurried = { ...scope, deadline: Math.min(scope.deadline, Date.now() + PATIENCE_MS) };
  try {
    await send(hurried, (options) => table.client.send(command, options));
  } catch (error) {
    console.warn({ message: 'a bookmark could not be kept', requestId: scope.trace.requestId, reason: failureOf(error).name });
  }
}
