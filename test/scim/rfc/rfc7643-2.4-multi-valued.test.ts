import { describe, expect, test } from '@jest/globals';
import { compileFilter } from '../../../lambdas/scim/filter/compile.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import { boolean, many, reference, string } from '../../../lambdas/scim/schemas/attribute.ts';
import { user, userSchema } from '../../../lambdas/scim/schemas/user.ts';
import { created, replaced } from '../../support/bodies.ts';
import { refusal, typeWith } from '../../support/rfc.ts';

const work = { value: 'bjensen@example.com', type: 'work' };
const home = { value: 'babs@jensen.org', type: 'home' };
const emailsOf = (emails: unknown) => created(user, { userName: 'bjensen', emails }).emails;

describe('RFC 7643 section 2.4, multi-valued attributes', () => {
  test('they contain a list of elements using the JSON array format', () => {
    expect(emailsOf([work, home])).toEqual([work, home]);
    expect(() => emailsOf(work)).toThrow(refusal('invalidValue', 'emails: expected an array'));
  });

  test('elements can be primitive values', () => {
    const type = typeWith(string('tags', 'Labels.', { multiValued: true }));
    expect(created(type, { tags: ['a', 'b'] })).toEqual({ tags: ['a', 'b'] });
    expect(() => created(type, { tags: [{ value: 'a' }] })).toThrow(refusal('invalidValue', 'tags: '));
  });

  test('elements can be objects with a set of sub-attributes', () => {
    expect(() => emailsOf(['bjensen@example.com'])).toThrow(refusal('invalidValue', 'emails: expected an array of objects'));
  });

  test('as with complex attributes, the order of sub-attributes is not significant', () => {
    expect(emailsOf([{ type: 'work', value: 'bjensen@example.com' }])).toEqual([work]);
  });

  test('the default set of sub-attributes is type, primary, display and value', () => {
    const plurals = ['emails', 'phoneNumbers', 'ims', 'photos', 'entitlements', 'roles', 'x509Certificates'];
    const found = userSchema.attributes
      .filter(({ name }) => plurals.includes(name))
      .map(({ name, subAttributes = [] }) => [name, subAttributes.map((sub) => sub.name).toSorted()]);
    expect(found).toEqual(plurals.map((name) => [name, ['display', 'primary', 'type', 'value']]));
  });

  test('the primary attribute value "true" MUST appear no more than once', () => {
    expect(emailsOf([{ ...work, primary: true }, home])).toEqual([{ ...work, primary: true }, home]);
    expect(() =>
      emailsOf([
        { ...work, primary: true },
        { ...home, primary: true },
      ]),
    ).toThrow(refusal('invalidValue', 'emails.primary: '));
  });

  test('the primary attribute value "true" appears once after a replacement that makes another value primary', () => {
    const current = { userName: 'bjensen', emails: [{ ...work, primary: true }, home] };
    const emails = [
      { ...work, primary: true },
      { ...home, primary: true },
    ];
    expect(replaced(user, current, { userName: 'bjensen', emails }).emails).toEqual([
      { ...work, primary: false },
      { ...home, primary: true },
    ]);
  });

  test('if not specified, the value of "primary" SHALL be assumed to be "false"', () => {
    const matches = (filter: string) =>
      compileFilter(parseFilter(filter), user.attributes, { coreUrn: userSchema.id })({ emails: [{ ...work, primary: true }, home] });
    expect(matches('emails[type eq "home" and primary eq false]')).toBe(true);
    expect(matches('emails[type eq "home" and primary eq true]')).toBe(false);
    expect(matches('emails[type eq "work" and primary eq false]')).toBe(false);
  });

  test('nothing is assumed of other sub-attributes, nor of a "primary" that is no boolean', () => {
    const { attributes } = typeWith(
      many('doors', 'Doors.', [string('value', 'A door.'), string('primary', 'A text.'), boolean('open', 'A truth.')]),
    );
    const matches = (filter: string) => compileFilter(parseFilter(filter), attributes)({ doors: [{ value: 'front' }] });
    expect(matches('doors[open eq false]')).toBe(false);
    expect(matches('doors[primary eq "false"]')).toBe(false);
    expect(matches('doors[primary co "false"]')).toBe(false);
  });

  test('$ref: URIs with an API version SHALL be considered comparable to URIs without a version or with a different version', () => {
    const type = typeWith(
      many('owners', 'The owners.', [
        string('value', 'The id of an owner.'),
        reference('$ref', 'The URI of an owner.', { mutability: 'immutable', referenceTypes: ['User'] }),
      ]),
    );
    const current = { owners: [{ value: '12345', $ref: 'https://example.com/Users/12345' }] };
    const body = (uri: string) => ({ owners: [{ value: '12345', $ref: uri }] });
    expect(replaced(type, current, body('https://example.com/v2/Users/12345'))).toEqual(current);
    expect(replaced(type, current, body('https://example.com/v10/Users/12345'))).toEqual(current);
    expect(() => replaced(type, current, body('https://example.com/v2/Users/54321'))).toThrow(refusal('mutability', 'owners.$ref'));
  });

  test.each([
    { says: 'that of a resource without its version', referenceTypes: ['User'], same: true },
    { says: 'one that may be that of a resource too', referenceTypes: ['external', 'User'], same: true },
    { says: 'that of something else as it is', referenceTypes: ['external'], same: false },
    { says: 'an identifier as it is', referenceTypes: ['uri'], same: false },
    { says: 'one of nothing that is known as it is', referenceTypes: undefined, same: false },
  ])('a URI is compared with others: $says', ({ referenceTypes, same }) => {
    const type = typeWith(reference('link', 'A link.', referenceTypes && { referenceTypes }));
    const holds = (uri: string) =>
      compileFilter(parseFilter(`link eq "${uri}"`), type.attributes)({ link: 'https://example.com/v1/Users/7' });
    expect(holds('https://example.com/v1/Users/7')).toBe(true);
    expect(holds('https://example.com/v2/Users/7')).toBe(same);
  });

  test('a version that stands elsewhere in a URI is no version of the API', () => {
    const type = typeWith(reference('link', 'A link.', { referenceTypes: ['User'] }));
    const holds = compileFilter(parseFilter('link eq "https://example.com/v1/acme/Users/7"'), type.attributes);
    expect(holds({ link: 'https://example.com/v1/acme/Users/7' })).toBe(true);
    expect(holds({ link: 'https://example.com/v2/acme/Users/7' })).toBe(false);
  });

  test('element objects with the same "value" MAY be there more than once with a different "type"', () => {
    const twice = [work, { ...work, type: 'home' }];
    expect(emailsOf(twice)).toEqual(twice);
  });

  test('"type" MAY have recommended canonical values, and others are kept', () => {
    const emails = userSchema.attributes.find(({ name }) => name === 'emails');
    const type = emails?.subAttributes?.find(({ name }) => name === 'type');
    expect(type?.canonicalValues).toEqual(['work', 'home', 'other']);
    expect(emailsOf([{ ...work, type: 'billing' }])).toEqual([{ ...work, type: 'billing' }]);
  });
});
