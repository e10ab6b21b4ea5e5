import { type Attribute, binary, boolean, complex, many, reference, string } from './attribute.ts';
import { enterpriseUserSchema } from './enterprise-user.ts';
import { entitlementTypes } from './entitlement-types.ts';
import { defineResourceType, type Schema } from './resource-type.ts';
import { role } from './role.ts';

/** The sub-attributes that RFC 7643 section 2.4 gives to multi-valued attributes, around the `value` of each. */
const plural = (value: Attribute, types?: readonly string[]): readonly Attribute[] => [
  value,
  string('display', 'A human-readable name, primarily for display.'),
  string('type', 'A label that tells what the value is for.', types && { canonicalValues: types }),
  boolean('primary', 'Whether this is the preferred value. It is true for one value at most.'),
];

const PLACES = ['work', 'home', 'other'];

/** RFC 7643 section 4.1. */
export const userSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'User Account',
  attributes: [
    string('userName', 'Unique identifier of the user, typically used to sign in.', { required: true, uniqueness: 'server' }),
    complex('name', "The components of the user's name.", [
      string('formatted', 'The full name, formatted for display.'),
      string('familyName', 'The family name, or last name in most Western languages.'),
      string('givenName', 'The given name, or first name in most Western languages.'),
      string('middleName', 'The middle name or names.'),
      string('honorificPrefix', 'The title in front of the name, such as Ms.'),
      string('honorificSuffix', 'The suffix behind the name, such as III.'),
    ]),
    string('displayName', 'The name of the user, suitable for display to end users.'),
    string('nickName', 'The casual way to address the user.'),
    reference('profileUrl', "URL of the user's online profile.", {
      referenceTypes: ['external'],
    }),
    string('title', "The user's title, such as Vice President."),
    string('userType', 'The relationship between the organization and the user, such as Employee or Contractor.'),
    string('preferredLanguage', 'Preferred written or spoken language, as in the HTTP header Accept-Language.'),
    string('locale', 'The default location for localizing items such as currency and dates, such as en-US.'),
    string('timezone', 'The time zone in IANA format, such as America/Los_Angeles.'),
    boolean('active', 'Whether the user may use the application.'),
    string('password', 'Accepted from clients that always send one, and dropped: it is never stored.', {
      mutability: 'writeOnly',
      returned: 'never',
      discarded: true,
    }),
    many('emails', 'E-mail addresses.', plural(string('value', 'An e-mail address.'), PLACES)),
    many('phoneNumbers', 'Phone numbers.', plural(string('value', 'A phone number.'), ['work', 'home', 'mobile', 'fax', 'pager', 'other'])),
    many(
      'ims',
      'Instant messaging addresses.',
      plural(string('value', 'An instant messaging address.'), ['aim', 'gtalk', 'icq', 'xmpp', 'msn', 'skype', 'qq', 'yahoo', 'other']),
    ),
    many(
      'photos',
      'URLs of photos of the user.',
      plural(reference('value', 'URL of a photo.', { referenceTypes: ['external'] }), ['photo', 'thumbnail']),
    ),
    many('addresses', 'Physical mailing addresses.', [
      string('formatted', 'The full address, formatted for display or a mailing label.'),
      string('streetAddress', 'Street, house number and the like.'),
      string('locality', 'The city or locality.'),
      string('region', 'The state or region.'),
      string('postalCode', 'The zip code or postal code.'),
      string('country', 'The country.'),
      string('type', 'A label that tells what the address is for.', {
        canonicalValues: PLACES,
      }),
      boolean('primary', 'Whether this is the preferred address. It is true for one address at most.'),
    ]),
    many(
      'groups',
      'The groups to which the user belongs.',
      [
        string('value', 'The id of the group.', { mutability: 'readOnly', caseExact: true }),
        reference('$ref', 'The URI of the group.', {
          mutability: 'readOnly',
          referenceTypes: ['User', 'Group'],
          joined: true,
        }),
        string('display', 'The name of the group.', { mutability: 'readOnly', joined: true }),
        string('type', 'Whether the membership is direct.', {
          mutability: 'readOnly',
          canonicalValues: ['direct', 'indirect'],
        }),
      ],
      { mutability: 'readOnly' },
    ),
    many(
      'entitlements',
      'Entitlements: things that the user has.',
      plural(string('value', 'The id of an entitlement.', { caseExact: true })),
    ),
    many(
      'roles',
      "Roles: what the user is, such as 'Student' or 'Faculty'.",
      plural(string('value', 'The id of a role.', { caseExact: true })),
    ),
    many('x509Certificates', 'Certificates issued to the user.', plural(binary('value', 'A certificate, DER encoded, in base64.'))),
  ],
};

export const user = defineResourceType({
  name: 'User',
  endpoint: '/Users',
  description: 'User Account',
  schema: userSchema,
  extensions: [{ schema: enterpriseUserSchema, required: false }],
  indexed: ['externalId', 'emails.value', 'roles.value', 'entitlements.value'],
  defaults: { active: true },
  memberOf: 'groups',
  naming: ['displayName', 'userName'],
  grants: [
    { attribute: 'roles', types: [role], typed: false },
    { attribute: 'entitlements', types: entitlementTypes, typed: true },
  ],
});
