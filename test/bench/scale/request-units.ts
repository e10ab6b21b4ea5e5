/*
 * What DynamoDB charges for: the bytes of items, as "DynamoDB item sizes and formats" of its developer guide counts them, in
 * units of 4 KB that are read and of 1 KB that are written.
 */

/** As the document client has it: its values are those of JavaScript. */
export type Item = Readonly<Record<string, unknown>>;

/** Dollars for a million units, on demand in us-east-1. */
export const PRICES = { read: 0.125, write: 0.625 } as const;

const READ_UNIT_BYTES = 4_096;
const WRITE_UNIT_BYTES = 1_024;

/** Bytes of an item: of the names of its attributes, and of their values. */
export const itemBytes = (item: Item): number => entriesBytes(Object.entries(item));

/** Read request units of what is rounded up as one: an item, or all items of a Query. What is not there costs as much as the least. */
export const readUnits = (bytes: number, { consistent = true } = {}): number =>
  Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * (consistent ? 1 : 0.5);

/** Write request units of one item. What is not there costs as much as the least. */
export const writeUnits = (bytes: number, { transaction = false } = {}): number =>
  Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES)) * (transaction ? 2 : 1);

/** Dollars for a million operations of so many units each. */
export const dollarsPerMillion = (reads: number, writes: number): number => reads * PRICES.read + writes * PRICES.write;

const textBytes = (text: string) => Buffer.byteLength(text);
const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
const entriesBytes = (entries: readonly (readonly [string, unknown])[]) =>
  sum(entries.map(([name, value]) => textBytes(name) + valueBytes(value)));

/** A list and a map have three bytes of their own, and one for each of their elements. */
const CONTAINER_BYTES = 3;

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return textBytes(value);
  if (typeof value === 'number' || typeof value === 'bigint') return numberBytes(String(value));
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof Set) return sum([...value].map(valueBytes));
  if (Array.isArray(value)) return CONTAINER_BYTES + value.length + sum(value.map(valueBytes));
  // Null, true and false.
  if (typeof value !== 'object' || value === null) return 1;
  const entries = Object.entries(value);
  return CONTAINER_BYTES + entries.length + entriesBytes(entries);
}

/** A byte for every two digits without the zeros at both ends, one more, and one for a minus. */
function numberBytes(text: string): number {
  const [mantissa = ''] = text.split('e');
  const digits = mantissa.replace(/[-+.]/g, '').replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}
