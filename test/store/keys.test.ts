import { expect, test } from '@jest/globals';
import * as keys from '../../lambdas/store/keys.ts';

const id = '0f3c2a11-0000-4000-8000-000000000000';

test("every key but that of a directory's own row begins with the directory", () => {
  const built = [
    keys.collectionKey('acme', { name: 'User' }, '0'),
    keys.resourceKey('acme', { name: 'User' }, id).pk,
    keys.countsKey('acme'),
    keys.countKey('acme', { name: 'User' }, id).pk,
    keys.valueKey('acme', 'User', 'userName', 'ada'),
    keys.bookmarksKey('acme', 'token', 'all'),
  ];
  for (const pk of built) expect(pk).toMatch(/^acme#/);
  expect(keys.directoryKey('acme')).toEqual({ pk: 'DIRECTORIES', sk: 'acme' });
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
  const others = [keys.directoryKey('acme'), { pk: keys.bookmarksKey('acme', 'token', 'all'), sk: keys.bookmarkSortKey(101) }];
  for (const key of others) expect(keys.placeOf(key)).toBeUndefined();
});

test('bookmarks of one reader stand in the order of their start indexes', () => {
  const indexes = [1, 9, 10, 99, 100, 1_000, 999_999, 1_000_000];
  expect(indexes.map(keys.bookmarkSortKey).sort()).toEqual(indexes.map(keys.bookmarkSortKey));
});
