import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isDirectoryName } from '../../lambdas/auth/token.ts';
import type { Key } from '../../lambdas/store/keys.ts';
import * as keys from '../../lambdas/store/keys.ts';

const id = '0f3c2a11-0000-4000-8000-000000000000';

/** An example call of every function that builds a key or a partition key, by its name. */
const BUILT: Readonly<Record<string, (directory: string) => Key | string | readonly string[]>> = {
  collectionKey: (directory) => keys.collectionKey(directory, { name: 'User' }, '0'),
  resourceKey: (directory) => keys.resourceKey(directory, { name: 'User' }, id),
  countsKey: keys.countsKey,
  countKey: (directory) => keys.countKey(directory, { name: 'User' }, id),
  valueKey: (directory) => keys.valueKey(directory, 'User', 'userName', 'ada'),
  membersKeys: (directory) => keys.membersKeys(directory, id, 16),
  membershipKey: (directory) => keys.membershipKey(directory, id, 16, id),
  membershipKeys: (directory) => keys.membershipKeys(directory, id, keys.SPREAD, id).map(({ pk }) => pk),
  reservationKey: (directory) => keys.reservationKey(directory, id),
  bookmarksKey: (directory) => keys.bookmarksKey(directory, 'token', 'all'),
  tokenUsesKey: keys.tokenUsesKey,
  tokenUseKey: (directory) => keys.tokenUseKey(directory, id),
};

/** What builds no partition key: the beginnings and ends of keys, and what is read from them. And the one key that has no directory in front. */
const OTHERS = [
  'directoryKey',
  'isUnspread',
  'keysBeginWith',
  'textOf',
  'shardsOf',
  'shardOf',
  'prefixOf',
  'countsBeginWith',
  'bookmarkSortKey',
  'placeOf',
];

const partitionKeys = (built: Key | string | readonly string[]): string[] =>
  [built].flat().map((one) => (typeof one === 'string' ? one : (one as Key).pk));

describe('every key', () => {
  const functions = Object.entries(keys).flatMap(([name, exported]) => (typeof exported === 'function' ? [name] : []));

  test('is of a function that these tests know', () => {
    expect(functions.sort()).toEqual([...Object.keys(BUILT), ...OTHERS].sort());
  });

  test.each(Object.entries(BUILT).map(([name, build]) => ({ name, build })))('of $name begins with the directory', ({ build }) => {
    for (const pk of partitionKeys(build('acme'))) {
      expect(pk).toMatch(/^acme#./);
      expect(pk.startsWith(keys.keysBeginWith('acme'))).toBe(true);
    }
  });

  test("but that of a directory's own row, which no directory's keys can be", () => {
    expect(keys.directoryKey('acme')).toEqual({ pk: 'DIRECTORIES', sk: 'acme' });
    expect(isDirectoryName('DIRECTORIES')).toBe(false);
  });
});

describe('keys of different things', () => {
  /** Names of which one is the beginning of another, or of what a key has in it. */
  const directory = fc.oneof(
    fc.constantFrom('acme', 'acme-2', 'acme-2-3', 'a', 'count', 'members', 'bookmark', 'token', 'user'),
    fc.stringMatching(/^[a-z0-9](-?[a-z0-9]){0,8}$/),
  );
  const kind = fc.constantFrom({ name: 'User' }, { name: 'Users' }, { name: 'Group' }, { name: 'License', givenIds: true });
  const attribute = fc.constantFrom('userName', 'emails.value', 'urn:example:2.0:User:badge', 'urn:example:2.0:User:badge.value');
  /** What clients write, with all that stands between the parts of keys. */
  const hostile = fc
    .array(
      fc.oneof(
        fc.constantFrom('#', '\n', '=', '.', '-', '~', 'acme#', 'User.userName#', '#count', 'sha256:', '\u0000', 'é', '\u{1f600}'),
        fc.string({ unit: 'binary', maxLength: 3 }),
      ),
      { maxLength: 6 },
    )
    .map((parts) => parts.join(''));
  const uuid = fc.oneof(fc.constantFrom(id, id.replace('0', '1')), fc.uuid());
  const fan = fc.constantFrom(1, 16);
  const shard = fc.constantFrom('-', '0', 'f');

  /** A key, and what it must be the only key of. */
  const made = fc.oneof(
    fc.tuple(directory, kind, shard).map(([d, type, h]) => ({ of: ['collection', d, type.name, h], pk: keys.collectionKey(d, type, h) })),
    fc.tuple(directory).map(([d]) => ({ of: ['counts', d], pk: keys.countsKey(d) })),
    fc.tuple(directory).map(([d]) => ({ of: ['token uses', d], pk: keys.tokenUsesKey(d) })),
    fc
      .tuple(directory, kind, attribute, hostile)
      .map(([d, { name }, path, value]) => ({ of: ['value', d, name, path, value], pk: keys.valueKey(d, name, path, value) })),
    fc.tuple(directory, uuid, uuid, fan).map(([d, groupId, member, n]) => ({
      of: ['members', d, groupId, n === 1 ? '-' : member[0]],
      pk: keys.membershipKey(d, groupId, n, member).pk,
    })),
    fc
      .tuple(directory, hostile, hostile)
      .map(([d, credential, query]) => ({ of: ['bookmarks', d, credential, query], pk: keys.bookmarksKey(d, credential, query) })),
  );

  test('are different, whatever clients write, and say whose they are', () => {
    fc.assert(
      fc.property(fc.array(made, { minLength: 2, maxLength: 40 }), (all) => {
        const owners = new Map<string, string>();
        for (const { of, pk } of all) {
          expect(pk.startsWith(keys.keysBeginWith(of[1] ?? ''))).toBe(true);
          expect(pk.indexOf('#')).toBe(of[1]?.length);
          expect([pk, owners.get(pk) ?? JSON.stringify(of)]).toEqual([pk, JSON.stringify(of)]);
          owners.set(pk, JSON.stringify(of));
        }
      }),
      { seed: 7643, numRuns: 150 },
    );
  });

  test('have different bookmarks, wherever the credential ends and the query begins', () => {
    expect(keys.bookmarksKey('acme', 'a', 'b\nc')).not.toBe(keys.bookmarksKey('acme', 'a\nb', 'c'));
  });
});

test('a collection is spread by the first hex digit of ids, and counted by the first two', () => {
  expect(keys.resourceKey('acme', { name: 'User' }, id)).toEqual({ pk: 'acme#User#0', sk: id });
  expect(keys.countKey('acme', { name: 'User' }, id)).toEqual({ pk: 'acme#count', sk: 'User#0f' });
});

test('resources whose ids are given are one collection and counted together, and what their ids are made of breaks no key', () => {
  const license = { name: 'License', givenIds: true };
  const acme = { directory: 'acme', type: 'License' };
  expect(keys.countKey('acme', license, 'lic-pro')).toEqual({ pk: 'acme#count', sk: 'License#-' });
  expect(keys.placeOf(keys.countKey('acme', license, 'lic-pro'))).toEqual({ kind: 'count', ...acme, prefix: '-' });
  for (const given of ['lic-pro', '-', '~', '.a', '_', '0', 'a.b~c_d-E', 'count', 'z'.repeat(255), id]) {
    const key = keys.resourceKey('acme', license, given);
    expect(key).toEqual({ pk: 'acme#License#-', sk: given });
    expect(keys.placeOf(key)).toEqual({ kind: 'resource', ...acme, id: given });
    const entry = { pk: keys.valueKey('acme', 'License', 'displayName', 'pro'), sk: given };
    expect(keys.placeOf(entry)).toEqual({ kind: 'entry', ...acme, attribute: 'displayName' });
    // A list that begins at the first reads from here on.
    expect(keys.prefixOf(license, given) <= given).toBe(true);
    expect(keys.shardsOf(license)).toEqual([keys.shardOf(license, given)]);
  }
  expect(keys.shardsOf({ name: 'User' })).toHaveLength(16);
});

test('a value longer than 512 bytes is keyed by its digest, so that any value fits into a key', () => {
  expect(keys.valueKey('acme', 'User', 'userName', 'é'.repeat(256))).toBe(`acme#User.userName#${'é'.repeat(256)}`);
  const digest = keys.valueKey('acme', 'User', 'userName', 'z'.repeat(600)).split('#')[2] ?? '';
  expect(keys.valueKey('acme', 'User', 'userName', digest)).not.toContain(digest);
  expect(keys.valueKey('acme', 'User', 'userName', 'é'.repeat(257))).toMatch(/^acme#User\.userName#sha256:[0-9a-f]{64}$/);
});

test('what an item is can be told from its key', () => {
  const acme = { directory: 'acme', type: 'User' };
  expect(keys.placeOf(keys.resourceKey('acme', { name: 'User' }, id))).toEqual({ kind: 'resource', ...acme, id });
  expect(keys.placeOf(keys.countKey('acme', { name: 'User' }, id))).toEqual({ kind: 'count', ...acme, prefix: '0f' });
  for (const path of ['emails.value', 'urn:example:2.0:User:badge'])
    expect(keys.placeOf({ pk: keys.valueKey('acme', 'User', path, 'a#b.c'), sk: id })).toEqual({ kind: 'entry', ...acme, attribute: path });
  const bookmark = { pk: keys.bookmarksKey('acme', 'token', 'all'), sk: keys.bookmarkSortKey(101) };
  const others = [keys.directoryKey('acme'), bookmark, keys.tokenUseKey('acme', id)];
  for (const key of others) expect(keys.placeOf(key)).toBeUndefined();
});

describe('the row of a member', () => {
  const groupId = '50000000-0000-4000-8000-000000000000';
  const keysOf = (fan: number | undefined) => keys.membershipKeys('acme', groupId, fan, id).map(({ pk }) => pk.slice(-2));

  test.each([
    { name: 'a group that nobody knows to be spread', fan: undefined, found: ['#-'] },
    { name: 'a group that is not spread', fan: 1, found: ['#-'] },
    { name: 'a group that is', fan: keys.SPREAD, found: ['#-', '#0'] },
  ])('may be, of $name, at $found', ({ fan, found }) => {
    expect(keysOf(fan)).toEqual(found);
  });

  test.each([1, keys.SPREAD])('is where all rows are looked for, with a fan of %d', (fan) => {
    const all = keys.membersKeys('acme', groupId, fan);
    expect(all).toHaveLength(fan === 1 ? 1 : 17);
    for (const { pk } of keys.membershipKeys('acme', groupId, fan, id)) expect(all).toContain(pk);
    expect(all).toContain(keys.membershipKey('acme', groupId, fan, id).pk);
  });

  test('is from before its group was spread where it is not by its first digit', () => {
    const isOld = (fan: number) => keys.isUnspread(keys.membershipKey('acme', groupId, fan, id).pk);
    expect([1, keys.SPREAD].map(isOld)).toEqual([true, false]);
  });

  test('can be told from its key, and is not the reservation of its group, which is not among the rows', () => {
    const ofGroup = { directory: 'acme', type: 'Group', groupId };
    for (const fan of [1, keys.SPREAD])
      expect(keys.placeOf(keys.membershipKey('acme', groupId, fan, id))).toEqual({ kind: 'membership', ...ofGroup, id });
    const reservation = keys.reservationKey('acme', groupId);
    expect(keys.placeOf(reservation)).toEqual({ kind: 'reservation', ...ofGroup });
    expect(keys.membersKeys('acme', groupId, keys.SPREAD)).not.toContain(reservation.pk);
    expect(keys.isUnspread(reservation.pk)).toBe(false);
  });
});

test('bookmarks of one reader stand in the order of their start indexes', () => {
  const indexes = [1, 9, 10, 99, 100, 1_000, 999_999, 1_000_000];
  expect(indexes.map(keys.bookmarkSortKey).sort()).toEqual(indexes.map(keys.bookmarkSortKey));
});
