import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../lambdas/scim/json.ts';
import type { StoredResource } from '../../lambdas/scim/resource.ts';
import {
  type Attribute,
  complex,
  dateTime,
  integer,
  MUTABILITIES,
  many,
  RETURNED,
  string,
  TYPES,
} from '../../lambdas/scim/schemas/attribute.ts';
import { defineResourceType, type ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';

/*
 * Random resources that are right: as they are kept, with values of the types that the schema declares.
 */

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });

const SIMPLE: Readonly<Record<Exclude<Attribute['type'], 'complex'>, fc.Arbitrary<JsonValue>>> = {
  string: text,
  reference: fc.webUrl(),
  boolean: fc.boolean(),
  integer: fc.maxSafeInteger(),
  decimal: fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((n) => Math.round(n * 100) / 100 + 0),
  dateTime: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') }).map((date) => date.toISOString()),
  binary: fc.base64String({ minLength: 1 }),
};

export const singleOf = (attribute: Attribute): fc.Arbitrary<JsonValue> =>
  attribute.type === 'complex' ? objectOf(attribute.subAttributes ?? []) : SIMPLE[attribute.type];

/** What a value of several is told from the others by. */
const identity = (value: JsonValue) =>
  JSON.stringify((value as JsonObject).value ?? value)
    .normalize('NFC')
    .toLowerCase();

/** Values that the schema declares right. */
export const valuesFor = (attribute: Attribute): fc.Arbitrary<JsonValue> =>
  attribute.multiValued
    ? fc.uniqueArray(singleOf(attribute), { minLength: 1, maxLength: 3, selector: identity }).map((values) => values.map(primaryAtFirst))
    : singleOf(attribute);

const primaryAtFirst = (value: JsonValue, i: number): JsonValue =>
  i > 0 && typeof value === 'object' && 'primary' in value ? { ...value, primary: false } : value;

/** `value` is always given: without it nothing tells which value before is meant. */
const objectOf = (declared: readonly Attribute[]): fc.Arbitrary<JsonObject> => {
  const attributes = declared.filter(({ discarded }) => !discarded);
  const given = attributes.filter(({ required, name }) => required || name === 'value');
  return fc
    .subarray([...attributes], { minLength: 1 })
    .chain((chosen) =>
      fc.tuple(
        ...[...new Set([...chosen, ...given])].map((attribute) => valuesFor(attribute).map((value) => [attribute.name, value] as const)),
      ),
    )
    .map((entries) => Object.fromEntries(entries));
};

/** Resources as they are kept: with what the server adds to them left out. */
export const resourceOf = ({ attributes, defaults, constants }: ResourceType): fc.Arbitrary<JsonObject> =>
  objectOf(attributes.filter(({ name }) => !['schemas', 'id', 'meta'].includes(name))).map((body) => ({
    ...defaults,
    ...body,
    ...constants,
  }));

/** One attribute of each kind: type, mutability and returned, with each of the others. */
const kinds = (characteristics: Partial<Attribute> = {}): Attribute[] =>
  TYPES.filter((type) => type !== 'complex').flatMap((type) =>
    MUTABILITIES.flatMap((mutability) =>
      RETURNED.map((returned) => ({ ...string(`${type}-${mutability}-${returned}`, ''), type, mutability, returned, ...characteristics })),
    ),
  );

const value = string('value', '', { required: true });
const shown = { returned: 'request' } as const;

/** A resource type with every kind of attribute, single, multi-valued and inside complex ones. */
export const everyKind = defineResourceType({
  name: 'Kind',
  endpoint: '/Kinds',
  description: 'Every kind of attribute',
  schema: {
    id: 'urn:example:2.0:Kind',
    name: 'Kind',
    description: 'Every kind of attribute',
    attributes: [
      ...kinds(),
      ...kinds({ multiValued: true }).map((attribute) => ({ ...attribute, name: `many-${attribute.name}` })),
      complex('one', '', kinds()),
      complex('asked', '', kinds(), shown),
      complex('fixed', '', kinds(), { mutability: 'immutable' }),
      many('several', '', [value, ...kinds()]),
      many('fixedMany', '', [value, ...kinds()], { mutability: 'immutable' }),
      many('counted', '', [integer('value', '', { required: true }), ...kinds()]),
      many('dated', '', [dateTime('value', '', { required: true }), ...kinds()]),
    ],
  },
  extensions: [
    {
      schema: { id: 'urn:example:2.0:Kind:more', name: 'More', description: '', attributes: [...kinds(), complex('inner', '', kinds())] },
      required: false,
    },
  ],
});

/** A resource as the store gives it, of which nothing but the body matters. */
export const storedOf = (body: JsonObject): StoredResource => ({
  id: '1',
  rev: 1,
  version: 1,
  created: '2026-01-01T00:00:00Z',
  lastModified: '2026-01-01T00:00:00Z',
  body,
});
