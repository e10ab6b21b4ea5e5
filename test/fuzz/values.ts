import fc from 'fast-check';
import type { Attribute } from '../../lambdas/scim/schemas/attribute.ts';

/*
 * Random values of attributes, most of them right.
 */

/** Mostly the first, now and then one of the others. */
export const mostly = <T, U = T>(first: fc.Arbitrary<T>, ...others: fc.Arbitrary<U>[]): fc.Arbitrary<T | U> =>
  fc.oneof<fc.MaybeWeightedArbitrary<T | U>[]>(
    { weight: 4 * others.length, arbitrary: first },
    ...others.map((arbitrary) => ({ weight: 1, arbitrary })),
  );

export const anyText = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 300 }));

/** Few enough that resources meet at them. */
export const name = fc.constantFrom(
  'ada',
  'Ada',
  'ADA ',
  'grace',
  'straße',
  'STRASSE',
  'é',
  'e\u0301',
  'İ',
  '"',
  '\\',
  '%61',
  '#',
  'ﬁ',
  'x'.repeat(600),
);
export const anyJson = fc.jsonValue({ maxDepth: 3 });

const SIMPLE: Readonly<Record<Exclude<Attribute['type'], 'complex'>, fc.Arbitrary<unknown>>> = {
  string: mostly<unknown>(name, anyText, fc.integer(), fc.double()),
  reference: mostly(fc.constantFrom('https://x.example', 'urn:x'), anyText),
  boolean: mostly(fc.boolean(), fc.constantFrom('True', 'false', 'FALSE', 'yes')),
  integer: fc.integer(),
  decimal: fc.double(),
  dateTime: mostly(fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00:00:00.5+02:00'), fc.constantFrom('2026-13-01T00:00:00Z', 'now')),
  binary: mostly(fc.base64String(), anyText),
};

const spelled = (attribute: Attribute): fc.Arbitrary<string> =>
  mostly(fc.constant(attribute.name), fc.constant(attribute.name.toUpperCase()), fc.constant(attribute.name.toLowerCase()));

/** The id of a resource of a type, one of those that there are: see `withIds`. */
export const idOf = (...types: string[]): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...types), fc.nat({ max: 5 })).map(([type, n]) => `~${type}${n}~`);

const memberId = fc.oneof(
  { weight: 20, arbitrary: idOf('User', 'User', 'Group') },
  { weight: 1, arbitrary: fc.uuid({ version: 4 }) },
  { weight: 1, arbitrary: anyText },
);
const member = fc.record(
  {
    value: memberId,
    type: mostly(fc.constantFrom('User', 'Group'), fc.constantFrom('user', 'Role')),
    $ref: fc.constantFrom('../Users/1', 'https://x/Groups/1'),
    display: name,
  },
  { requiredKeys: ['value'] },
);
/** Most of those who are named are there. */
export const someMembers = fc.array(member, { minLength: 1, maxLength: 4 });
const members = mostly<unknown>(someMembers, member, fc.array(memberId, { maxLength: 2 }), fc.constantFrom(null, [], ''), anyJson);

/** Ids that roles, licenses and the like have, if there are any. */
export const givenId = fc.constantFrom('ada', 'Ada', 'grace', 'lic-1');
const grant = fc.record(
  {
    value: mostly(givenId, name),
    type: fc.constantFrom('License', 'Profile', 'profile', 'Entitlement', 'badge'),
    display: name,
    primary: SIMPLE.boolean,
  },
  { requiredKeys: ['value'] },
);
const grants = mostly<unknown>(fc.array(grant, { maxLength: 3 }), grant, fc.constantFrom(null, [], ''), anyJson);

/** What is drawn for itself, since what is right follows from what there is. */
const OF_THEIR_OWN: Readonly<Record<string, fc.Arbitrary<unknown>>> = { members, roles: grants, entitlements: grants };

export function valueFor(attribute: Attribute): fc.Arbitrary<unknown> {
  const own = OF_THEIR_OWN[attribute.name];
  if (own) return own;
  const single = attribute.type === 'complex' ? objectOf(attribute.subAttributes ?? []) : SIMPLE[attribute.type];
  const right = attribute.multiValued ? fc.array(single, { maxLength: 3 }) : single;
  return mostly(right, single, fc.constantFrom(null, '', [], {}, [null]), anyJson);
}

export const objectOf = (attributes: readonly Attribute[]): fc.Arbitrary<object> =>
  fc
    .tuple(
      fc
        .subarray([...attributes], { maxLength: Math.min(4, attributes.length) })
        .chain((chosen) => fc.tuple(...chosen.map((attribute) => fc.tuple(spelled(attribute), valueFor(attribute))))),
      fc.option(fc.tuple(fc.constantFrom('shoeSize', 'toString', 'length', '$ref', '', 'a.b'), anyJson), { freq: 8 }),
    )
    .map(([entries, unknown]) => Object.fromEntries([...entries, ...(unknown ? [unknown] : [])]));
