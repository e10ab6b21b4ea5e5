import { describe, expect, jest, test } from '@jest/globals';
import type { JsonObject } from '../../lambdas/scim/json.ts';

jest.unstable_mockModule('../../lambdas/scim/schemas/entitlement-types.ts', () => import('../support/entitlement-types.ts'));
const { catalogueOf } = await import('../../lambdas/scim/catalogue.ts');
const { candidatesOf, countedGrants, holds, withoutGrant } = await import('../../lambdas/scim/grants.ts');
const { settleGrants } = await import('../../lambdas/scim/settle-grants.ts');
const { grantsIn, grantsInOperations } = await import('../../lambdas/scim/foreseen-grants.ts');
const { assignmentsSchema } = await import('../../lambdas/scim/schemas/assignments.ts');
const { resourceTypeNamed } = await import('../../lambdas/scim/schemas/registry.ts');
const { user } = await import('../../lambdas/scim/schemas/user.ts');

type Grant = Readonly<Record<string, unknown>>;

const named = (name: string) => {
  const type = resourceTypeNamed(name);
  if (!type) throw new Error(`no type ${name}`);
  return type;
};
const stored = (id: string, body: JsonObject, assigned = 0) => ({ id, rev: 1, version: 1, created: '', lastModified: '', body, assigned });

/** What is in the catalogue of each type, with its name. */
const CONTENT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Role: { admin: 'Administrator', auditor: 'Auditor' },
  License: { pro: 'Pro license', basic: 'Basic license' },
  Profile: { basic: 'Basic profile', wide: 'Wide profile' },
  Seat: { full: 'Full seat', left: 'Seat with room', old: 'Old seat', open: 'Open seat' },
};
const ASSIGNMENTS: Readonly<Record<string, JsonObject>> = {
  full: { totalAssignmentsPermitted: 2 },
  left: { totalAssignmentsPermitted: 3 },
  old: { supported: false },
  open: { limitedAssignmentsPermitted: false, totalAssignmentsPermitted: 2 },
};

/** The catalogue of a directory that has this content of some types, and nothing of the others; two have each seat. */
function catalogueWith(...types: readonly string[]) {
  const asked = ['Role', 'Entitlement', 'License', 'Profile', 'Seat'].map(named);
  const found = asked.flatMap((type) =>
    Object.entries(types.includes(type.name) ? (CONTENT[type.name] ?? {}) : {}).map(([id, displayName]) => {
      const assignments = ASSIGNMENTS[id];
      return { type, id, stored: stored(id, { displayName, ...(assignments && { [assignmentsSchema.id]: assignments }) }, 2) };
    }),
  );
  return catalogueOf(found, found, new Map(types.map((name) => [name, Object.keys(CONTENT[name] ?? {}).length])));
}

const full = catalogueWith('Role', 'License', 'Profile', 'Seat');
const empty = catalogueWith();
const replaced = { isPartial: false };
const settle = (before: JsonObject, after: JsonObject, catalogue = full, way = replaced) =>
  settleGrants(user, before, structuredClone(after), way, catalogue);
/** What comes of a PATCH. */
const patched = (before: JsonObject, after: JsonObject) => settle(before, after, full, { isPartial: true });
const entitled = (...entitlements: readonly Grant[]) => ({ entitlements }) as unknown as JsonObject;
const roles = (...values: readonly Grant[]) => ({ roles: values }) as unknown as JsonObject;

const PRO = { value: 'pro', type: 'License', display: 'Pro license' };
const BASIC = { value: 'basic', type: 'License', display: 'Basic license' };

describe('what is granted', () => {
  test.each([
    { grants: 'with its type', given: { value: 'pro', type: 'License' }, kept: PRO },
    { grants: 'with its type in another case', given: { value: 'pro', type: 'license' }, kept: PRO },
    { grants: 'without a type', given: { value: 'pro' }, kept: PRO },
    { grants: 'with a name of its own', given: { value: 'pro', type: 'License', display: 'Mine' }, kept: { ...PRO, display: 'Mine' } },
    { grants: 'as the primary one', given: { value: 'pro', primary: true }, kept: { ...PRO, primary: true } },
    { grants: 'with a type that nobody declares', given: { value: 'x', type: 'Badge' }, kept: { value: 'x', type: 'Badge' } },
    { grants: 'of a type that has nothing', given: { value: 'x', type: 'entitlement' }, kept: { value: 'x', type: 'Entitlement' } },
    { grants: 'without a value', given: { type: 'License', primary: true }, kept: { type: 'License', primary: true } },
  ])('$grants is kept by its full name', ({ given, kept }) => {
    expect(settle({}, entitled(given))).toEqual(entitled(kept));
  });

  test.each([
    { given: { value: 'admin' }, kept: { value: 'admin', display: 'Administrator' } },
    { given: { value: 'admin', type: 'base' }, kept: { value: 'admin', type: 'base', display: 'Administrator' } },
  ])('as a role $given may have any label', ({ given, kept }) => {
    expect(settle({}, roles(given))).toEqual(roles(kept));
  });

  test.each([
    {
      what: 'a value of a type',
      after: entitled({ value: 'pr', type: 'License' }),
      detail: 'pr is the id of no License, expected an existing one',
    },
    {
      what: 'a value in another case',
      after: entitled({ value: 'PRO', type: 'License' }),
      detail: 'PRO is the id of no License, expected an existing one',
    },
    {
      what: 'a value of no type',
      after: entitled({ value: 'x' }),
      detail: 'x is the id of no Entitlement, nor of a License, nor of a Profile, nor of a Seat',
    },
    { what: 'a role', after: roles({ value: 'root' }), detail: 'root is the id of no Role, expected an existing one' },
    {
      what: 'a role with a label',
      after: roles({ value: 'root', type: 'base' }),
      detail: 'root is the id of no Role, expected an existing one',
    },
  ])('is refused where there is no such thing: $what', ({ after, detail }) => {
    expect(() => settle({}, after)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidValue', message: expect.stringContaining(detail) }),
    );
  });

  test('that two types have is refused without a type, which names both', () => {
    expect(() => settle({}, entitled({ value: 'basic' }))).toThrow(
      expect.objectContaining({
        status: 400,
        scimType: 'invalidValue',
        message: expect.stringMatching(/basic is the id of a License and of a Profile/),
      }),
    );
  });

  test('that two types have is the one that was there, without a type', () => {
    expect(settle(entitled(BASIC), entitled({ value: 'basic' }))).toEqual(entitled(BASIC));
  });

  test.each([
    { given: { value: 'anything' } },
    { given: { value: 'anything', type: 'License' } },
    { given: { value: 'anything', display: 'Anything' } },
  ])('is kept as it is where no catalogue has anything: $given', ({ given }) => {
    expect(settle({}, entitled(given), empty)).toEqual(entitled(given));
    expect(settle({}, roles(given), empty)).toEqual(roles(given));
  });

  test('is not asked for again once it is there', () => {
    const before = { ...entitled({ value: 'gone', type: 'License' }), ...roles({ value: 'gone' }) };
    expect(candidatesOf(user, before, structuredClone(before), replaced)).toEqual([]);
    expect(settle(before, before)).toEqual(before);
    expect(settle(before, entitled({ value: 'gone', type: 'License', primary: true }))).toEqual(
      entitled({ value: 'gone', type: 'License', primary: true }),
    );
  });

  test('keeps its name where a client gives it again without one', () => {
    expect(settle(entitled(PRO), entitled({ value: 'pro', type: 'License' }))).toEqual(entitled(PRO));
    expect(settle(entitled(PRO), entitled({ value: 'pro' }))).toEqual(entitled(PRO));
  });

  const AUDITOR = { value: 'auditor', display: 'Auditor' };
  const ADMIN = { value: 'admin', display: 'Administrator' };
  const other = (display: string) => ({ value: 'basic', type: 'Profile', display });

  test.each([
    { where: 'it has taken the place of', before: entitled(PRO), after: entitled({ ...PRO, value: 'basic' }), kept: entitled(BASIC) },
    {
      where: 'that is there still',
      before: entitled(PRO),
      after: entitled(PRO, { ...BASIC, display: 'Pro license' }),
      kept: entitled(PRO, BASIC),
    },
    {
      where: 'of the same value and another type',
      before: entitled(BASIC),
      after: entitled({ ...BASIC, type: 'Profile' }),
      kept: entitled(other('Basic profile')),
    },
    {
      where: 'which is granted anew in its place',
      before: roles({ ...AUDITOR, primary: true }, ADMIN),
      after: roles({ ...AUDITOR, value: 'admin', primary: true }, ADMIN),
      kept: roles({ ...ADMIN, primary: true }),
    },
    {
      where: 'with which it has changed places',
      before: roles({ ...ADMIN, type: 'a' }, { ...AUDITOR, type: 'b' }),
      after: roles({ ...ADMIN, value: 'auditor', type: 'a' }, { ...AUDITOR, value: 'admin', type: 'b' }),
      kept: roles({ ...AUDITOR, type: 'a' }, { ...ADMIN, type: 'b' }),
    },
  ])('is not called by the name of another one $where, if it has come there by a PATCH', ({ before, after, kept }) => {
    const once = patched(before, after);
    expect(once).toEqual(kept);
    expect(patched(once, once)).toEqual(kept);
  });

  test('is called what a PUT calls it, even if that is the name of another one, and is so the second time', () => {
    const after = entitled({ ...PRO, value: 'basic' });
    expect(settle(entitled(PRO), after)).toEqual(after);
    expect(settle(after, after)).toEqual(after);
  });

  test('is called what the client calls it', () => {
    expect(settle(entitled(PRO), entitled({ ...PRO, display: 'Mine' }))).toEqual(entitled({ ...PRO, display: 'Mine' }));
  });

  test('of a type that nobody declares is refused where a type that is declared has it', () => {
    expect(() => settle({}, entitled({ value: 'pro', type: 'Licence' }))).toThrow(
      expect.objectContaining({
        status: 400,
        scimType: 'invalidValue',
        message: 'entitlements.type: pro is the id of a License, expected that, got Licence',
      }),
    );
    const before = entitled({ value: 'pro', type: 'Licence', display: 'x' });
    expect(settle(before, entitled({ value: 'pro', type: 'Licence' }))).toEqual(entitled({ value: 'pro', type: 'Licence' }));
  });

  test('from before there was a catalogue stays, without a type and in none, by the name that it had', () => {
    const before = entitled({ value: 'gold', display: 'Gold' });
    expect(settle(before, entitled({ value: 'gold' }))).toEqual(before);
    expect(settle(entitled({ value: 'gold', type: 'License', display: 'Gold' }), entitled({ value: 'gold' }))).toEqual(
      entitled({ value: 'gold', type: 'License', display: 'Gold' }),
    );
  });

  test('and is granted by another name is granted once', () => {
    expect(settle(entitled(PRO), entitled(PRO, { value: 'pro', primary: true }))).toEqual(entitled({ ...PRO, primary: true }));
    expect(settle({}, entitled({ value: 'pro' }, { value: 'pro', type: 'license' }))).toEqual(entitled(PRO));
    const twice = entitled({ ...PRO, display: 'a' }, { ...PRO, display: 'b' });
    const once = settle({}, twice);
    expect(once).toEqual(entitled({ ...PRO, display: 'b' }));
    expect(settle(once, twice)).toEqual(once);
  });

  test('in great number, and alike but for what tells them apart, takes as long as it is long', () => {
    const many = entitled(...Array.from({ length: 100_000 }, (_, i) => ({ value: 'x', type: `Badge ${i}`, display: 'x' })));
    expect(settle(many, many)).toEqual(many);
    expect(() => candidatesOf(user, {}, many, replaced)).toThrow(expect.objectContaining({ scimType: 'tooMany' }));
  });
});

test('what a change leaves alone is not looked at', () => {
  const before = { ...entitled(PRO, PRO), title: 'x' };
  const after = { ...before, title: 'y' };
  expect(candidatesOf(user, before, after, replaced)).toEqual([]);
  expect(settleGrants(user, before, after, replaced, empty)).toEqual(after);
});

describe('a type of which each user has one', () => {
  const wide = { value: 'wide', type: 'Profile' };
  const narrow = { value: 'basic', type: 'Profile' };

  test('is refused a second time with 409, however it comes', () => {
    for (const before of [{}, entitled(wide), entitled({ value: 'basic', type: 'Profile', display: 'x' })])
      expect(() => settle(before, entitled(wide, narrow))).toThrow(
        expect.objectContaining({ status: 409, message: 'entitlements: expected at most 1 of type Profile, got wide, basic' }),
      );
  });

  test('can be another one', () => {
    expect(settle(entitled(wide), entitled(narrow, PRO)).entitlements).toHaveLength(2);
  });

  test('stays where there were two before it was declared so', () => {
    const both = entitled({ ...wide, display: 'w' }, { ...narrow, display: 'b' });
    expect(settle(both, { ...both, displayName: 'x' })).toEqual({ ...both, displayName: 'x' });
  });
});

describe('a type whose grants are counted', () => {
  test.each([
    { id: 'full', detail: /full of type Seat is granted to 2 users, and may be to 2/ },
    { id: 'old', detail: /old of type Seat cannot be granted any more/ },
  ])('is refused with 409 where there is nothing left of it: $id', ({ id, detail }) => {
    expect(() => settle({}, entitled({ value: id }))).toThrow(
      expect.objectContaining({ status: 409, message: expect.stringMatching(detail) }),
    );
    const held = entitled({ value: id, type: 'Seat' });
    expect(settle(held, held)).toEqual(held);
  });

  test.each(['left', 'open'])('is granted while there is something left, or no limit: %s', (id) => {
    expect(settle({}, entitled({ value: id })).entitlements).toMatchObject([{ type: 'Seat', value: id }]);
  });

  test('takes nothing that there is not, even if there is nothing at all: nobody would count it', () => {
    expect(() => settle({}, entitled({ value: 'x', type: 'Seat' }), empty)).toThrow(expect.objectContaining({ scimType: 'invalidValue' }));
  });

  test('is what the store counts, and nothing else', () => {
    const body = {
      ...entitled({ value: 'left', type: 'Seat' }, { value: 'left', type: 'SEAT' }, PRO, { value: 'left' }),
      ...roles({ value: 'admin' }),
    };
    expect(countedGrants(user, body)).toEqual([{ type: named('Seat'), id: 'left' }]);
  });
});

describe('who has what', () => {
  const body = { ...entitled(PRO, { value: 'basic', type: 'Profile' }), ...roles({ value: 'admin', type: 'base' }), title: 'x' };

  test.each([
    { type: 'License', id: 'pro', has: true },
    { type: 'License', id: 'basic', has: false },
    { type: 'Profile', id: 'basic', has: true },
    { type: 'Role', id: 'admin', has: true },
    { type: 'Role', id: 'pro', has: false },
  ])('is told by type and value: $type $id', ({ type, id, has }) => {
    expect(holds(user, body, { type: named(type), id })).toBe(has);
  });

  test('is changed by taking one thing away', () => {
    expect(withoutGrant(user, body, { type: named('License'), id: 'pro' })).toEqual({
      ...body,
      ...entitled({ value: 'basic', type: 'Profile' }),
    });
    expect(withoutGrant(user, body, { type: named('Role'), id: 'admin' })).not.toHaveProperty('roles');
    expect(withoutGrant(user, body, { type: named('License'), id: 'basic' })).toEqual(body);
  });

  test('counts what has no type, from before there was a catalogue', () => {
    const untyped = entitled({ value: 'pro' });
    expect(holds(user, untyped, { type: named('License'), id: 'pro' })).toBe(true);
    expect(withoutGrant(user, untyped, { type: named('License'), id: 'pro' })).toEqual({});
  });
});

describe('what a request may grant is seen before anything is read', () => {
  const of = (...candidates: readonly [string, string][]) => candidates.map(([type, id]) => ({ type: named(type), id }));

  test('in a body', () => {
    const body = { Roles: [{ value: 'admin' }], entitlements: [{ value: 'pro', type: 'License' }, { type: 'License' }, 7] };
    expect(grantsIn(user, body)).toEqual(of(['Role', 'admin'], ['License', 'pro']));
  });

  test.each([
    { operation: { op: 'add', path: 'roles', value: [{ value: 'admin' }] }, names: of(['Role', 'admin']) },
    { operation: { op: 'Replace', value: { roles: [{ value: 'admin' }] } }, names: of(['Role', 'admin']) },
    { operation: { op: 'add', path: 'roles[primary eq "True"].value', value: 'admin' }, names: of(['Role', 'admin']) },
    { operation: { op: 'add', path: 'roles.value', value: 'admin' }, names: of(['Role', 'admin']) },
    {
      operation: { op: 'add', path: 'entitlements[type eq "License"]', value: { value: 'pro', type: 'License' } },
      names: of(['License', 'pro']),
    },
    { operation: { op: 'remove', path: 'roles', value: [{ value: 'admin' }] }, names: [] },
    { operation: { op: 'add', path: 'roles.display', value: 'admin' }, names: [] },
    { operation: { op: 'add', path: 'nowhere', value: 'admin' }, names: [] },
    { operation: { op: 'fly', path: 'roles', value: [] }, names: [] },
  ])('in an operation: $operation', ({ operation, names }) => {
    expect(grantsInOperations(user, [operation])).toEqual(names);
  });
});
