import { expect, test } from '@jest/globals';
import { sizeOf, Work } from '../../../lambdas/scim/patch/work.ts';
import { refusal } from '../../support/rfc.ts';

test.each<[string, unknown, number]>([
  ['nothing', null, 1],
  ['a boolean', true, 1],
  ['a short text', '', 1],
  ['a text, by its length', 'x'.repeat(100), 11],
  ['a list, by its values', [1, 2, [3]], 5],
  ['an object, by its parts', { a: 1, b: { c: 'x'.repeat(10) } }, 5],
])('the size of %s', (_, value, size) => {
  expect(sizeOf(value)).toBe(size);
});

test('what is nested deeper than any schema is one thing', () => {
  const nested = (depth: number): unknown => Array.from({ length: depth }).reduce((inner) => [inner], [1, 2, 3]);
  expect(sizeOf(nested(10_000))).toBe(sizeOf(nested(20)));
  expect(sizeOf(nested(3))).toBeGreaterThan(sizeOf(nested(2)));
});

test('work is refused before it is too much, in whatever steps', () => {
  const work = new Work();
  for (let n = 0; n < 49; n++) work.spend(1_000_000);
  expect(() => work.spend(1_000_000)).not.toThrow();
  expect(() => work.spend(1)).toThrow(refusal('tooMany', 'Operations: they look at too many values'));
});
