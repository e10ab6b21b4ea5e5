import { instantOf } from './date-time.ts';
import type { Attribute } from './schemas/attribute.ts';
import { booleanFromString, stringFromNumber } from './tolerances.ts';

/**
 * The form in which two strings are compared (RFC 7643 section 2.2, caseExact).
 * Filters, sorting, index keys and uniqueness all use it, so that they cannot disagree.
 */
export function fold(value: string, caseExact: boolean): string {
  if (caseExact) return value;
  // Most text has nothing to normalize, and to look for that is cheaper than to do it.
  return (BEYOND_LATIN_1.test(value) ? value.normalize('NFC') : value).toLowerCase();
}

/** Latin-1 has no combining characters: each of its letters is normal as it is. */
const BEYOND_LATIN_1 = /[\u0100-\uffff]/;

/** What stands for a value where it is compared. Two values of an attribute are equal if and only if their keys are. */
export type Key = string | number | boolean;

/** How values of a simple attribute become keys; `undefined` stands for what is no value of its type. */
export function keyOf(attribute: Attribute): (value: unknown) => Key | undefined {
  const { type, caseExact } = attribute;
  switch (type) {
    case 'boolean':
      return (value) => {
        const meant = booleanFromString(value);
        return typeof meant === 'boolean' ? meant : undefined;
      };
    case 'integer':
    case 'decimal':
      return (value) => (typeof value === 'number' ? value : undefined);
    case 'dateTime':
      return (value) => (typeof value === 'string' ? instantOf(value) : undefined);
    case 'reference': {
      const isResource = attribute.referenceTypes?.some((kind) => kind !== 'external' && kind !== 'uri');
      return (value) => (typeof value === 'string' ? fold(isResource ? value.replace(VERSION, '') : value, caseExact) : undefined);
    }
    default:
      return (value) => {
        const meant = stringFromNumber(value);
        return typeof meant === 'string' ? fold(meant, caseExact) : undefined;
      };
  }
}

/** The version of the API before the endpoint and the id: with another or none the resource is the same (RFC 7643 section 2.4, `$ref`). */
const VERSION = /\/v\d+(?=\/[^/]+\/[^/]+$)/;

/** Below 0 where `a` comes first: numbers by size, false before true, strings in the order of their code points. */
export function compareKeys(a: Key, b: Key): number {
  if (a === b) return 0;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return a < b ? -1 : 1;
}

/** JavaScript's own `<` goes by units of UTF-16, and has what lies beyond U+FFFF before U+E000. */
function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x - y : isSurrogate(x) ? 1 : -1;
  }
  return a.length - b.length;
}

const isSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;
