import { isObject } from '../../lambdas/scim/json.ts';
import type { Attribute } from '../../lambdas/scim/schemas/attribute.ts';

/** What is read of an attribute, as a schema of `/Schemas` describes it. */
export type Declared = Pick<Attribute, 'name' | 'type' | 'multiValued' | 'required' | 'canonicalValues'> & {
  readonly subAttributes?: readonly Declared[];
};

const IS_OF_TYPE: Record<Declared['type'], (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string' && value !== '',
  reference: (value) => typeof value === 'string' && URL.canParse(value, 'https://scim.example/v2/'),
  binary: (value) => typeof value === 'string',
  dateTime: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isSafeInteger,
  decimal: Number.isFinite,
  complex: isObject,
};

/** Says where an object is not what its attributes declare it to be. Names must be spelled as declared. */
export function violations(declared: readonly Declared[], object: object, prefix = ''): string[] {
  const given = Object.entries(object);
  const missing = declared.filter(({ name, required }) => required && !given.some(([key]) => key === name));
  return [
    ...missing.map(({ name }) => `${prefix}${name}: required`),
    ...given.flatMap(([name, value]) => {
      const attribute = declared.find((candidate) => candidate.name === name);
      if (!attribute) return [`${prefix}${name}: not declared`];
      if (Array.isArray(value) !== attribute.multiValued)
        return [`${prefix}${name}: expected ${attribute.multiValued ? 'a list' : 'one value'}`];
      return [value].flat().flatMap((one) => violationsOfValue(attribute, declared, one, prefix + name));
    }),
  ];
}

function violationsOfValue(attribute: Declared, siblings: readonly Declared[], value: unknown, path: string): string[] {
  const { name, type, canonicalValues, subAttributes = [] } = attribute;
  if (!IS_OF_TYPE[type](value)) return [`${path}: expected ${type}`];
  if (canonicalValues && !canonicalValues.includes(value as string)) return [`${path}: ${value} is none of its canonical values`];
  // RFC 7643 section 7: "subAttributes" has the same sub-attributes as "attributes", which has it among them.
  const inside = name === 'subAttributes' ? siblings : subAttributes;
  return isObject(value) ? violations(inside, value, `${path}.`) : [];
}
