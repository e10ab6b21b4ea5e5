import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../lambdas/scim/json.ts';
import { many, string } from '../../../lambdas/scim/schemas/attribute.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { replaced } from '../../support/bodies.ts';
import { refusal, typeWith } from '../../support/rfc.ts';

describe('RFC 7644 section 3.5.1, replacing with PUT', () => {
  test('the example request replaces the User by the one of the example response', () => {
    const request = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      id: '2819c223-7f76-453a-919d-413861904646',
      userName: 'bjensen',
      externalId: 'bjensen',
      name: { formatted: 'Ms. Barbara J Jensen III', familyName: 'Jensen', givenName: 'Barbara', middleName: 'Jane' },
      roles: [],
      emails: [{ value: 'bjensen@example.com' }, { value: 'babs@jensen.org' }],
    };
    // The User of the example of section 3.4.1, with a role.
    const current = {
      userName: 'bjensen',
      externalId: 'bjensen',
      active: true,
      name: { formatted: 'Ms. Barbara J Jensen III', familyName: 'Jensen', givenName: 'Barbara' },
      phoneNumbers: [{ value: '555-555-8377', type: 'work' }],
      emails: [{ value: 'bjensen@example.com', type: 'work' }],
      roles: [{ value: 'admin' }],
    };
    expect(replaced(user, current, request)).toEqual({
      userName: 'bjensen',
      externalId: 'bjensen',
      active: true,
      name: { formatted: 'Ms. Barbara J Jensen III', familyName: 'Jensen', givenName: 'Barbara', middleName: 'Jane' },
      emails: [{ value: 'bjensen@example.com' }, { value: 'babs@jensen.org' }],
    });
  });

  test('clients MAY send all attributes, regardless of their mutability', () => {
    const type = typeWith(
      string('note', 'A note.'),
      string('serial', 'A number.', { mutability: 'immutable' }),
      string('owner', 'The owner.', { mutability: 'readOnly' }),
      string('pin', 'A secret.', { mutability: 'writeOnly' }),
    );
    const body = { id: '1', meta: { version: 'W/"1"' }, note: 'y', serial: '7', owner: 'me', pin: '2' };
    expect(replaced(type, { note: 'x', serial: '7', pin: '1' }, body)).toEqual({ note: 'y', serial: '7', pin: '2' });
  });
});

describe('RFC 7644 section 3.5.1, readWrite and writeOnly', () => {
  test.each([{ mutability: 'readWrite' as const }, { mutability: 'writeOnly' as const }])(
    '$mutability: any values provided SHALL replace the existing attribute values',
    ({ mutability }) => {
      const type = typeWith(string('tags', 'Labels.', { multiValued: true, mutability }), string('note', 'A note.', { mutability }));
      expect(replaced(type, { note: 'x', tags: ['a', 'b'] }, { note: 'y', tags: ['c'] })).toEqual({ note: 'y', tags: ['c'] });
    },
  );

  test('attributes that are omitted MAY be cleared', () => {
    const current = { userName: 'bjensen', active: true, nickName: 'Babs', emails: [{ value: 'a@b' }] };
    expect(replaced(user, current, { userName: 'bjensen' })).toEqual({ userName: 'bjensen', active: true });
  });

  test('attributes that are omitted and have a default keep their value', () => {
    const current = { userName: 'bjensen', active: false };
    expect(replaced(user, current, { userName: 'bjensen' })).toEqual(current);
    expect(replaced(user, current, { userName: 'bjensen', active: true })).toEqual({ userName: 'bjensen', active: true });
  });

  test('clients MAY specify "null" for a single-valued attribute, or an empty array for a multi-valued one, to clear all values', () => {
    const current = { userName: 'bjensen', active: true, nickName: 'Babs', emails: [{ value: 'a@b' }] };
    const body = { userName: 'bjensen', nickName: null, emails: [] };
    expect(replaced(user, current, body)).toEqual({ userName: 'bjensen', active: true });
  });
});

describe('RFC 7644 section 3.5.1, immutable', () => {
  const type = typeWith(
    string('serial', 'A number.', { mutability: 'immutable' }),
    string('code', 'A text.', { mutability: 'immutable', caseExact: true }),
    many('parts', 'Parts.', [string('value', 'A part.'), string('maker', 'Who made it.', { mutability: 'immutable' })]),
  );

  test('if values are already set, the input values MUST match', () => {
    expect(replaced(type, { serial: 'a7' }, { serial: 'a7' })).toEqual({ serial: 'a7' });
    expect(() => replaced(type, { serial: 'a7' }, { serial: 'a8' })).toThrow(refusal('mutability', 'serial'));
    expect(() => replaced(type, { serial: 'a7' }, { serial: 'a8' })).toThrow(/^serial: immutable, expected the value that it has$/);
  });

  test('values match as "caseExact" says, and what is set stays as it is written', () => {
    expect(replaced(type, { serial: 'a7' }, { serial: 'A7' })).toEqual({ serial: 'a7' });
    expect(() => replaced(type, { code: 'a7' }, { code: 'A7' })).toThrow(refusal('mutability', 'code'));
  });

  test('if the service provider has no existing values, the new values SHALL be applied', () => {
    expect(replaced(type, {}, { serial: 'a7' })).toEqual({ serial: 'a7' });
  });

  test('a value that is set and omitted is not updated either', () => {
    expect(replaced(type, { serial: 'a7' }, {})).toEqual({ serial: 'a7' });
  });

  test('the same rules hold for the sub-attributes of each value of a list', () => {
    const current: JsonObject = { parts: [{ value: 'wheel', maker: 'x' }, { value: 'bell' }] };
    expect(replaced(type, current, { parts: [{ value: 'bell', maker: 'z' }, { value: 'wheel', maker: 'X' }, { value: 'lamp' }] })).toEqual({
      parts: [{ value: 'bell', maker: 'z' }, { value: 'wheel', maker: 'x' }, { value: 'lamp' }],
    });
    expect(() => replaced(type, current, { parts: [{ value: 'wheel', maker: 'y' }] })).toThrow(refusal('mutability', 'parts.maker'));
  });
});

describe('RFC 7644 section 3.5.1, readOnly and required', () => {
  test('readOnly: any values provided SHALL be ignored', () => {
    const type = typeWith(string('owner', 'The owner.', { mutability: 'readOnly' }), string('note', 'A note.'));
    expect(replaced(type, { note: 'x' }, { owner: 'me', note: 'y' })).toEqual({ note: 'y' });
  });

  test('if an attribute is "required", clients MUST specify the attribute in the PUT request', () => {
    const current = { userName: 'bjensen', active: true };
    for (const body of [{}, { userName: null }, { userName: '' }])
      expect(() => replaced(user, current, body)).toThrow(refusal('invalidValue', 'userName: '));
  });
});
