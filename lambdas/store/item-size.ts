/*
 * The bytes of items, as "DynamoDB item sizes and formats" of DynamoDB's developer guide counts them.
 */

/** As the document client has it: its values are those of JavaScript. */
export type Item = Readonly<Record<string, unknown>>;

/** Bytes of an item, or of some of its attributes: of their names, and of their values. */
export const itemBytes = (item: Item): number => entriesBytes(Object.entries(item));

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
