import fc from 'fast-check';
import { isObject, type JsonObject, type JsonValue } from '../../../lambdas/scim/json.ts';
import type { Attribute } from '../../../lambdas/scim/schemas/attribute.ts';
import { enterpriseUserSchema } from '../../../lambdas/scim/schemas/enterprise-user.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';

/** Few and short, so that filters match often. */
export const TEXTS = ['a', 'A', 'ab', 'Ba', 'bAb', 'é', 'E\u0301', 'ß', 'a b', 'ж', 'Жa', '日本', '🙂'] as const;
export const TYPES = ['work', 'Work', 'home'] as const;
/** All but the first are the same moment. */
export const DAYS = ['2026-01-31T23:59:59.000Z', '2026-02-01T00:00:00.000Z', '2026-02-01T00:00:00Z', '2026-02-01T02:00:00+02:00'] as const;

const text = fc.constantFrom<string>(...TEXTS);
const some = <T>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(shape, { requiredKeys: [] });
const filled = <T extends object>(object: fc.Arbitrary<T>) => object.filter((value) => Object.keys(value).length > 0);

/** Each says whether it is primary: what it is where it does not is a disagreement of its own. */
const email = fc.record(
  { value: text, type: fc.constantFrom<string>(...TYPES), display: text, primary: fc.boolean() },
  { requiredKeys: ['primary'] },
);
const extension = filled(some({ department: text, manager: fc.record({ value: text }) }));

const attributes = fc.record(
  {
    userName: text,
    displayName: text,
    nickName: text,
    title: text,
    externalId: text,
    active: fc.boolean(),
    name: filled(some({ givenName: text, familyName: text })),
    emails: fc.array(email, { minLength: 1, maxLength: 3 }),
    [enterpriseUserSchema.id]: extension,
  },
  { requiredKeys: ['userName'] },
);

/** A user as it is shown before projection. */
export const randomUser: fc.Arbitrary<JsonObject> = fc
  .tuple(attributes, fc.constantFrom(DAYS[0], DAYS[1]))
  .map(([given, lastModified]) => ({
    schemas: [user.schema.id, ...(given[enterpriseUserSchema.id] ? [enterpriseUserSchema.id] : [])],
    id: '1',
    ...(given as JsonObject),
    meta: { resourceType: 'User', created: DAYS[0], lastModified, location: '/Users/1' },
  }));

/** Two texts are equal, where case does not count, if and only if their folded forms are the same. */
export const foldText = (value: string): string => value.normalize('NFC').toLowerCase();

/** Two dateTimes are equal if and only if their UTC forms are the same. */
export const foldTime = (value: string): string => new Date(value).toISOString();

/**
 * A resource as SCIMMY's filters need it. It compares texts as they are written, so they are folded; it looks the attributes of
 * an extension up as members named by URN and name together; and it fails at a complex attribute that is absent.
 */
export function asScimmySees(resource: JsonObject): JsonObject {
  const { [enterpriseUserSchema.id]: extended, ...core } = folded(user.attributes, resource);
  const { manager = {}, department } = isObject(extended) ? (extended as JsonObject) : {};
  return {
    name: {},
    emails: [],
    ...core,
    [`${enterpriseUserSchema.id}:manager`]: manager,
    ...(department !== undefined && { [`${enterpriseUserSchema.id}:department`]: department }),
  };
}

const folded = (attributes: readonly Attribute[], object: JsonObject): JsonObject =>
  Object.fromEntries(
    attributes.flatMap((attribute) => {
      const value = object[attribute.name];
      return value === undefined ? [] : [[attribute.name, foldValue(attribute, value)]];
    }),
  );

function foldValue(attribute: Attribute, value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((element) => foldValue(attribute, element));
  if (isObject(value)) return folded(attribute.subAttributes ?? [], value as JsonObject);
  if (attribute.type === 'dateTime') return foldTime(String(value));
  return typeof value === 'string' && !attribute.caseExact ? foldText(value) : value;
}
