import fc from 'fast-check';
import type { Operation } from '../../../lambdas/scim/patch/actions.ts';

/*
 * The users of the model: few attributes with few values, so that they collide, in other letter case too.
 */

export interface Email {
  readonly value: string;
  readonly type: string;
}

/** A role or an entitlement. */
export interface Granted {
  readonly value: string;
}

/** What a client says of a user, and what a service has to keep of it. */
export interface Person {
  readonly userName: string;
  readonly externalId?: string;
  readonly title?: string;
  readonly active?: boolean;
  readonly emails?: readonly Email[];
  readonly roles?: readonly Granted[];
  readonly entitlements?: readonly Granted[];
}

/** Letters of these alphabets fold in this way, whatever the store does. */
export const fold = (text: string): string => text.toLowerCase();

export const userNames = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('ada', 'Ada', 'ADA', 'grace', 'Grace', 'alan', 'édith', 'ÉDITH') },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom('user', 'User'), fc.nat({ max: 11 })).map(([name, n]) => `${name}${n}`) },
);
export const externalIds = fc.constantFrom('X1', 'x1', 'X2');
export const titles = fc.constantFrom('Dr', 'dr', 'Director', 'Prof');
export const addresses = fc.constantFrom('a@x', 'A@x', 'b@x', 'shared@x', 'SHARED@x');
export const emailTypes = fc.constantFrom('work', 'home');

const email = fc.record({ value: addresses, type: emailTypes });
/** One address may be there twice, in other letter case and for something else: the two are one index entry. */
const emails = fc.uniqueArray(email, { minLength: 1, maxLength: 3, selector: ({ value, type }) => `${fold(value)} ${type}` });

export const grants = fc.constantFrom('admin', 'Admin', 'auditor');
const granted = fc.uniqueArray(fc.record({ value: grants }), { minLength: 1, maxLength: 2, selector: ({ value }) => fold(value) });

export const people: fc.Arbitrary<Person> = fc.record(
  { userName: userNames, externalId: externalIds, title: titles, active: fc.boolean(), emails, roles: granted, entitlements: granted },
  { requiredKeys: ['userName'] },
);

/** Ids of few beginnings, so that some users share a 256th of the ids, and some lie at its ends. */
export const ids = fc
  .tuple(fc.constantFrom('00', '0f', '10', '7f', '80', 'ff'), fc.nat({ max: 0xffffff }))
  .map(([prefix, n]) => `${prefix}${n.toString(16).padStart(6, '0')}-0000-4000-8000-000000000000`);

/** A PATCH, and what it makes of a user. */
export interface Change {
  readonly operations: readonly Operation[];
  readonly apply: (before: Person) => Person;
  /** False for a user to which the protocol, and not the store, says what happens. */
  readonly applies?: (before: Person) => boolean;
}

/** What a PATCH may remove whole. */
const REMOVABLE = ['externalId', 'title', 'emails', 'roles', 'entitlements'] as const;

const replaced = (attributes: Partial<Person>): Change => ({
  operations: Object.entries(attributes).map(([path, value]) => ({ op: 'replace', path, value })),
  apply: (before) => ({ ...before, ...attributes }),
});

const removed = (path: (typeof REMOVABLE)[number]): Change => ({
  operations: [{ op: 'remove', path }],
  apply: ({ [path]: _, ...rest }) => rest as Person,
});

const hasAddress = (value: string) => (email: Email) => fold(email.value) === fold(value);

const added = (value: string, type: string): Change => ({
  operations: [{ op: 'add', path: 'emails', value: [{ value, type }] }],
  apply: (before) => ({ ...before, emails: [...(before.emails ?? []), { value, type }] }),
  applies: ({ emails = [] }) => !emails.some(hasAddress(value)),
});

const withoutAddress = (value: string): Change => ({
  operations: [{ op: 'remove', path: `emails[value eq "${value}"]` }],
  apply: ({ emails = [], ...rest }) => {
    const left = emails.filter((email) => !hasAddress(value)(email));
    return left.length > 0 ? { ...rest, emails: left } : rest;
  },
  applies: ({ emails = [] }) => emails.some(hasAddress(value)),
});

export const changes: fc.Arbitrary<Change> = fc.oneof(
  userNames.map((userName) => replaced({ userName })),
  fc.tuple(userNames, titles).map(([userName, title]) => replaced({ title, userName })),
  titles.map((title) => replaced({ title })),
  externalIds.map((externalId) => replaced({ externalId })),
  fc.boolean().map((active) => replaced({ active })),
  emails.map((all) => replaced({ emails: all })),
  fc.constantFrom('roles' as const, 'entitlements' as const).chain((path) => granted.map((all) => replaced({ [path]: all }))),
  fc.constantFrom(...REMOVABLE).map(removed),
  fc.tuple(addresses, emailTypes).map(([value, type]) => added(value, type)),
  addresses.map(withoutAddress),
);
