import { invalidPath, ScimError } from '../../lambdas/scim/errors.ts';
import { parseValuePath, type ValuePath } from '../../lambdas/scim/filter/parse.ts';
import { isObject, type JsonObject } from '../../lambdas/scim/json.ts';
import type { Operation } from '../../lambdas/scim/patch/actions.ts';
import { type Attribute, attributeNamed, isExtension } from '../../lambdas/scim/schemas/attribute.ts';
import { defineResourceType, type ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { attribute, attributesNamed, attributesOf, merged } from './permissive-schema.ts';

/**
 * The User of the service with every attribute, sub-attribute and extension beside its own that a resource has, or that
 * operations of a PATCH name, of the type that its values have.
 */
export function permissiveUser(resource: JsonObject, operations: readonly Operation[]): ResourceType {
  const named = [attributesOf(resource), ...operations.map(attributesOfOperation)].reduce(merged);
  const all = extended(user.attributes, named);
  const isOwn = ({ name }: Attribute) => !COMMON.has(name);
  return defineResourceType({
    ...user,
    schema: { ...user.schema, attributes: all.filter((one) => isOwn(one) && !isExtension(one)) },
    extensions: all.filter(isExtension).map(({ name, description, subAttributes = [] }) => ({
      schema: { id: name, name, description, attributes: subAttributes },
      required: false,
    })),
    // A user as it is kept has them. One that is here without them is patched as it is.
    defaults: Object.fromEntries(Object.entries(user.defaults).filter(([name]) => resource[name] !== undefined)),
  });
}

/** The attributes that every resource has, and so no schema. */
const COMMON: ReadonlySet<string> = new Set(
  user.attributes.filter((one) => !isExtension(one) && !user.schema.attributes.includes(one)).map(({ name }) => name),
);

/** What is declared stays as it is, but that complex attributes have more sub-attributes. */
function extended(declared: readonly Attribute[], more: readonly Attribute[]): Attribute[] {
  const both = declared.map((one) => {
    const subAttributes = one.subAttributes && extended(one.subAttributes, attributeNamed(more, one.name)?.subAttributes ?? []);
    return subAttributes ? { ...one, subAttributes } : one;
  });
  return [...both, ...more.filter(({ name }) => !attributeNamed(declared, name))];
}

function attributesOfOperation({ path, value }: Operation): Attribute[] {
  if (path !== undefined) return attributesAt(path, value);
  return isObject(value)
    ? Object.entries(value)
        .map(([key, part]) => attributesAt(key, part))
        .reduce(merged, [])
    : [];
}

/** The outermost of the attributes that a path passes, down to what its filter and its value name; none for what is no path. */
function attributesAt(text: string, value: unknown): Attribute[] {
  const valuePath = parsedPath(text);
  if (!valuePath) return [];
  const { urn, names } = valuePath.path;
  const [innermost = '', ...outer] = [...(urn === undefined || urn === user.schema.id ? [] : [urn]), ...names].reverse();
  const last = attributeWith(innermost, valuePath, value);
  return [outer.reduce((sub, name) => attribute(name, 'complex', { subAttributes: [sub] }), last)];
}

function attributeWith(name: string, { filter, sub }: ValuePath, value: unknown): Attribute {
  const [simple = attribute(name, 'string')] = attributesOf({ [name]: value });
  if (!filter) return simple;
  const given = sub === undefined ? (simple.subAttributes ?? []) : attributesOf({ [sub]: value });
  return attribute(name, 'complex', { multiValued: true, subAttributes: merged(given, attributesNamed(filter)) });
}

function parsedPath(text: string): ValuePath | undefined {
  try {
    return parseValuePath(text, invalidPath);
  } catch (error) {
    if (error instanceof ScimError) return undefined;
    throw error;
  }
}
