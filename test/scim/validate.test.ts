import { describe, expect, test } from '@jest/globals';
import { enterpriseUserSchema } from '../../lambdas/scim/schemas/enterprise-user.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { validate } from '../../lambdas/scim/validate.ts';

const schemas = [userSchema.id];
const accept = (body: Record<string, unknown>) => validate(user, { schemas, userName: 'ada', ...body }, { to: 'create' }).resource;
const refusal = (body: Record<string, unknown>) => () => validate(user, { schemas, userName: 'ada', ...body }, { to: 'create' });

describe('validate, to create (RFC 7643 section 2)', () => {
  test("names are read without case and written in the schema's spelling", () => {
    expect(accept({ NickName: 'Countess', NAME: { GIVENNAME: 'Ada' } })).toEqual({
      active: true,
      userName: 'ada',
      nickName: 'Countess',
      name: { givenName: 'Ada' },
    });
  });

  test.each([
    ["a number for a string (Okta's samples)", { externalId: 17 }, { externalId: '17' }],
    ['a number with a fraction for a string', { externalId: 1.5 }, { externalId: '1.5' }],
    ['a negative one', { externalId: -17.25 }, { externalId: '-17.25' }],
    ['a boolean as a string (Entra ID)', { active: 'False' }, { active: false }],
    [
      'a manager as a bare id (Entra ID)',
      { [enterpriseUserSchema.id]: { manager: 'm1' } },
      { [enterpriseUserSchema.id]: { manager: { value: 'm1' } } },
    ],
    [
      'a manager in an array (Entra ID)',
      { [enterpriseUserSchema.id]: { manager: [{ value: 'm1' }] } },
      { [enterpriseUserSchema.id]: { manager: { value: 'm1' } } },
    ],
  ])('tolerates %s', (_, given, expected) => {
    expect(accept(given)).toMatchObject(expected);
  });

  test.each([
    ['null', { nickName: null }],
    ['an empty string', { nickName: '' }],
    ['an empty array', { emails: [] }],
    ['an array of nulls', { emails: [null] }],
    ['a complex value without anything in it', { name: { givenName: '' } }],
    ['a manager in an array (Entra ID) that is null', { [enterpriseUserSchema.id]: { manager: [null] } }],
    ['an extension without anything in it', { [enterpriseUserSchema.id]: { manager: { value: null } } }],
  ])('%s is the same as absent', (_, given) => {
    expect(accept(given)).toEqual({ active: true, userName: 'ada' });
  });

  test('what the server owns is ignored, and a password is not kept', () => {
    const given = { id: 'x', meta: { version: 'x' }, groups: [{ value: 'g' }], password: 'secret' };
    expect(accept(given)).toEqual({ active: true, userName: 'ada' });
  });

  test('attributes that no schema has are dropped and named', () => {
    const body = { shoeSize: 38, name: { first: 'Ada' }, 'urn:example:2.0:User': { x: 1 }, [enterpriseUserSchema.id]: { badge: 7 } };
    const { resource, unknowns } = validate(user, { schemas, userName: 'ada', ...body }, { to: 'create' });
    expect(resource).toEqual({ active: true, userName: 'ada' });
    expect(unknowns).toEqual(['shoeSize', 'name.first', 'urn:example:2.0:User', `${enterpriseUserSchema.id}:badge`]);
  });

  test.each([
    ['a missing userName', { userName: undefined }, 'userName: required'],
    ['an empty userName', { userName: '' }, 'userName: required'],
    ['missing schemas', { schemas: undefined }, 'schemas: expected'],
    ['schemas of something else', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'] }, 'schemas: expected'],
    ['schemas that are no texts', { schemas: [7, null] }, 'schemas: expected'],
    ['a string for a boolean', { active: 'maybe' }, 'active: expected a boolean'],
    ['an object for a string', { displayName: {} }, 'displayName: expected a string'],
    ['a string for a complex attribute', { name: 'Ada' }, 'name: expected an object'],
    ['an object for a multi-valued attribute', { emails: { value: 'a@b' } }, 'emails: expected an array'],
    ['strings for complex values', { emails: ['a@b'] }, 'emails: expected an array of objects'],
    ['a number that JSON does not carry exactly', { externalId: Number('12345678901234567890') }, 'externalId: expected a string'],
    ['a number that is written in another way than it was sent', { externalId: 1.5e-7 }, 'externalId: expected a string'],
    ['a fraction that JSON does not carry exactly', { externalId: 0.1 + 0.2 }, 'externalId: expected a string'],
    ['a list of a number for a string', { externalId: [1.5] }, 'externalId: expected a string'],
    ['a number without end', { externalId: Number.POSITIVE_INFINITY }, 'externalId: expected a string'],
    ['a wrong type deep inside', { emails: [{ value: true }] }, 'emails.value: expected a string'],
    [
      'a wrong type in an extension',
      { [enterpriseUserSchema.id]: { costCenter: [1] } },
      `${enterpriseUserSchema.id}:costCenter: expected a string`,
    ],
    [
      'two primary values',
      {
        emails: [
          { value: 'a', primary: true },
          { value: 'b', primary: true },
        ],
      },
      'emails.primary: true for more than one',
    ],
    ['no base64', { x509Certificates: [{ value: '%%%' }] }, 'x509Certificates.value: expected a string in base64'],
    ['half a character', { displayName: '\ud800' }, 'displayName: expected a string'],
    ['an attribute in two spellings', { nickName: 'a', NICKNAME: 'b' }, 'nickName: given twice'],
  ])('refuses %s, naming it', (_, given, detail) => {
    expect(refusal(given)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidValue', message: expect.stringContaining(detail) }),
    );
  });

  test('an error begins with the path of the attribute', () => {
    expect(refusal({ userName: null })).toThrow(/^userName: required, and must not be empty$/);
  });

  test.each(['__proto__', 'constructor', 'toString'])('%s reaches nothing', (name) => {
    const body = JSON.parse(
      `{"schemas":["${userSchema.id}"],"userName":"ada","${name}":{"polluted":true},"name":{"${name}":{"polluted":true}}}`,
    );
    expect(validate(user, body, { to: 'create' }).resource).toEqual({ active: true, userName: 'ada' });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('validate, to replace (RFC 7644 section 3.5.1)', () => {
  const current = { userName: 'ada', active: false, nickName: 'Countess', roles: [{ value: 'admin' }] };

  test('an absent attribute is removed, but active keeps its value', () => {
    expect(validate(user, { schemas, userName: 'ada' }, { to: 'replace', current }).resource).toEqual({ userName: 'ada', active: false });
  });

  test('active is set where it is given', () => {
    expect(validate(user, { schemas, userName: 'ada', active: true }, { to: 'replace', current }).resource.active).toBe(true);
  });
});
