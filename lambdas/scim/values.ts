import { instantOf } from './date-time.ts';
import { invalidValue } from './errors.ts';
import { isObject, type JsonObject, type JsonValue } from './json.ts';
import { separator } from './path.ts';
import { type Attribute, attributeNamed } from './schemas/attribute.ts';
import { booleanFromString, complexFromValue, stringFromNumber } from './tolerances.ts';

/** The names of attributes that were given no value (null, "" or []), by the object that the others were read into. */
export type Cleared = ReadonlyMap<object, ReadonlySet<string>>;

/** Where in a request values stand, and how they are read. */
export interface Place {
  /** As errors call it: the full path of an attribute, or what stands before the names of several. */
  readonly path: string;
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
 * the same as absent (RFC 7643 section 2.5). Throws `invalidValue` with the path and what was expected.
 */
export function readValue(attribute: Attribute, value: unknown, place: Place): JsonValue | undefined {
  if (isAbsent(value)) return undefined;
  if (!attribute.multiValued) return readSingle(attribute, value, place);

  if (!Array.isArray(value)) throw invalidValue(`${place.path}: expected an array`);
  const values = value.flatMap((element) => readSingle(attribute, element, place) ?? []);
  return values.length > 0 ? values : undefined;
}

/** Reads one value of an attribute, multi-valued or not. */
export function readSingle(attribute: Attribute, value: unknown, place: Place): JsonValue | undefined {
  if (isAbsent(value)) return undefined;
  const { path } = place;
  if (attribute.type === 'complex') {
    const meant = attribute.multiValued ? value : complexFromValue(attribute, value);
    if (isAbsent(meant)) return undefined;
    if (!isObject(meant)) throw invalidValue(`${path}: expected ${attribute.multiValued ? 'an array of objects' : 'an object'}`);
    const read = readObject(attribute.subAttributes ?? [], meant, { ...place, path: path + separator(attribute) });
    return Object.keys(read).length > 0 ? read : undefined;
  }
  const { expected, read, is } = SIMPLE[attribute.type];
  const meant = read ? read(value) : value;
  if (!is(meant)) throw invalidValue(`${path}: expected ${expected}`);
  return meant as JsonValue;
}

/**
 * Reads the attributes of an object: names without case, in the schema's spelling afterwards; unknown ones dropped. The path
 * of the place stands before the names in errors: empty for a resource, `name.` for the sub-attributes of a name.
 */
export function readObject(attributes: readonly Attribute[], object: Record<string, unknown>, place: Place): JsonObject {
  const result: JsonObject = {};
  const seen = new Set<Attribute>();
  const cleared = new Set<string>();
  for (const [name, value] of Object.entries(object)) {
    const attribute = attributeNamed(attributes, name);
    if (!attribute) {
      place.unknowns.push(place.path + name);
      continue;
    }
    const path = place.path + attribute.name;
    if (seen.has(attribute)) throw invalidValue(`${path}: given twice, in different letter case`);
    seen.add(attribute);
    if (!place.reads(attribute, path)) continue;
    const read = readValue(attribute, value, { ...place, path });
    if (read !== undefined) result[attribute.name] = read;
    else if (isBlank(value)) cleared.add(attribute.name);
  }
  if (cleared.size > 0) place.cleared?.set(result, cleared);
  return result;
}

/** Null, "" and [] mean that an attribute has no value (RFC 7643 section 2.5; Okta's "push empty values"). */
export const isAbsent = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** An extension, an attribute of it, its values, and what they are made of. What a client nests deeper than any schema is something. */
const MAX_DEPTH = 5;

/** Whether a value holds nothing at any depth: what a client sends to clear an attribute. */
export const isBlank = (value: unknown, depth = MAX_DEPTH): boolean =>
  isAbsent(value) ||
  (typeof value === 'object' && value !== null && depth > 0 && Object.values(value).every((part) => isBlank(part, depth - 1)));
