import { invalidValue } from './errors.ts';
import { isObject, type JsonObject, type JsonValue } from './json.ts';
import { type Attribute, attributeNamed } from './schemas/attribute.ts';
import { booleanFromString, complexFromValue, stringFromNumber } from './tolerances.ts';

/** What reading a client's value found besides the value: the full paths of attributes that no schema declares. */
export type Unknowns = string[];

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/;
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

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
  decimal: { expected: 'a number', is: Number.isFinite },
  dateTime: {
    expected: 'a dateTime such as 2011-05-13T04:42:34Z',
    is: (value) => typeof value === 'string' && DATE_TIME.test(value) && !Number.isNaN(Date.parse(value)),
  },
  binary: {
    expected: 'a string in base64',
    is: (value) => typeof value === 'string' && BASE64.test(value),
  },
};

/**
 * Reads what a client gave as the value of an attribute. `undefined` means that it has none: null, "" and [] are
 * the same as absent (RFC 7643 section 2.5). Throws `invalidValue` with the path and what was expected.
 */
export function readValue(attribute: Attribute, value: unknown, path: string, unknowns: Unknowns = []): JsonValue | undefined {
  if (isAbsent(value)) return undefined;
  if (!attribute.multiValued) return readSingle(attribute, value, path, unknowns);

  if (!Array.isArray(value)) throw invalidValue(`${path}: expected an array`);
  const values = value.flatMap((element) => readSingle(attribute, element, path, unknowns) ?? []);
  if (values.filter((element) => isObject(element) && element.primary === true).length > 1) {
    throw invalidValue(`${path}.primary: true for more than one value, expected one at most`);
  }
  return values.length > 0 ? values : undefined;
}

/** Reads one value of an attribute, multi-valued or not. */
export function readSingle(attribute: Attribute, value: unknown, path: string, unknowns: Unknowns = []): JsonValue | undefined {
  if (isAbsent(value)) return undefined;
  if (attribute.type === 'complex') {
    const meant = attribute.multiValued ? value : complexFromValue(attribute, value);
    if (isAbsent(meant)) return undefined;
    if (!isObject(meant)) throw invalidValue(`${path}: expected ${attribute.multiValued ? 'an array of objects' : 'an object'}`);
    const read = readObject(attribute.subAttributes ?? [], meant, path + separator(attribute), unknowns);
    return Object.keys(read).length > 0 ? read : undefined;
  }
  const { expected, read, is } = SIMPLE[attribute.type];
  const meant = read ? read(value) : value;
  if (!is(meant)) throw invalidValue(`${path}: expected ${expected}`);
  return meant as JsonValue;
}

/**
 * Reads the attributes of an object: names without case, in the schema's spelling afterwards; readOnly and unknown
 * ones dropped, and so are those never returned (`password`), which this service does not keep. `prefix` stands
 * before the names in errors: empty for a resource, `name.` for its sub-attributes.
 */
export function readObject(
  attributes: readonly Attribute[],
  object: Record<string, unknown>,
  prefix: string,
  unknowns: Unknowns,
): JsonObject {
  const result: JsonObject = {};
  const seen = new Set<Attribute>();
  for (const [name, value] of Object.entries(object)) {
    const attribute = attributeNamed(attributes, name);
    if (!attribute) {
      unknowns.push(prefix + name);
      continue;
    }
    const place = prefix + attribute.name;
    if (seen.has(attribute)) throw invalidValue(`${place}: given twice, in different letter case`);
    seen.add(attribute);
    if (attribute.mutability === 'readOnly') continue;
    const read = readValue(attribute, value, place, unknowns);
    if (read !== undefined && attribute.returned !== 'never') result[attribute.name] = read;
  }
  return result;
}

/** Null, "" and [] mean that an attribute has no value (RFC 7643 section 2.5; Okta's "push empty values"). */
export const isAbsent = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** Whether a value holds nothing at any depth: what a client sends to clear an attribute. */
export const isBlank = (value: unknown): boolean =>
  isAbsent(value) || (typeof value === 'object' && value !== null && Object.values(value).every(isBlank));

/** The attributes of an extension stand behind its URN and a colon, sub-attributes behind a dot (RFC 7644 section 3.10). */
export const separator = ({ name }: Attribute): string => (name.startsWith('urn:') ? ':' : '.');
