/*
 * What DynamoDB charges for: the bytes of items, in units of 4 KB that are read and of 1 KB that are written.
 */

/** Dollars for a million units, on demand in us-east-1. */
export const PRICES = { read: 0.125, write: 0.625 } as const;

const READ_UNIT_BYTES = 4_096;
const WRITE_UNIT_BYTES = 1_024;

/** Read request units of a strongly consistent read of what is rounded up as one: an item, or all items of a Query. What is not there costs as much as the least. */
export const readUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));

/** Write request units of one item. What is not there costs as much as the least. */
export const writeUnits = (bytes: number, { transaction = false } = {}): number =>
  Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES)) * (transaction ? 2 : 1);

/** Dollars for a million operations of so many units each. */
export const dollarsPerMillion = (reads: number, writes: number): number => reads * PRICES.read + writes * PRICES.write;
