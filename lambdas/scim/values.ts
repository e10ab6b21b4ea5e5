import { instantOf } from './date-time.ts';
import { invalidValue } from './errors.ts';
import { isObject, type JsonObject, type JsonValue } from './json.ts';
import { separator } from './path.ts';
import { type Attribute, attributeNamed } from './schemas/attribute.ts';
import { booleanFromString, complexFromValue, isEmptyText, roleFromJson, stringFromNumber } from './tolerances.ts';

/** The names of attributes that were given no value (null, "" or []), by the object that the others were read into. */
export type Cleared = ReadonlyMap<object, ReadonlySet<string>>;

/** How the values in a request are read. */
export interface Reading {
  /** Collects the full paths of attributes that no schema declares: they are dropped. */
  readonly unknowns: string[];
  readonly cleared?: Map<object, ReadonlySet<string>>;
  /** False for an attribute that is left out; throws for one that must not be given. */
  readonly reads: (attribute: Attribute, path: string) => boolean;
}

/** What a client sends of the server's own attributes is left out. */
export const writable = ({ mutability }: Attribute): boolean => mutability !== 'readOnly';

/** Beyond these a number is not kept as it was sent. */
const MAX_DECIMAL = Number.MAX_SAFE_INTEGER;
const MIN_DECIMAL = 1e-100;

const isDecimal = (value: unknown): boolean =>
  typeof value === 'number' && (value === 0 || (Math.abs(value) >= MIN_DECIMAL && Math.abs(value) <= MAX_DECIMAL));

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** Padding may be left out (RFC 7643 section 2.3.6); what is there is right, and a last group of one character is no whole byte. */
const isBase64 = (value: unknown): boolean =>
  typeof value === 'string' && BASE64.test(value) && (value.endsWith('=') ? value.length % 4 === 0 : value.length % 4 !== 1);

const isText = (value: unknown): value is string => typeof value === 'string' && value.isWellFormed();

/** How a single value of each simple type is recognised (RFC 7643 section 2.3), and what an error calls it. */
const SIMPLE: Record<
  Exclude<Attribute['type'], 'complex'>,
  {
    expected: string;
    read?: (value: unknown) => unknown;
    is: (value: unknown) => boolean;
  }
> = {
  string: { expected: 'a string', read: stringFromNumber, is: isText },
  reference: { expected: 'a string that holds a URI', is: isText },
  boolean: {
    expected: 'a boolean',
    read: booleanFromString,
    is: (value) => typeof value === 'boolean',
  },
  integer: { expected: 'an integer', is: Number.isSafeInteger },
  decimal: { expected: `a number, 0 or of a size from ${MIN_DECIMAL} to ${MAX_DECIMAL}`, is: isDecimal },
  dateTime: {
    expected: 'a dateTime such as 2011-05-13T04:42:34Z',
    is: (value) => typeof value === 'string' && instantOf(value) !== undefined,
  },
  binary: { expected: 'a string in base64', is: isBase64 },
};

/**
 * Reads what a client gave as the value of an attribute. `undefined` means that it has none: null, "" and [] are
 * the same as absent (RFC 7643 section 2.5). Throws `invalidValue` with the path, by which errors call it, and what was expected.
 */
export function readValue(attribute: Attribute, value: unknown, path: string, reading: Reading): JsonValue | undefined {
  if (isAbsent(value)) return undefined;
  if (!attribute.multiValued) return readSingle(attribute, value, path, reading);

  if (!Array.isArray(value)) throw invalidValue(`${path}: expected an array`);
  const values: JsonValue[] = [];
  for (const element of value) {
    const read = readSingle(attribute, element, path, reading);
    if (read !== undefined) values.push(read);
  }
  return values.length > 0 ? values : undefined;
}

/** Reads one value of an attribute, multi-valued or not. */
export function readSingle(attribute: Attribute, value: unknown, path: string, reading: Reading): JsonValue | undefined {
  if (isAbsent(value)) return undefined;
  if (attribute.type === 'complex') {
    const meant = attribute.multiValued ? roleFromJson(attribute, value) : complexFromValue(attribute, value);
    if (isAbsent(meant)) return undefined;
    if (!isObject(meant)) throw invalidValue(`${path}: expected ${attribute.multiValued ? 'an array of objects' : 'an object'}`);
    return withContent(readObject(attribute.subAttributes ?? [], meant, path + separator(attribute), reading));
  }
  const { expected, read, is } = SIMPLE[attribute.type];
  const meant = read ? read(value) : value;
  if (!is(meant)) throw invalidValue(`${path}: expected ${expected}`);
  const { maxLength = Number.POSITIVE_INFINITY } = attribute;
  if (typeof meant === 'string' && meant.length > maxLength && [...meant].length > maxLength)
    throw invalidValue(`${path}: expected at most ${maxLength} characters, got ${[...meant].length}`);
  return meant as JsonValue;
}

const withContent = (object: JsonObject): JsonObject | undefined => {
  for (const _ in object) return object;
  return undefined;
};

/**
 * Reads the attributes of an object: names without case, in the schema's spelling afterwards; unknown ones dropped. The prefix
 * stands before the names in errors: empty for a resource, `name.` for the sub-attributes of a name.
 */
export function readObject(
  attributes: readonly Attribute[],
  object: Record<string, unknown>,
  prefix: string,
  reading: Reading,
): JsonObject {
  const result: JsonObject = {};
  let cleared: Set<string> | undefined;
  forEachGiven(attributes, object, prefix, reading, (attribute, value, path) => {
    const read = readValue(attribute, value, path, reading);
    if (read !== undefined) result[attribute.name] = read;
    else if (isBlank(value)) cleared = (cleared ?? new Set()).add(attribute.name);
  });
  if (cleared) reading.cleared?.set(result, cleared);
  return result;
}

/** Calls back with each attribute that an object has and that is read, its value and its path. */
export function forEachGiven(
  attributes: readonly Attribute[],
  object: Record<string, unknown>,
  prefix: string,
  { reads, unknowns }: Reading,
  found: (attribute: Attribute, value: unknown, path: string) => void,
): void {
  for (const name of Object.keys(object)) {
    const attribute = attributeNamed(attributes, name);
    if (!attribute) {
      unknowns.push(prefix + name);
      continue;
    }
    const path = prefix + attribute.name;
    if (name !== attribute.name && isGivenTwice(object, name)) throw invalidValue(`${path}: given twice, in different letter case`);
    if (reads(attribute, path)) found(attribute, object[name], path);
  }
}

const isGivenTwice = (object: object, name: string): boolean =>
  Object.keys(object).filter((other) => other.toLowerCase() === name.toLowerCase()).length > 1;

/** Null and [] mean that an attribute has no value (RFC 7643 section 2.5), and so does "" (see `isEmptyText`). */
export const isAbsent = (value: unknown): boolean =>
  value === undefined || value === null || isEmptyText(value) || (Array.isArray(value) && value.length === 0);

/** An extension, an attribute of it, its values, and what they are made of. What a client nests deeper than any schema is something. */
const MAX_DEPTH = 5;

/** Whether a value holds nothing at any depth: what a client sends to clear an attribute. */
export function isBlank(value: unknown, depth = MAX_DEPTH): boolean {
  if (isAbsent(value)) return true;
  if (typeof value !== 'object' || depth === 0) return false;
  if (Array.isArray(value)) return value.every((element) => isBlank(element, depth - 1));
  for (const name in value) if (!isBlank((value as Record<string, unknown>)[name], depth - 1)) return false;
  return true;
}
