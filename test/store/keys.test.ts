import { expect, test } from '@jest/globals';
import * as keys from '../../lambdas/store/keys.ts';

const id = '0f3c2a11-0000-4000-8000-000000000000';

test("every key but that of a directory's own row begins with the directory", () => {
  const built = [
    keys.collectionKey('acme', 'User', '0'),
    keys.resourceKey('acme', 'User', id).pk,
    keys.countsKey('acme'),
    keys.countKey('acme', 'User', id).pk,
    keys.valueKey('acme', 'User', 'userName', 'ada'),
  ];
  for (const pk of built) expect(pk).toMatch(/^acme#/);
  expect(keys.directoryKey('acme')).toEqual({ pk: 'DIRECTORIES', sk: 'acme' });
});

test('a collection is spread by the first hex digit of ids, and counted by the first two', () => {
  expect(keys.resourceKey('acme', 'User', id)).toEqual({ pk: 'acme#User#0', sk: id });
  expect(keys.countKey('acme', 'User', id)).toEqual({ pk: 'acme#count', sk: 'User#0f' });
});

test('a value longer than 512 bytes is keyed by its digest, so that any value fits into a key', () => {
  expect(keys.valueKey('acme', 'User', 'userName', 'é'.repeat(256))).toBe(`acme#User.userName#${'é'.repeat(256)}`);
  const digest = keys.valueKey('acme', 'User', 'userName', 'z'.repeat(600)).split('#')[2] ?? '';
  expect(keys.valueKey('acme', 'User', 'userName', digest)).not.toContain(digest);
  expect(keys.valueKey('acme', 'User', 'userName', 'é'.repeat(257))).toMatch(/^acme#User\.userName#sha256:[0-9a-f]{64}$/);
});
