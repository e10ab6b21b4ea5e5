import { type Attribute, attributeNamed } from './schemas/attribute.ts';

/** An attribute as filters and PATCH paths name it (RFC 7644 section 3.10): `name`, `name.sub` or `urn:…:name.sub`. */
export interface AttributePath {
  readonly urn?: string;
  readonly names: readonly string[];
}

/** Splits at the last colon first: the URN of a schema has dots of its own (`…:enterprise:2.0:User`). */
export function attributePath(text: string): AttributePath {
  const colon = text.lastIndexOf(':');
  const names = text.slice(colon + 1).split('.');
  return colon < 0 ? { names } : { urn: text.slice(0, colon), names };
}

export const printPath = ({ urn, names }: AttributePath): string => (urn ? `${urn}:` : '') + names.join('.');

/**
 * The attributes that a path passes, outermost first: `[name, givenName]`, or `[urn:…:User, manager, value]` for one of
 * an extension. `undefined` where a schema does not have them. `coreUrn` may prefix the attributes of the core schema.
 */
export function resolvePath(attributes: readonly Attribute[], { urn, names }: AttributePath, coreUrn?: string): Attribute[] | undefined {
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
