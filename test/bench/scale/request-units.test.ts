import { describe, expect, test } from '@jest/globals';
import { dollarsPerMillion, itemBytes, readUnits, writeUnits } from './request-units.ts';

describe('the bytes of an item', () => {
  // In each, the attribute's name has one byte.
  test.each<readonly [string, unknown, number]>([
    ['a string', 'abc', 1 + 3],
    ['a string of two bytes a character', 'Ångström', 1 + 10],
    ['a number of one digit', 7, 1 + 1 + 1],
    ['a number of three digits', 123, 1 + 2 + 1],
    ['a number with zeros behind', 120_000, 1 + 1 + 1],
    ['a number with a power of ten', 1.5e30, 1 + 1 + 1],
    ['a negative number with a point', -0.125, 1 + 2 + 1 + 1],
    ['zero', 0, 1 + 1],
    ['a binary', new Uint8Array(5), 1 + 5],
    ['true', true, 1 + 1],
    ['null', null, 1 + 1],
    ['a set of strings', new Set(['a', 'bc']), 1 + 1 + 2],
    ['an empty map', {}, 1 + 3],
    ['a map', { ab: 'c', d: false }, 1 + 3 + (1 + 2 + 1) + (1 + 1 + 1)],
    ['a list', ['abc', 12], 1 + 3 + (1 + 3) + (1 + 2)],
    ['a map in a list', [{ a: 'b' }], 1 + 3 + 1 + (3 + 1 + 1 + 1)],
  ])('count %s', (_, value, bytes) => {
    expect(itemBytes({ x: value })).toBe(bytes);
  });

  test('are those of all its attributes, keys among them', () => {
    expect(itemBytes({ pk: 'acme#count', sk: 'User#0f', n: 42 })).toBe(2 + 10 + (2 + 7) + (1 + 2));
  });
});

test('a strongly consistent read costs a unit for each 4 KB that are begun, and one where nothing is', () => {
  expect([0, 1, 4_096, 4_097, 100 * 861].map((bytes) => readUnits(bytes))).toEqual([1, 1, 1, 2, 22]);
});

test('an eventually consistent read costs half', () => {
  expect([0, 4_097].map((bytes) => readUnits(bytes, { consistent: false }))).toEqual([0.5, 1]);
});

test('a write costs a unit for each KB that is begun, one where nothing is, and twice that in a transaction', () => {
  expect([0, 861, 1_024, 1_025].map((bytes) => writeUnits(bytes))).toEqual([1, 1, 1, 2]);
  expect([0, 1_025].map((bytes) => writeUnits(bytes, { transaction: true }))).toEqual([2, 4]);
});

test('a million operations of one read and two written units cost 1.375 dollars', () => {
  expect(dollarsPerMillion(1, 2)).toBe(1.375);
});
