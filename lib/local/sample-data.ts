import { enterpriseUserSchema } from '../../lambdas/scim/schemas/enterprise-user.ts';
import { entitlementTypes } from '../../lambdas/scim/schemas/entitlement-types.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { role } from '../../lambdas/scim/schemas/role.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';

/** A resource of a new directory, as a client would send it. */
export interface Sample {
  readonly type: ResourceType;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What a first look at a catalogue shows of one of its resources, and the URN of an extension with what it adds. */
interface CatalogueSample {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly [urn: `urn:${string}`]: object;
}

const LICENSE = 'urn:example:scim:schemas:extension:app:1.0:License';

/** By the name of a type. The vendor may have removed some of these types, and declared others. */
const CATALOGUE: Readonly<Record<string, readonly CatalogueSample[]>> = {
  Role: [
    { id: 'role-admin', displayName: 'Administrator', description: 'May change everything' },
    { id: 'role-auditor', displayName: 'Auditor', description: 'May see everything and change nothing' },
  ],
  Entitlement: [
    { id: 'ent-export', displayName: 'Export', description: 'May take data out of the application' },
    { id: 'ent-api', displayName: 'API access', description: 'May make keys for the API' },
    { id: 'ent-beta', displayName: 'Beta features', description: 'Sees what is not released yet' },
  ],
  License: [
    {
      id: 'lic-basic',
      displayName: 'Basic',
      description: 'Reading and commenting',
      [LICENSE]: { sku: 'ACME-B', monthlyPriceCents: 900 },
    },
    { id: 'lic-pro', displayName: 'Pro', description: 'Everything for one person', [LICENSE]: { sku: 'ACME-P', monthlyPriceCents: 2900 } },
    {
      id: 'lic-enterprise',
      displayName: 'Enterprise',
      description: 'Everything, with support',
      [LICENSE]: { sku: 'ACME-E', monthlyPriceCents: 7900 },
    },
  ],
  Profile: [
    { id: 'profile-standard', displayName: 'Standard', description: 'Begins with the inbox' },
    { id: 'profile-sales', displayName: 'Sales', description: 'Begins with the customers' },
    { id: 'profile-support', displayName: 'Support', description: 'Begins with the open cases' },
  ],
};

/** For a type that nobody here has heard of. */
const unknownSamples = (name: string): CatalogueSample[] =>
  [1, 2, 3].map((n) => ({ id: `${name.toLowerCase()}-${n}`, displayName: `${name} ${n}`, description: `An example of a ${name}` }));

/** Values of each type that can be granted, as the vendor has declared them. */
export const sampleCatalogue = (types: readonly ResourceType[] = [role, ...entitlementTypes]): Sample[] =>
  types.flatMap((type) =>
    (CATALOGUE[type.name] ?? unknownSamples(type.name)).map((sample) => {
      const extensions = Object.keys(sample).filter((name) => type.extensions.some(({ schema }) => schema.id === name));
      return { type, body: { schemas: [type.schema.id, ...extensions], ...sample } };
    }),
  );

/** One user with every kind of attribute, and of each type the first value that there is. */
export function sampleUser(catalogue: readonly Sample[]): Sample {
  const first = (type: ResourceType) => catalogue.find((sample) => sample.type === type)?.body.id;
  const grants = user.grants.map(({ attribute, types, typed }) => {
    const granted = types.flatMap((type) => {
      const value = first(type);
      return value === undefined ? [] : [{ value, ...(typed && { type: type.name }) }];
    });
    return [attribute, granted] as const;
  });
  return { type: user, body: { ...USER, ...Object.fromEntries(grants) } };
}

/** One user with every kind of attribute, so that a first look at the directory shows something. */
const USER = {
  schemas: [userSchema.id, enterpriseUserSchema.id],
  userName: 'grace.hopper@acme.example',
  externalId: '00u1gracehopper',
  name: {
    formatted: 'Rear Admiral Grace Hopper',
    givenName: 'Grace',
    familyName: 'Hopper',
    middleName: 'Brewster',
    honorificPrefix: 'Rear Admiral',
  },
  displayName: 'Grace Hopper',
  nickName: 'Amazing Grace',
  profileUrl: 'https://acme.example/people/grace',
  title: 'Director of Programming Languages',
  userType: 'Employee',
  preferredLanguage: 'en-US',
  locale: 'en-US',
  timezone: 'America/New_York',
  active: true,
  emails: [
    { value: 'grace.hopper@acme.example', type: 'work', primary: true },
    { value: 'grace@hopper.example', type: 'home' },
  ],
  phoneNumbers: [{ value: '+1 555 0100', type: 'work', primary: true }],
  ims: [{ value: 'amazing-grace', type: 'xmpp' }],
  photos: [{ value: 'https://acme.example/people/grace.png', type: 'photo' }],
  addresses: [
    {
      type: 'work',
      streetAddress: '1 Compiler Way',
      locality: 'Arlington',
      region: 'VA',
      postalCode: '22201',
      country: 'US',
      primary: true,
    },
  ],
  [enterpriseUserSchema.id]: {
    employeeNumber: '1906',
    costCenter: 'CC-1952',
    organization: 'Acme',
    division: 'Research',
    department: 'Compilers',
    manager: { value: '26118915-6090-4610-87e4-49d8ca9f808d' },
  },
};
