import { type Attribute, attributeNamed, isExtension } from './schemas/attribute.ts';

/**
 * An attribute as filters and PATCH paths name it (RFC 7644 section 3.10): `name`, `name.sub` or `urn:…:name.sub`. Without names
 * it is all of an extension.
 */
export interface AttributePath {
  readonly urn?: string;
  readonly names: readonly string[];
}

/** ATTRNAME of RFC 7643 section 2.1, and `$ref`, which section 2.4 has beside it. */
const NAME = /^[A-Za-z$][A-Za-z0-9$_-]*$/;
/** A scheme and something behind it (RFC 3986 appendix A). */
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:./;

/**
 * Reads `attrPath` of RFC 7644 figure 1; `undefined` is what is none. Splits at the last colon first: the URN of a schema has
 * dots of its own (`…:enterprise:2.0:User`).
 */
export function attributePath(text: string): AttributePath | undefined {
  const colon = text.lastIndexOf(':');
  const urn = text.slice(0, Math.max(0, colon));
  const names = text.slice(colon + 1).split('.');
  if (colon >= 0 && !URI.test(urn)) return undefined;
  if (VERSION.test(text)) return { urn: text, names: [] };
  if (names.length > 2 || !names.every((name) => NAME.test(name))) return undefined;
  return colon < 0 ? { names } : { urn, names };
}

/** What ends in a version is the URN of a schema, as no attribute's name begins with a digit. */
const VERSION = /:\d[A-Za-z0-9.-]*$/;

export const printPath = ({ urn, names }: AttributePath): string =>
  [...(urn ? [urn] : []), ...(names.length > 0 ? [names.join('.')] : [])].join(':');

/**
 * The attributes that a path passes, outermost first: `[name, givenName]`, or `[urn:…:User, manager, value]` for one of
 * an extension. `undefined` where a schema does not have them. `coreUrn` may prefix the attributes of the core schema.
 */
export function resolvePath(attributes: readonly Attribute[], path: AttributePath, coreUrn?: string): Attribute[] | undefined {
  const { urn, names } = path;
  // The URN of an extension is the path of all that it holds. Read as an attribute's path it is split at its last colon.
  const whole = urn === undefined ? undefined : attributeNamed(attributes, printPath(path));
  if (whole) return [whole];
  const extension = urn !== undefined && urn.toLowerCase() !== coreUrn?.toLowerCase() ? [urn] : [];
  const chain: Attribute[] = [];
  let level: readonly Attribute[] | undefined = attributes;
  for (const name of [...extension, ...names]) {
    const attribute: Attribute | undefined = level && attributeNamed(level, name);
    if (!attribute) return undefined;
    chain.push(attribute);
    level = attribute.subAttributes;
  }
  return chain;
}

/** The full path of the last of a chain of attributes, in the schema's spelling. */
export const pathOf = (chain: readonly Attribute[]): string =>
  chain.map((attribute, i) => attribute.name + (i < chain.length - 1 ? separator(attribute) : '')).join('');

/** The attributes of an extension stand behind its URN and a colon, sub-attributes behind a dot (RFC 7644 section 3.10). */
export const separator = (attribute: Attribute): string => (isExtension(attribute) ? ':' : '.');
