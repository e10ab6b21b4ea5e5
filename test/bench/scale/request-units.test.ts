import { expect, test } from '@jest/globals';
import { dollarsPerMillion, readUnits, writeUnits } from './request-units.ts';

test('a strongly consistent read costs a unit for each 4 KB that are begun, and one where nothing is', () => {
  expect([0, 1, 4_096, 4_097, 100 * 861].map((bytes) => readUnits(bytes))).toEqual([1, 1, 1, 2, 22]);
});

test('a write costs a unit for each KB that is begun, one where nothing is, and twice that in a transaction', () => {
  expect([0, 861, 1_024, 1_025].map((bytes) => writeUnits(bytes))).toEqual([1, 1, 1, 2]);
  expect([0, 1_025].map((bytes) => writeUnits(bytes, { transaction: true }))).toEqual([2, 4]);
});

test('a million operations of one read and two written units cost 1.375 dollars', () => {
  expect(dollarsPerMillion(1, 2)).toBe(1.375);
});
