import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../lambdas/scim/json.ts';
import { project } from '../../../lambdas/scim/project.ts';
import { represent } from '../../../lambdas/scim/resource.ts';
import { attributeNamed, complex, string } from '../../../lambdas/scim/schemas/attribute.ts';
import { enterpriseUserSchema } from '../../../lambdas/scim/schemas/enterprise-user.ts';
import { resourceTypes } from '../../../lambdas/scim/schemas/registry.ts';
import type { Schema } from '../../../lambdas/scim/schemas/resource-type.ts';
import { user, userSchema } from '../../../lambdas/scim/schemas/user.ts';
import { validate } from '../../../lambdas/scim/validate.ts';
import { answered, created, replaced } from '../../support/bodies.ts';
import { storedOf } from '../../support/resources.ts';
import { refusal, THING_URN, typeWith, typeWithExtension, without } from '../../support/rfc.ts';

const core = userSchema.id;
const enterprise = enterpriseUserSchema.id;

/** Without the lines that figure 2 stands for with `...`. */
const FIGURE_2: JsonObject = {
  schemas: [core, enterprise],
  id: '2819c223-7f76-453a-413861904646',
  externalId: '701984',
  userName: 'bjensen@example.com',
  name: {
    formatted: 'Ms. Barbara J Jensen, III',
    familyName: 'Jensen',
    givenName: 'Barbara',
    middleName: 'Jane',
    honorificPrefix: 'Ms.',
    honorificSuffix: 'III',
  },
  [enterprise]: { employeeNumber: '701984', costCenter: '4130' },
  meta: {
    resourceType: 'User',
    created: '2010-01-23T04:56:22Z',
    lastModified: '2011-05-13T04:42:34Z',
    version: 'W/"3694e05e9dff591"',
    location: 'https://example.com/v2/Users/2819c223-7f76-453a-413861904646',
  },
};

/** What is kept beside the attributes of a resource. */
const kept = { id: '1', rev: 1, version: 7, created: '2010-01-23T04:56:22Z', lastModified: '2011-05-13T04:42:34Z' };

describe('RFC 7643 section 3, SCIM resources', () => {
  test('the example of figure 2 is a resource as it stands', () => {
    expect(without(answered(user, FIGURE_2), 'schemas')).toEqual(without(FIGURE_2, 'schemas'));
    expect(project(user, FIGURE_2)).toEqual(FIGURE_2);
  });

  test('"schemas" is a REQUIRED attribute', () => {
    for (const schemas of [undefined, null, [], 'x'])
      expect(() => created(user, { schemas, userName: 'bjensen' })).toThrow(
        expect.objectContaining({ status: 400, message: expect.stringContaining('schemas: ') }),
      );
  });

  test('"schemas" indicates the schemas that define the attributes present', () => {
    const schemas = [core, enterprise];
    expect(project(user, { schemas, id: '1', userName: 'bjensen' }).schemas).toEqual([core]);
    expect(project(user, { schemas, id: '1', [enterprise]: { costCenter: '4130' } }).schemas).toEqual(schemas);
    expect(project(user, { schemas, id: '1', [enterprise]: { costCenter: '4130' } }, { attributes: ['userName'] }).schemas).toEqual([core]);
  });

  test('"schemas" MUST only contain values of the resource type, and duplicate values MUST NOT be included', () => {
    const resource = { schemas: [core, core, 'urn:example:2.0:Other'], id: '1', userName: 'bjensen' };
    expect(project(user, resource).schemas).toEqual([core]);
  });

  test.each([
    { what: 'the schema of attributes that are there', schemas: [core], rest: { [enterprise]: { costCenter: '4130' } } },
    {
      what: 'the schema of attributes that are there, but another',
      schemas: [core, 'urn:x:y'],
      rest: { [enterprise]: { costCenter: '4130' } },
    },
    { what: 'what is there alone', schemas: [core, enterprise], rest: {} },
    { what: 'each schema once', schemas: [core, core], rest: {} },
  ])('an answer is refused that does not name $what', ({ schemas, rest }) => {
    const expected = JSON.stringify([core, ...Object.keys(rest)]);
    expect(() => answered(user, { schemas, id: '1', userName: 'bjensen', ...rest })).toThrow(
      refusal('invalidValue', `schemas: expected ${expected}`),
    );
  });

  test('"schemas" is found wherever it stands in a body, and in whatever case', () => {
    expect(validate(user, { userName: 'bjensen', Schemas: [core.toUpperCase()] }, { to: 'create' }).resource).toMatchObject({
      userName: 'bjensen',
    });
  });

  test('the order of "schemas" MUST NOT impact behavior', () => {
    const body = { userName: 'bjensen', [enterprise]: { costCenter: '4130' } };
    const inOrder = created(user, { schemas: [core, enterprise], ...body });
    expect(inOrder).toMatchObject(body);
    expect(created(user, { schemas: [enterprise, core], ...body })).toEqual(inOrder);
  });

  test('core attributes sit at the top level together with the common attributes', () => {
    const stored = storedOf(created(user, { userName: 'bjensen' }));
    expect(Object.keys(represent(user, stored)).toSorted()).toEqual(['active', 'id', 'meta', 'schemas', 'userName']);
  });
});

describe('RFC 7643 section 3.1, common attributes', () => {
  test.each(resourceTypes.map((type) => ({ name: type.name, type })))(
    'id, externalId and meta MUST be defined for all resources: $name',
    ({ type }) => {
      const common = ['id', 'externalId', 'meta'].map((name) => attributeNamed(type.attributes, name));
      expect(common).toEqual([
        expect.objectContaining({ type: 'string', caseExact: true, mutability: 'readOnly', returned: 'always', multiValued: false }),
        expect.objectContaining({ type: 'string', caseExact: true, mutability: 'readWrite', required: false, multiValued: false }),
        expect.objectContaining({ type: 'complex', mutability: 'readOnly', returned: 'default', multiValued: false }),
      ]);
    },
  );

  test('id: MUST NOT be specified by the client, and is ignored where it is', () => {
    expect(created(user, { id: 'mine', userName: 'bjensen' })).not.toHaveProperty('id');
    expect(replaced(user, { userName: 'bjensen' }, { id: 'mine', userName: 'bjensen' })).not.toHaveProperty('id');
  });

  test('id: each representation of the resource MUST include a non-empty value', () => {
    expect(answered(user, { id: '1', userName: 'bjensen' })).toMatchObject({ id: '1', userName: 'bjensen' });
    expect(() => answered(user, { userName: 'bjensen' })).toThrow(refusal('invalidValue', 'id: '));
    expect(() => answered(user, { id: '', userName: 'bjensen' })).toThrow(refusal('invalidValue', 'id: '));
  });

  test('externalId: is issued by the client, and the server does not enforce uniqueness', () => {
    expect(created(user, { userName: 'bjensen', externalId: '701984' }).externalId).toBe('701984');
    expect(user.unique).not.toContain('externalId');
  });

  test('meta: SHALL be ignored when provided by clients', () => {
    expect(created(user, { userName: 'bjensen', meta: FIGURE_2.meta })).not.toHaveProperty('meta');
    expect(replaced(user, { userName: 'bjensen' }, { userName: 'bjensen', meta: { version: 'x' } })).not.toHaveProperty('meta');
  });

  test('meta: all sub-attributes are readOnly and returned by default', () => {
    const { subAttributes = [] } = attributeNamed(user.attributes, 'meta') ?? {};
    expect(subAttributes.map(({ name }) => name)).toEqual(['resourceType', 'created', 'lastModified', 'location', 'version']);
    for (const attribute of subAttributes) expect(attribute).toMatchObject({ mutability: 'readOnly', returned: 'default' });
  });

  test.each([
    { says: 'resourceType has "caseExact" as "true"', name: 'resourceType', characteristics: { type: 'string', caseExact: true } },
    { says: 'created MUST be a DateTime', name: 'created', characteristics: { type: 'dateTime' } },
    { says: 'lastModified is a DateTime', name: 'lastModified', characteristics: { type: 'dateTime' } },
    { says: 'location is a URI', name: 'location', characteristics: { type: 'reference' } },
    { says: 'version has "caseExact" as "true"', name: 'version', characteristics: { type: 'string', caseExact: true } },
  ])('meta: $says', ({ name, characteristics }) => {
    const { subAttributes = [] } = attributeNamed(user.attributes, 'meta') ?? {};
    expect(attributeNamed(subAttributes, name)).toMatchObject(characteristics);
  });

  test('meta.version: the server MUST mark a version that is no strong validator with "W/"', () => {
    expect(represent(user, { ...kept, body: {} }).meta).toMatchObject({ version: expect.stringMatching(/^W\/".+"$/) });
  });
});

describe('what a resource type is made of', () => {
  test('"schemas" and "id" are always shown, and the id is unique', () => {
    expect(attributeNamed(user.attributes, 'schemas')).toMatchObject({ required: true, caseExact: true, returned: 'always' });
    expect(attributeNamed(user.attributes, 'id')).toMatchObject({ required: true, uniqueness: 'server' });
    const { subAttributes = [] } = attributeNamed(user.attributes, 'meta') ?? {};
    expect(attributeNamed(subAttributes, 'location')).toMatchObject({ referenceTypes: ['uri'] });
  });

  test('it keeps what nobody is shown where it has such attributes, and does not drop what is given for them', () => {
    const secret = string('pin', 'A secret.', { returned: 'never' });
    const note = string('note', 'A note.');
    expect(typeWith(note)).toMatchObject({ keepsHidden: false, indexed: [], unique: [] });
    expect(typeWith(note, secret).keepsHidden).toBe(true);
    expect(typeWith(complex('lock', 'A lock.', [note, secret])).keepsHidden).toBe(true);
    expect(user.keepsHidden).toBe(false);
  });
});

describe('RFC 7643 section 3.3, attribute extensions to resources', () => {
  const hr: Schema = {
    id: 'urn:example:extension:hr:2.0:Thing',
    name: 'HR',
    description: 'HR',
    attributes: [string('grade', 'A grade.', { required: true }), string('note', 'A note.')],
  };
  const optional = typeWithExtension(hr, false, string('note', 'A note.'));
  const required = typeWithExtension(hr, true, string('note', 'A note.'));

  test('"schemas" MUST contain at least one value, which SHALL be the base schema for the resource', () => {
    expect(project(user, { id: '1', userName: 'bjensen' }).schemas).toEqual([core]);
    expect(() => created(user, { schemas: [enterprise], userName: 'bjensen' })).toThrow(
      expect.objectContaining({ status: 400, message: expect.stringContaining('schemas: ') }),
    );
  });

  test('the extension URI SHALL be used as a JSON container to distinguish attributes of the same name', () => {
    const body = { note: 'core', [hr.id]: { grade: 'A', note: 'extension' } };
    expect(created(optional, body)).toEqual(body);
  });

  test('an extension of which nothing may be shown is not there for a client', () => {
    const lock = { ...hr, attributes: [complex('lock', 'A lock.', [string('pin', 'A secret.', { returned: 'never' })])] };
    const body = { note: 'x', [lock.id]: { lock: { pin: '1234' } } };
    const shown = represent(typeWithExtension(lock, false, string('note', 'A note.')), { ...kept, body });
    expect(without(shown, 'meta')).toEqual({ schemas: [THING_URN], id: '1', note: 'x' });
  });

  test('the extension URI is compared without case, and written as its schema spells it', () => {
    expect(created(optional, { [hr.id.toUpperCase()]: { grade: 'A' } })).toEqual({ [hr.id]: { grade: 'A' } });
  });

  test('an extension that the resource type does not have is dropped', () => {
    expect(created(optional, { note: 'x', 'urn:example:extension:other:2.0:Thing': { grade: 'A' } })).toEqual({ note: 'x' });
  });

  test('section 6, required of false: a resource MAY omit the extension', () => {
    expect(created(optional, { note: 'x' })).toEqual({ note: 'x' });
  });

  test('section 6, required of true: a resource MUST include the extension and the attributes declared as required in it', () => {
    expect(created(required, { [hr.id]: { grade: 'A' } })).toEqual({ [hr.id]: { grade: 'A' } });
    expect(() => created(required, { note: 'x' })).toThrow(refusal('invalidValue', hr.id));
    expect(() => created(required, { [hr.id]: { note: 'x' } })).toThrow(refusal('invalidValue', `${hr.id}:grade: `));
  });

  test('an error names an attribute of an extension by its full path', () => {
    const manager = { [enterprise]: { manager: { value: {} } } };
    expect(() => created(user, { userName: 'bjensen', ...manager })).toThrow(refusal('invalidValue', `${enterprise}:manager.value: `));
    expect(() => created(required, { [THING_URN]: {}, [hr.id]: { grade: [] } })).toThrow(refusal('invalidValue', hr.id));
  });
});
