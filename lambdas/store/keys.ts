import { createHash } from 'node:crypto';

/**
 * Every key of the table is built here and nowhere else. `D` is a directory: it comes first in every key but the
 * first row's, so that a key without a tenant cannot be written.
 *
 *   item                     pk                              sk
 *   directory                DIRECTORIES                     D
 *   resource                 D#User#h, D#License#-           id
 *   count                    D#count                         User#hh, License#-
 *   index entry, unique      D#User.userName#<folded>        =
 *   index entry, not unique  D#User.externalId#<value>       id
 *   membership               D#members#<group id>#-, or #h   id of the member
 *   reservation of a group   D#members#<group id>#=          =
 *   bookmark                 D#bookmark#<digest>             start index, zero-padded
 *   token use                D#token                         id of the token
 *
 * `h` and `hh` are the first one and two hex digits of an id (a UUID): a type's resources are spread over 16 partition
 * keys, and a count is kept for each 256th of them. Resources of a type whose ids are given, such as License, are few: they
 * have one partition key and one count, in both of which `-` stands for the digits.
 */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** One text for a key, by which it is told from others. */
export const textOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

/** What the partition keys of all that a directory holds begin with. */
export const keysBeginWith = (directory: string): string => `${directory}#`;

/** What keys need to know of a resource type. A `ResourceType` is one; of members the name is enough, as their ids are UUIDs. */
export interface Kind {
  readonly name: string;
  readonly givenIds?: boolean;
}

const HEX_DIGITS: readonly string[] = [...'0123456789abcdef'];

/** Stands for the digits where ids need not have any. No id that can be given comes before it, so that all are from it on. */
const UNDIVIDED = '-';

/** The collections of a type, in the order of ids: the resources under each first hex digit of ids, or all. */
export const shardsOf = ({ givenIds = false }: Kind): readonly string[] => (givenIds ? [UNDIVIDED] : HEX_DIGITS);

/** The collection that an id belongs to, or the ids with a prefix. */
export const shardOf = ({ givenIds = false }: Kind, id: string): string => (givenIds ? UNDIVIDED : id.slice(0, 1));

/** The ids that are counted together with an id: the 256th that has its first two hex digits, or all. */
export const prefixOf = ({ givenIds = false }: Kind, id: string): string => (givenIds ? UNDIVIDED : id.slice(0, 2));

/** The partition key of the rows of all directories. */
export const DIRECTORIES = 'DIRECTORIES';

/** Where nothing ever is: no directory has the empty name. Who only wants to reach the table asks for it. */
export const NOWHERE: Key = { pk: '#', sk: '#' };

export const directoryKey = (directory: string): Key => ({
  pk: DIRECTORIES,
  sk: directory,
});

export const collectionKey = (directory: string, { name }: Kind, shard: string): string => `${directory}#${name}#${shard}`;

export const resourceKey = (directory: string, type: Kind, id: string): Key => ({
  pk: collectionKey(directory, type, shardOf(type, id)),
  sk: id,
});

export const countsKey = (directory: string): string => `${directory}#count`;

/** What the sort keys of a type's counts begin with; their prefix is behind it. */
export const countsBeginWith = ({ name }: Kind): string => `${name}#`;

export const countKey = (directory: string, type: Kind, id: string): Key => ({
  pk: countsKey(directory),
  sk: countsBeginWith(type) + prefixOf(type, id),
});

/** A key attribute holds 2,048 bytes at most; long values are looked up by their digest. */
const MAX_VALUE_BYTES = 512;

/** The partition key of what has a value in an attribute; the value is folded already. */
export const valueKey = (directory: string, type: string, attribute: string, folded: string): string =>
  `${directory}#${type}.${attribute}#${needsDigest(folded) ? DIGEST + createHash('sha256').update(folded).digest('hex') : folded}`;

const DIGEST = 'sha256:';

/** What looks like a digest is keyed by its own, or it could stand for another value. */
const needsDigest = (folded: string) => Buffer.byteLength(folded) > MAX_VALUE_BYTES || folded.startsWith(DIGEST);

/** The sort key of a unique value: the same for every owner, so that there can be one alone. */
export const UNIQUE = '=';

/** The one type of resources that have members. */
export const GROUP: Kind = { name: 'Group' };

/** Over how many partition keys the rows of a large group are spread: each of them takes 1,000 writes a second. */
export const SPREAD = HEX_DIGITS.length;

/** The partition keys of the rows of a group's members: one, and 16 more for what joined after it had become large. */
export const membersKeys = (directory: string, groupId: string, fan: number): string[] =>
  [UNDIVIDED, ...(fan > 1 ? HEX_DIGITS : [])].map((shard) => `${directory}#members#${groupId}#${shard}`);

/** The keys that the row of a member may have: where the rows are spread, an older one is where it was. */
export const membershipKeys = (directory: string, groupId: string, fan: number | undefined, memberId: string): Key[] =>
  [1, ...(fan === SPREAD ? [SPREAD] : [])].map((one) => membershipKey(directory, groupId, one, memberId));

/** Whether a row is from before the rows were spread, if they are. */
export const isUnspread = (pk: string): boolean => pk.endsWith(`#${UNDIVIDED}`);

/** Where the row of a member is, or will be; where the rows are spread, an older one may be elsewhere (see `membersKeys`). */
export const membershipKey = (directory: string, groupId: string, fan: number, memberId: string): Key => ({
  pk: `${directory}#members#${groupId}#${fan > 1 ? memberId.slice(0, 1) : UNDIVIDED}`,
  sk: memberId,
});

/** Where a group is reserved that is being created with more members than find place in a transaction: who sweeps leaves its rows alone. */
export const reservationKey = (directory: string, groupId: string): Key => ({
  pk: `${directory}#members#${groupId}#${UNIQUE}`,
  sk: UNIQUE,
});

/** The partition key of the bookmarks of one reader: a credential, and what it reads. Neither can pass for a part of the other. */
export const bookmarksKey = (directory: string, credential: string, query: string): string =>
  `${directory}#bookmark#${createHash('sha256')
    .update(JSON.stringify([credential, query]))
    .digest('hex')}`;

/** Start indexes are whole numbers of fifteen digits at most. */
export const bookmarkSortKey = (startIndex: number): string => String(startIndex).padStart(15, '0');

/** The partition key of when the tokens of a directory were last used. */
export const tokenUsesKey = (directory: string): string => `${directory}#token`;

export const tokenUseKey = (directory: string, tokenId: string): Key => ({ pk: tokenUsesKey(directory), sk: tokenId });

/** What the items are that are kept for each resource. */
export type Place =
  | { readonly kind: 'resource'; readonly directory: string; readonly type: string; readonly id: string }
  /** `prefix` is what `prefixOf` gives for the ids. */
  | { readonly kind: 'count'; readonly directory: string; readonly type: string; readonly prefix: string }
  | { readonly kind: 'entry'; readonly directory: string; readonly type: string; readonly attribute: string }
  /** `type` is that of the group, `id` the member's. */
  | { readonly kind: 'membership'; readonly directory: string; readonly type: string; readonly groupId: string; readonly id: string }
  /** Of a group that is being created. */
  | { readonly kind: 'reservation'; readonly directory: string; readonly type: string; readonly groupId: string };

/** Tells from a key what its item is; `undefined` for what is none of these. */
export function placeOf({ pk, sk }: Key): Place | undefined {
  const [directory = '', what = '', ...rest] = pk.split('#');
  if (what === 'count') {
    const [type = '', prefix = ''] = sk.split('#');
    return { kind: 'count', directory, type, prefix };
  }
  if (what === 'members') {
    const [groupId = '', shard] = rest;
    const ofGroup = { directory, type: GROUP.name, groupId };
    return shard === UNIQUE ? { kind: 'reservation', ...ofGroup } : { kind: 'membership', ...ofGroup, id: sk };
  }
  const dot = what.indexOf('.');
  if (dot >= 0) return { kind: 'entry', directory, type: what.slice(0, dot), attribute: what.slice(dot + 1) };
  const isCollection = rest.length === 1 && (rest[0] ?? '').length === 1;
  return isCollection ? { kind: 'resource', directory, type: what, id: sk } : undefined;
}
