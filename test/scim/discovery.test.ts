import { beforeAll, describe, expect, test } from '@jest/globals';
import { handler as discovery } from '../../lambdas/discovery.ts';
import { binary, boolean, dateTime, integer, string } from '../../lambdas/scim/schemas/attribute.ts';
import { describeResourceType, describeSchema, schemasOf } from '../../lambdas/scim/schemas/discovery.ts';
import { resourceTypes } from '../../lambdas/scim/schemas/registry.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { type Declared, violations } from '../support/conformance.ts';
import { call } from '../support/events.ts';

describe('discovery (RFC 7643 sections 6 to 8)', () => {
  test('every schema is described once, those of the resource types first', () => {
    expect(schemasOf([...resourceTypes, user]).map(({ id }) => id)).toEqual([
      'urn:ietf:params:scim:schemas:core:2.0:User',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
      'urn:ietf:params:scim:schemas:core:2.0:Group',
      'urn:okta:scim:schemas:core:1.0:Role',
      'urn:okta:scim:schemas:core:1.0:Entitlement',
      'urn:example:scim:schemas:extension:app:1.0:License',
      'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
      'urn:ietf:params:scim:schemas:core:2.0:ResourceType',
      'urn:ietf:params:scim:schemas:core:2.0:Schema',
    ]);
  });

  test('no characteristic is null or undefined', () => {
    const text = JSON.stringify(schemasOf(resourceTypes).map(describeSchema));
    expect(JSON.parse(text)).toStrictEqual(schemasOf(resourceTypes).map(describeSchema));
    expect(text).not.toContain('null');
  });

  test.each([
    { attribute: string('a', 'A text.'), shown: ['caseExact', 'uniqueness'] },
    { attribute: binary('a', 'Bytes.'), shown: ['caseExact', 'uniqueness'] },
    { attribute: integer('a', 'A number.'), shown: ['uniqueness'] },
    { attribute: dateTime('a', 'A moment.'), shown: [] },
    { attribute: boolean('a', 'A truth.'), shown: [] },
  ])('case and uniqueness of type $attribute.type are shown only where there are any (section 2.3)', ({ attribute, shown }) => {
    const { attributes } = describeSchema({ id: 'urn:x', name: 'X', description: 'X', attributes: [attribute] });
    expect(Object.keys(attributes[0] ?? {}).filter((key) => key === 'caseExact' || key === 'uniqueness')).toEqual(shown);
  });

  test('the User type names its extension', () => {
    expect(describeResourceType(user)).toMatchObject({
      id: 'User',
      name: 'User',
      endpoint: '/Users',
      schema: 'urn:ietf:params:scim:schemas:core:2.0:User',
      schemaExtensions: [{ schema: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', required: false }],
    });
  });
});

interface Answer {
  readonly schemas: readonly [string];
  readonly id?: string;
  readonly meta: { readonly resourceType: string; readonly location: string };
}

interface ServedSchema extends Answer {
  readonly attributes: readonly Declared[];
}

describe('what discovery answers conforms to the schema that /Schemas serves for it (RFC 7643 sections 5 to 7)', () => {
  const BASE = 'http://scim.example/acme/scim/v2';
  const get = async <T>(path: string) => (await call(discovery, { path })).body as unknown as T;
  const list = async <T>(path: string) => (await get<{ Resources: readonly T[] }>(path)).Resources;

  let schemas: readonly ServedSchema[];
  beforeAll(async () => {
    schemas = await list<ServedSchema>('/Schemas');
  });

  /** No schema declares these (RFC 7643 section 3); the `id` is in the schemas of what has one. */
  const common = user.attributes.filter(({ name }) => name === 'schemas' || name === 'meta');
  const check = (answer: Answer) => {
    const schema = schemas.find(({ id }) => id === answer.schemas[0]);
    return violations([...(schema?.attributes ?? []), ...common], answer);
  };

  test('the ServiceProviderConfig', async () => {
    expect(check(await get<Answer>('/ServiceProviderConfig'))).toEqual([]);
  });

  test('every ResourceType', async () => {
    const answers = await list<Answer>('/ResourceTypes');
    expect(answers.flatMap(check)).toEqual([]);
  });

  test('every Schema, that of schemas among them', () => {
    expect(schemas.flatMap(check)).toEqual([]);
  });

  test('each is what GET of its location answers', async () => {
    const answers = [await get<Answer>('/ServiceProviderConfig'), ...(await list<Answer>('/ResourceTypes')), ...schemas];
    for (const answer of answers) {
      expect(answer.meta.location.startsWith(`${BASE}/${answer.meta.resourceType}`)).toBe(true);
      expect(await get(answer.meta.location.slice(BASE.length))).toEqual(answer);
    }
  });

  test('the check finds what is missing, not declared, of another type or none of the canonical values', () => {
    const [schema] = schemas as [ServedSchema];
    const [first, ...rest] = schema.attributes as [Declared, ...Declared[]];
    const { attributes: _, ...without } = schema;
    const { required: __, ...optional } = first;
    const changed = (attribute: object) => ({ ...schema, attributes: [attribute, ...rest] });

    expect(check(without as Answer)).toEqual(['attributes: required']);
    expect(check({ ...schema, extra: 1 } as Answer)).toEqual(['extra: not declared']);
    expect(check({ ...schema, id: ['urn:x'] } as unknown as Answer)).toEqual(['id: expected one value']);
    expect(check(changed({ ...first, required: 'yes' }))).toEqual(['attributes.required: expected boolean']);
    expect(check(changed({ ...first, type: 'text' }))).toEqual(['attributes.type: text is none of its canonical values']);
    expect(check(changed({ ...first, subAttributes: [{ ...first, extra: 1 }] }))).toEqual(['attributes.subAttributes.extra: not declared']);
    expect(check(changed(optional))).toEqual([]);
  });
});
