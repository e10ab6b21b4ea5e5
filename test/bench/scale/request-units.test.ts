import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { dollarsPerMillion, itemBytes, readUnits, writeUnits } from './request-units.ts';

describe('the bytes of an item', () => {
  // In each, the attribute's name has one byte.
  test.each<readonly [string, AttributeValue, number]>([
    ['a string', { S: 'abc' }, 1 + 3],
    ['a string of two bytes a character', { S: 'Ångström' }, 1 + 10],
    ['a number of one digit', { N: '7' }, 1 + 1 + 1],
    ['a number of three digits', { N: '123' }, 1 + 2 + 1],
    ['a number with zeros behind', { N: '120000' }, 1 + 1 + 1],
    ['a negative number with a point', { N: '-0.125' }, 1 + 2 + 1 + 1],
    ['zero', { N: '0' }, 1 + 1],
    ['a binary', { B: new Uint8Array(5) }, 1 + 5],
    ['true', { BOOL: true }, 1 + 1],
    ['null', { NULL: true }, 1 + 1],
    ['a set of strings', { SS: ['a', 'bc'] }, 1 + 1 + 2],
    ['an empty map', { M: {} }, 1 + 3],
    ['a map', { M: { ab: { S: 'c' }, d: { BOOL: false } } }, 1 + 3 + (1 + 2 + 1) + (1 + 1 + 1)],
    ['a list', { L: [{ S: 'abc' }, { N: '12' }] }, 1 + 3 + (1 + 3) + (1 + 2)],
    ['a map in a list', { L: [{ M: { a: { S: 'b' } } }] }, 1 + 3 + 1 + (3 + 1 + 1 + 1)],
  ])('count %s', (_, value, bytes) => {
    expect(itemBytes({ x: value })).toBe(bytes);
  });

  test('are those of all its attributes, keys among them', () => {
    expect(itemBytes({ pk: { S: 'acme#count' }, sk: { S: 'User#0f' }, n: { N: '42' } })).toBe(2 + 10 + (2 + 7) + (1 + 2));
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
