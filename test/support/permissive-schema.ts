import type { Filter, Literal } from '../../lambdas/scim/filter/parse.ts';
import { isObject } from '../../lambdas/scim/json.ts';
import { type Attribute, type AttributeType, string } from '../../lambdas/scim/schemas/attribute.ts';

/*
 * A schema for what no SCIM schema has: every attribute that a resource or a filter names, of the type that its values have.
 */

export const attribute = (name: string, type: AttributeType, more: Partial<Attribute> = {}): Attribute => ({
  ...string(name, ''),
  type,
  ...more,
});

const typeOf = (value: unknown): AttributeType =>
  typeof value === 'number' ? 'decimal' : typeof value === 'boolean' ? 'boolean' : isObject(value) ? 'complex' : 'string';

/** The attributes that an object has. Of one with several values, those of the first decide on the type, and all on the sub-attributes. */
export const attributesOf = (object: Record<string, unknown>): Attribute[] =>
  Object.entries(object).map(([name, value]) => {
    const values = [value].flat();
    const type = typeOf(values[0]);
    const subAttributes = values.reduce<Attribute[]>((known, one) => merged(known, isObject(one) ? attributesOf(one) : []), []);
    return attribute(name, type, { multiValued: Array.isArray(value), ...(type === 'complex' && { subAttributes }) });
  });

/** Attributes and more of them. What is known first of a name stays, but that it is complex if more is known of its sub-attributes. */
export function merged(known: readonly Attribute[], more: readonly Attribute[]): Attribute[] {
  const same = (a: Attribute) => (b: Attribute) => a.name.toLowerCase() === b.name.toLowerCase();
  const both = known.map((one) => {
    const other = more.find(same(one));
    const subs = merged(one.subAttributes ?? [], other?.subAttributes ?? []);
    return subs.length > 0 ? { ...one, type: 'complex' as const, subAttributes: subs } : one;
  });
  return [...both, ...more.filter((one) => !known.some(same(one)))];
}

/** The attributes that a filter names, each of the type of what it is compared with. */
export function attributesNamed(filter: Filter): Attribute[] {
  if ('filters' in filter) return filter.filters.map(attributesNamed).reduce(merged);
  if (filter.op === 'not') return attributesNamed(filter.filter);
  const { path } = filter;
  const inner = filter.op === 'in' ? attributesNamed(filter.filter) : undefined;
  const type = 'value' in filter ? typeOf(filter.value satisfies Literal) : 'string';
  const chain = [...(path.urn === undefined ? [] : [path.urn]), ...path.names];
  const [innermost = '', ...outer] = chain.reverse();
  const last = inner ? attribute(innermost, 'complex', { subAttributes: inner }) : attribute(innermost, type);
  return [outer.reduce((sub, name) => attribute(name, 'complex', { subAttributes: [sub] }), last)];
}

export const permissiveSchema = (filter: Filter, resource: Record<string, unknown> = {}): readonly Attribute[] => {
  const withValues = Object.entries(resource).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0));
  return merged(attributesOf(Object.fromEntries(withValues)), attributesNamed(filter));
};
