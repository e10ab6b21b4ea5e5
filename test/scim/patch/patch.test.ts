import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../lambdas/scim/json.ts';
import type { Operation } from '../../../lambdas/scim/patch/actions.ts';
import { patch } from '../../../lambdas/scim/patch/patch.ts';
import { enterpriseUserSchema } from '../../../lambdas/scim/schemas/enterprise-user.ts';
import { group } from '../../../lambdas/scim/schemas/group.ts';
import { user, userSchema } from '../../../lambdas/scim/schemas/user.ts';
import { refusal } from '../../support/rfc.ts';

const urn = enterpriseUserSchema.id;
const work = { value: 'a@work', type: 'work', primary: true };
const home = { value: 'a@home', type: 'home' };
const ada: JsonObject = {
  userName: 'ada',
  active: true,
  nickName: 'Countess',
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  emails: [work, home],
  [urn]: { department: 'Engines', manager: { value: 'm1', $ref: '/Users/m1' } },
};

const apply = (...operations: Operation[]) => patch(user, ada, operations).resource;
/** What an operation changes of the resource: only attributes that differ afterwards, `undefined` for those that are gone. */
const changed = (operation: Operation) => {
  const after = apply(operation);
  const names = Object.keys({ ...ada, ...after }).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(ada[name]));
  return Object.fromEntries(names.map((name) => [name, after[name]]));
};

describe('add (RFC 7644 section 3.5.2.1)', () => {
  test.each<[string, Operation, object]>([
    ['a simple attribute', { op: 'add', path: 'title', value: 'Dr' }, { title: 'Dr' }],
    [
      'a sub-attribute',
      { op: 'add', path: 'name.middleName', value: 'King' },
      { name: { givenName: 'Ada', familyName: 'Lovelace', middleName: 'King' } },
    ],
    [
      'to a complex attribute',
      { op: 'add', path: 'name', value: { middleName: 'King' } },
      { name: { givenName: 'Ada', familyName: 'Lovelace', middleName: 'King' } },
    ],
    ['one value', { op: 'add', path: 'emails', value: { value: 'b@work' } }, { emails: [work, home, { value: 'b@work' }] }],
    [
      'several values',
      { op: 'add', path: 'emails', value: [{ value: 'b' }, { value: 'c' }] },
      { emails: [work, home, { value: 'b' }, { value: 'c' }] },
    ],
    ['a value that is there', { op: 'add', path: 'emails', value: [{ type: 'home', value: 'a@home' }] }, {}],
    ['a simple value that is there', { op: 'add', path: 'nickName', value: 'Countess' }, {}],
    [
      'a primary value takes that from the one that was',
      { op: 'add', path: 'emails', value: [{ value: 'b', primary: true }] },
      { emails: [{ ...work, primary: false }, home, { value: 'b', primary: true }] },
    ],
    [
      'without a path',
      { op: 'add', value: { title: 'Dr', emails: [{ value: 'b' }] } },
      { title: 'Dr', emails: [work, home, { value: 'b' }] },
    ],
    [
      'to an extension by its URN',
      { op: 'add', path: urn, value: { costCenter: '7' } },
      { [urn]: { department: 'Engines', manager: { value: 'm1', $ref: '/Users/m1' }, costCenter: '7' } },
    ],
    [
      'to an attribute of an extension',
      { op: 'add', path: `${urn}:costCenter`, value: 7 },
      { [urn]: { department: 'Engines', manager: { value: 'm1', $ref: '/Users/m1' }, costCenter: '7' } },
    ],
    [
      'to a value that a filter matches',
      { op: 'add', path: 'emails[type eq "home"].display', value: 'Home' },
      { emails: [work, { ...home, display: 'Home' }] },
    ],
  ])('%s', (_, operation, expected) => {
    expect(changed(operation)).toEqual(expected);
  });
});

describe('replace (RFC 7644 section 3.5.2.3)', () => {
  test.each<[string, Operation, object]>([
    ['a simple attribute', { op: 'replace', path: 'NICKNAME', value: 'Ace' }, { nickName: 'Ace' }],
    ['with the prefix of the core schema', { op: 'replace', path: `${userSchema.id}:nickName`, value: 'Ace' }, { nickName: 'Ace' }],
    [
      'some sub-attributes, the others stay',
      { op: 'replace', path: 'name', value: { givenName: 'A' } },
      { name: { givenName: 'A', familyName: 'Lovelace' } },
    ],
    ['all values', { op: 'replace', path: 'emails', value: [{ value: 'b' }] }, { emails: [{ value: 'b' }] }],
    [
      'a value that a filter matches',
      { op: 'replace', path: 'emails[type eq "home"]', value: { value: 'b', type: 'home' } },
      { emails: [work, { value: 'b', type: 'home' }] },
    ],
    [
      'a sub-attribute of it',
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'b' },
      { emails: [{ ...work, value: 'b' }, home] },
    ],
    [
      'primary moves',
      { op: 'replace', path: 'emails[type eq "home"].primary', value: true },
      {
        emails: [
          { ...work, primary: false },
          { ...home, primary: true },
        ],
      },
    ],
    ['with null removes', { op: 'replace', path: 'nickName', value: null }, { nickName: undefined }],
    [
      'with "" removes',
      { op: 'replace', value: { nickName: '', name: { givenName: '' } } },
      { nickName: undefined, name: { familyName: 'Lovelace' } },
    ],
    ['with [] removes', { op: 'replace', path: 'emails', value: [] }, { emails: undefined }],
    [
      'where nothing was adds',
      { op: 'replace', path: 'addresses', value: [{ locality: 'London' }] },
      { addresses: [{ locality: 'London' }] },
    ],
    ['a password changes nothing that is kept', { op: 'replace', path: 'password', value: 'secret' }, {}],
  ])('%s', (_, operation, expected) => {
    expect(changed(operation)).toEqual(expected);
  });
});

describe('remove (RFC 7644 section 3.5.2.2)', () => {
  test.each<[string, Operation, object]>([
    ['an attribute', { op: 'remove', path: 'nickName' }, { nickName: undefined }],
    ['an attribute that is not there', { op: 'remove', path: 'title' }, {}],
    ['a sub-attribute', { op: 'remove', path: 'name.givenName' }, { name: { familyName: 'Lovelace' } }],
    ['the last sub-attribute, and so the attribute', { op: 'remove', path: `${urn}:manager` }, { [urn]: { department: 'Engines' } }],
    ['the values that a filter matches', { op: 'remove', path: 'emails[type eq "work"]' }, { emails: [home] }],
    ['all values', { op: 'remove', path: 'emails[value pr]' }, { emails: undefined }],
    ['the value of a value, and so the value', { op: 'remove', path: 'emails[type eq "work"].value' }, { emails: [home] }],
    ['a label of a value', { op: 'remove', path: 'emails[type eq "work"].primary' }, { emails: [{ value: 'a@work', type: 'work' }, home] }],
    ['an extension', { op: 'remove', path: urn }, { [urn]: undefined }],
    ['what is named by value (Okta, Entra ID)', { op: 'Remove', path: 'emails', value: [{ value: 'a@home' }] }, { emails: [work] }],
  ])('%s', (_, operation, expected) => {
    expect(changed(operation)).toEqual(expected);
  });
});

describe("clients' dialects", () => {
  test.each<[string, Operation, object]>([
    ['Entra ID: capitalised operations', { op: 'Replace', path: 'nickName', value: 'Ace' }, { nickName: 'Ace' }],
    ['Entra ID: booleans as strings', { op: 'Replace', path: 'active', value: 'False' }, { active: false }],
    ['Okta: deactivation without a path', { op: 'replace', value: { active: false } }, { active: false }],
    [
      'Entra ID: a value path creates what it names',
      { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '1' },
      { phoneNumbers: [{ type: 'mobile', value: '1' }] },
    ],
    [
      'Entra ID: … on replace too',
      { op: 'Replace', path: 'addresses[type eq "work"].country', value: 'UK' },
      { addresses: [{ type: 'work', country: 'UK' }] },
    ],
    ['Entra ID: … but not out of nothing', { op: 'Replace', path: 'phoneNumbers[type eq "mobile"].value', value: '' }, {}],
    ['Entra ID: dotted keys', { op: 'replace', value: { 'name.givenName': 'A' } }, { name: { givenName: 'A', familyName: 'Lovelace' } }],
    [
      'Entra ID: URN keys',
      { op: 'replace', value: { [`${urn}:department`]: 'Maths' } },
      { [urn]: { department: 'Maths', manager: { value: 'm1', $ref: '/Users/m1' } } },
    ],
    [
      'Entra ID: an extension as a key',
      { op: 'replace', value: { [urn]: { department: '' } } },
      { [urn]: { manager: { value: 'm1', $ref: '/Users/m1' } } },
    ],
    [
      'Entra ID: the manager as a string',
      { op: 'Replace', path: `${urn}:manager`, value: 'm2' },
      { [urn]: { department: 'Engines', manager: { value: 'm2' } } },
    ],
    [
      'Entra ID: the manager as an array',
      { op: 'Add', path: `${urn}:manager`, value: [{ $ref: 'r', value: 'm2' }] },
      { [urn]: { department: 'Engines', manager: { value: 'm2', $ref: 'r' } } },
    ],
    ['Entra ID: the manager removed by ""', { op: 'Replace', path: `${urn}:manager`, value: '' }, { [urn]: { department: 'Engines' } }],
    [
      'Entra ID: the manager within an extension removed',
      { op: 'Replace', value: { [urn]: { manager: { value: '' } } } },
      { [urn]: { department: 'Engines' } },
    ],
    [
      "Okta: the server's own attributes beside others",
      { op: 'replace', value: { id: 'x', schemas: [], meta: {}, groups: [], title: 'Dr' } },
      { title: 'Dr' },
    ],
    ['attributes that no schema has', { op: 'replace', value: { shoeSize: 38, 'name.first': 'x', title: 'Dr' } }, { title: 'Dr' }],
  ])('%s', (_, operation, expected) => {
    expect(changed(operation)).toEqual(expected);
  });
});

test.each([
  { path: 'members[display eq "x"]', name: 'display' },
  { path: 'members[value eq "y" and $ref pr].type', name: '$ref' },
])('the brackets of a path cannot compare what is joined when an answer is made: $path', ({ path, name }) => {
  const remove = () => patch(group, { displayName: 'Team' }, [{ op: 'remove', path }]);
  expect(remove).toThrow(refusal('invalidFilter', `${path}: at position`));
  expect(remove).toThrow(refusal('invalidFilter', `${name}: joined when an answer is made`));
});

describe('refusals', () => {
  test.each<[string, Operation, string, string]>([
    ['an unknown operation', { op: 'move', path: 'title' }, 'invalidSyntax', 'op move'],
    ['remove without a path', { op: 'remove' }, 'noTarget', 'expected a path'],
    ['add without a value', { op: 'add', path: 'title' }, 'invalidValue', 'title'],
    ['a value without a path that is no object', { op: 'add', value: 'x' }, 'invalidValue', 'expected an object'],
    ['an unknown attribute', { op: 'add', path: 'shoeSize', value: 1 }, 'invalidPath', 'shoeSize'],
    ['a prototype', { op: 'add', path: '__proto__.polluted', value: 'x' }, 'invalidPath', '__proto__'],
    ['a constructor', { op: 'replace', path: 'constructor', value: 'x' }, 'invalidPath', 'constructor'],
    ['a path that does not parse', { op: 'add', path: 'emails[type eq', value: 1 }, 'invalidPath', 'position 15'],
    ['an unknown sub-attribute', { op: 'add', path: 'emails[type eq "work"].size', value: 1 }, 'invalidPath', 'size'],
    ['a filter on a simple attribute', { op: 'add', path: 'nickName[value eq "x"]', value: 1 }, 'invalidPath', 'multi-valued'],
    ['an unknown attribute in a filter', { op: 'add', path: 'emails[size eq 1].value', value: 1 }, 'invalidFilter', 'size'],
    ['what the server owns', { op: 'replace', path: 'id', value: 'x' }, 'mutability', 'id'],
    ['the groups of a user', { op: 'add', path: 'groups', value: [{ value: 'g' }] }, 'mutability', 'groups'],
    ['a required attribute gone', { op: 'remove', path: 'userName' }, 'mutability', 'userName'],
    ['a required attribute emptied', { op: 'replace', path: 'userName', value: '' }, 'invalidValue', 'userName'],
    ['a wrong type', { op: 'replace', path: 'emails', value: [{ value: {} }] }, 'invalidValue', 'emails.value'],
    ['an attribute twice, in different letter case', { op: 'add', value: { title: 'a', TITLE: 'b' } }, 'invalidValue', 'title'],
    ['… once with its schema', { op: 'add', value: { title: 'a', [`${userSchema.id}:title`]: 'b' } }, 'invalidValue', 'title'],
    ['… as a sub-attribute', { op: 'add', path: 'name', value: { givenName: 'a', GIVENNAME: 'b' } }, 'invalidValue', 'name.givenName'],
    ['a sub-attribute of what the server owns', { op: 'add', path: 'groups[value eq "g"].display', value: 'x' }, 'mutability', 'groups'],
    ['several primary values at once', { op: 'replace', path: 'emails.primary', value: true }, 'invalidValue', 'emails.primary'],
    ['… by a filter', { op: 'add', path: 'emails[value pr]', value: { primary: true } }, 'invalidValue', 'emails.primary'],
    ['what a filter describes in part', { op: 'add', path: 'ims[type eq "x" and value co "y"].display', value: 'z' }, 'noTarget', 'ims'],
    ['what a filter describes by nothing', { op: 'add', path: 'ims[display eq null].value', value: 'z' }, 'noTarget', 'ims'],
    ['schemas that are no texts', { op: 'add', path: 'schemas', value: [userSchema.id, 5] }, 'invalidValue', 'schemas'],
    ['a schema beside one that is known', { op: 'add', path: 'schemas', value: [userSchema.id, 'urn:x:y'] }, 'invalidValue', 'schemas'],
    ['an object that holds nothing for all values', { op: 'replace', path: 'emails', value: [{}] }, 'invalidValue', 'emails'],
    ['a bare value for several parts', { op: 'replace', path: 'name', value: 'Ada' }, 'invalidValue', 'name: expected an object'],
    ['brackets behind one of several', { op: 'remove', path: 'emails.value[value eq "a"]' }, 'invalidPath', 'emails.value'],
    [
      'a sub-attribute twice where a value is made',
      { op: 'add', path: 'ims[type eq "x"]', value: { value: 'a', VALUE: 'b' } },
      'invalidValue',
      'given twice',
    ],
    [
      'several objects for one value',
      { op: 'replace', path: 'emails[type eq "work"]', value: [{ value: 'a' }, { value: 'b' }] },
      'invalidValue',
      'one value',
    ],
    [
      'a created value of a wrong type',
      { op: 'add', path: 'ims[type eq "xmpp"].value', value: {} },
      'invalidValue',
      'ims[type eq "xmpp"].value: expected a string',
    ],
    [
      'a filter that nothing matches and nothing can be made of',
      { op: 'replace', path: 'emails[value co "x"].type', value: 'x' },
      'noTarget',
      'emails',
    ],
  ])('%s', (_, operation, scimType, detail) => {
    expect(() => apply(operation)).toThrow(expect.objectContaining({ status: 400, scimType, message: expect.stringContaining(detail) }));
  });

  test('one operation that fails leaves the resource as it was', () => {
    const before = structuredClone(ada);
    expect(() => apply({ op: 'replace', path: 'nickName', value: 'Ace' }, { op: 'replace', path: 'active', value: 'maybe' })).toThrow(
      'active',
    );
    expect(ada).toEqual(before);
  });
});

test('a complex value in an array is that value, with what is not given of it', () => {
  expect(changed({ op: 'replace', path: 'name', value: [{ givenName: 'A' }] })).toEqual({
    name: { givenName: 'A', familyName: 'Lovelace' },
  });
  expect(changed({ op: 'replace', path: urn, value: [{ department: 'Maths' }] })).toEqual({
    [urn]: { department: 'Maths', manager: { value: 'm1', $ref: '/Users/m1' } },
  });
});

test('a path that is too long to be repeated is cut in errors', () => {
  const long = 'x'.repeat(9_000);
  const paths = [`emails[type eq "${long}"].value`, `emails[size eq "${long}"]`];
  for (const path of paths)
    expect(() => apply({ op: 'replace', path, value: {} })).toThrow(
      expect.objectContaining({ status: 400, message: expect.not.stringContaining('x'.repeat(300)) }),
    );
});

test('what changes nothing gives the resource itself', () => {
  for (const operation of [
    { op: 'replace', value: { active: true, nickName: 'Countess', name: { givenName: 'Ada' } } },
    { op: 'add', path: 'emails', value: [home] },
    { op: 'remove', path: 'emails[type eq "other"]' },
    { op: 'remove', path: 'active' },
  ])
    expect(patch(user, ada, [operation]).resource).toBe(ada);
});

test('a thousand paths that are all different, and the first of them again, mean what they say', () => {
  const first = { op: 'remove', path: 'emails[value eq "a@home"]' };
  const others = Array.from({ length: 900 }, (_, i) => ({ op: 'remove', path: `emails[value eq "${i}"]` }));
  expect(apply(...others).emails).toEqual([work, home]);
  expect(apply(first, ...others, first).emails).toEqual([work]);
});

test('operations follow one another', () => {
  const after = apply(
    { op: 'remove', path: 'emails' },
    { op: 'add', path: 'emails[type eq "work"].value', value: 'b' },
    { op: 'add', path: 'emails[type eq "work"].primary', value: 'True' },
  );
  expect(after.emails).toEqual([{ type: 'work', value: 'b', primary: true }]);
});

describe('values that are the same are one (RFC 7643 section 2.4)', () => {
  const ims = (...values: JsonObject[]): JsonObject => ({ ...ada, ims: values });
  const imsAfter = (before: JsonObject, ...operations: Operation[]) => patch(user, before, operations).resource.ims;

  test.each<[string, JsonObject[], Operation, JsonObject[]]>([
    [
      'a value that is renamed to another one',
      [{ value: 'a', display: 'A' }, { value: 'b' }],
      { op: 'replace', path: 'ims[value eq "a"].value', value: 'b' },
      [{ value: 'b', display: 'A' }],
    ],
    [
      'values that are all renamed',
      [{ value: 'a' }, { value: 'c' }, { value: 'b', primary: true }],
      { op: 'replace', path: 'ims.value', value: 'x' },
      [{ value: 'x', primary: true }],
    ],
    [
      'a value that is replaced by another one',
      [
        { value: 'a', type: 't' },
        { value: 'b', type: 't' },
      ],
      { op: 'replace', path: 'ims[value eq "a"]', value: { value: 'B', type: 'T' } },
      [{ value: 'B', type: 'T' }],
    ],
    [
      'not one of another type',
      [
        { value: 'a', type: 't' },
        { value: 'b', type: 'u' },
      ],
      { op: 'replace', path: 'ims[value eq "a"].value', value: 'b' },
      [
        { value: 'b', type: 't' },
        { value: 'b', type: 'u' },
      ],
    ],
    [
      'a value that a filter creates and that is there',
      [{ value: 'a' }, { value: 'b' }],
      { op: 'Add', path: 'ims[primary eq "True"].value', value: 'a' },
      [{ value: 'a', primary: true }, { value: 'b' }],
    ],
    [
      'removed is what has the value, and the type where one is named',
      [{ value: 'a', type: 't' }, { value: 'a', type: 'u' }, { value: 'a' }],
      { op: 'remove', path: 'ims', value: { value: 'A', type: 'T' } },
      [{ value: 'a', type: 'u' }],
    ],
    [
      'removed is what has all that is named, in any letter case',
      [
        { value: 'a', type: 't', primary: true },
        { value: 'b', type: 't' },
      ],
      { op: 'remove', path: 'ims', value: [{ type: 'T', primary: 'True' }] },
      [{ value: 'b', type: 't' }],
    ],
  ])('%s', (_, before, operation, after) => {
    expect(imsAfter(ims(...before), operation)).toEqual(after);
  });

  test('among several of one value, the type tells which is meant', () => {
    const [t, u, v] = [
      { value: 'a', type: 't' },
      { value: 'a', type: 'u' },
      { value: 'a', type: 'v' },
    ] as const;
    const given = [
      { ...v, display: 'V' },
      { ...u, display: 'U' },
      { value: 'a', type: 'w' },
    ];
    expect(imsAfter(ims(t, u, v), { op: 'add', path: 'ims', value: given })).toEqual([
      t,
      { ...u, display: 'U' },
      { ...v, display: 'V' },
      { value: 'a', type: 'w' },
    ]);
    expect(imsAfter(ims(t, u), { op: 'replace', path: 'ims[type eq "t"].type', value: 'u' })).toEqual([u]);
  });

  test('a value that has none loses no label with another', () => {
    expect(imsAfter(ims({ primary: true, display: 'x' }), { op: 'remove', path: 'ims.display' })).toEqual([{ primary: true }]);
  });

  test('a list that is given has no two of them', () => {
    const value = [{ value: 'a', type: 't' }, { value: 'A', type: 'T', display: 'A' }, { value: 'a' }, { value: 'a', type: 'u' }];
    expect(imsAfter(ada, { op: 'replace', path: 'ims', value })).toEqual([
      { value: 'a', type: 't', display: 'A' },
      { value: 'a', type: 'u' },
    ]);
  });

  test('a value without a value is told by its parts, of which primary is none', () => {
    const operation = { op: 'add', path: 'addresses', value: [{ type: 'work', locality: 'London', primary: true }] };
    const before = { ...ada, addresses: [{ type: 'work', locality: 'London' }] };
    expect(patch(user, before, [operation]).resource.addresses).toEqual([{ type: 'work', locality: 'London', primary: true }]);
  });

  test('a grant that is added by the filter of its type takes the place of no other', () => {
    const grants = [
      { value: 'a', type: 'License' },
      { value: 'b', type: 'License' },
    ];
    const add = (value: JsonObject) =>
      patch(user, { ...ada, entitlements: grants }, [{ op: 'add', path: 'entitlements[type eq "License"]', value }]).resource.entitlements;
    expect(add({ value: 'c' })).toEqual([...grants, { type: 'License', value: 'c' }]);
    expect(add({ value: 'B' })).toHaveLength(3);
    expect(add({ VALUE: 'b', display: 'B' })).toEqual([
      { value: 'a', type: 'License' },
      { value: 'b', type: 'License', display: 'B' },
    ]);
  });

  test('what is done again finds its work done', () => {
    for (const path of ['ims[value eq "a"].value', 'ims[primary eq true].value', 'ims.value']) {
      const operation = { op: 'replace', path, value: 'b' };
      const once = patch(user, ims({ value: 'a' }), [operation]).resource;
      expect(patch(user, once, [operation]).resource).toBe(once);
    }
  });

  test('what has no value yet gets one from the operations that follow', () => {
    const after = imsAfter(
      ada,
      { op: 'Add', path: 'ims[primary eq "True"].display', value: 'Administrator' },
      { op: 'Add', path: 'ims[primary eq "True"].value', value: 'Admin' },
    );
    expect(after).toEqual([{ primary: true, display: 'Administrator', value: 'Admin' }]);
  });
});

describe('what a PATCH must not do', () => {
  test.each<[string, Operation]>([
    ['replace all values by what the schema does not have', { op: 'replace', path: 'emails', value: [{ val: 'new@b' }] }],
    ['replace one value by what the schema does not have', { op: 'replace', path: 'emails[type eq "work"]', value: { mail: 'z' } }],
    ['add what the schema does not have', { op: 'add', path: 'emails', value: [{ value: 'b' }, { val: 'c' }] }],
  ])('%s', (_, operation) => {
    expect(() => apply(operation)).toThrow(
      expect.objectContaining({ scimType: 'invalidValue', message: expect.stringContaining('emails') }),
    );
  });

  test.each<Operation>([
    { op: 'replace', path: 'active', value: null },
    { op: 'replace', value: { active: '' } },
    { op: 'remove', path: 'active' },
  ])('clear active, since a later PUT without it would activate: %j', (operation) => {
    expect(patch(user, { ...ada, active: false }, [operation]).resource.active).toBe(false);
  });

  test.each<[string, Operation, object]>([
    [
      'add a value twice in one operation',
      { op: 'add', path: 'emails', value: [{ value: 'b' }, { value: 'b' }] },
      { emails: [work, home, { value: 'b' }] },
    ],
    ['add a value that is there in other letters', { op: 'add', path: 'emails', value: [{ value: 'A@HOME', type: 'Home' }] }, {}],
    [
      'add a value beside itself where more is given of it',
      { op: 'add', path: 'emails', value: [{ ...home, display: 'Ada' }] },
      { emails: [work, { ...home, display: 'Ada' }] },
    ],
    ['leave a value that is named in other letters', { op: 'remove', path: 'emails', value: [{ value: 'A@HOME' }] }, { emails: [work] }],
    [
      'take a sub-attribute in other letters for another',
      { op: 'add', path: 'ims[TYPE eq "xmpp"]', value: { Type: 'xmpp', value: 'x' } },
      { ims: [{ type: 'xmpp', value: 'x' }] },
    ],
    ['leave values without a value', { op: 'remove', path: 'emails.value' }, { emails: undefined }],
    [
      'leave what an addition has emptied',
      { op: 'add', path: 'emails[type eq "work"]', value: { value: '', display: 'x' } },
      { emails: [home] },
    ],
    ['take an addition of nothing for a removal', { op: 'add', path: 'emails[type eq "work"]', value: {} }, {}],
    ['keep what is replaced by nothing', { op: 'replace', path: 'emails[type eq "work"]', value: null }, { emails: [home] }],
    [
      'make nothing of a filter of several parts',
      { op: 'Add', path: 'ims[type eq "xmpp" and primary eq "True"].value', value: 'x' },
      { ims: [{ type: 'xmpp', primary: true, value: 'x' }] },
    ],
    ['remove all where none is named', { op: 'remove', path: 'emails', value: [] }, {}],
    ['remove all where what is named is nothing', { op: 'remove', path: 'emails', value: [{}, null] }, {}],
    ['clear what a filter does not find', { op: 'replace', path: 'ims[type eq "xmpp"]', value: null }, {}],
    ['lose what a manager is known by, given again', { op: 'Add', path: `${urn}:manager`, value: 'm1' }, {}],
    [
      'keep what a manager was known by',
      { op: 'Replace', path: `${urn}:manager`, value: [{ value: 'm2' }] },
      { [urn]: { department: 'Engines', manager: { value: 'm2' } } },
    ],
  ])('%s', (_, operation, expected) => {
    expect(changed(operation)).toEqual(expected);
  });

  test('count an attribute without a path twice', () => {
    const operations = Array.from({ length: 1_000 }, (_, i) => ({ op: 'add', value: { title: `${i}` } }));
    expect(apply(...operations).title).toBe('999');
    expect(() => apply({ op: 'x'.repeat(1_000) })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('x'.repeat(50)) }),
    );
  });

  test("leave a manager of whom only the name is left, which is the server's own", () => {
    const before = { ...ada, [urn]: { manager: { value: 'm1', displayName: 'Boss' } } };
    expect(patch(user, before, [{ op: 'replace', path: `${urn}:manager`, value: { value: null } }]).resource[urn]).toBeUndefined();
  });

  test('leave an address that is nothing but primary', () => {
    const before = { ...ada, addresses: [{ streetAddress: 'x', primary: true }] };
    expect(patch(user, before, [{ op: 'remove', path: 'addresses.streetAddress' }]).resource.addresses).toBeUndefined();
  });

  test('change what the server owns of a member', () => {
    const before = { displayName: 'Guides', members: [{ value: 'a', display: 'Ada' }] };
    const keys = ['members.display', 'members[value eq "a"].display'];
    for (const path of keys)
      expect(() => patch(group, before, [{ op: 'add', path, value: 'x' }])).toThrow(refusal('mutability', 'read-only'));
    expect(patch(group, before, [{ op: 'add', value: Object.fromEntries(keys.map((key) => [key, 'x'])) }]).resource).toBe(before);
  });

  test('take more operations than it can look through', () => {
    const operations = Array.from({ length: 1_001 }, () => ({ op: 'replace', path: 'title', value: 'x' }));
    expect(() => apply(...operations)).toThrow(expect.objectContaining({ scimType: 'tooMany' }));
    const spelled = Object.fromEntries(operations.map((_, i) => [`ims[value eq "a"].display${' '.repeat(i)}`, 'x']));
    expect(() => apply({ op: 'add', value: spelled })).toThrow(expect.objectContaining({ scimType: 'tooMany' }));
    expect(() => apply(...operations.slice(2), { op: 'add', value: { title: 'x', nickName: 'y', displayName: 'z' } })).toThrow(
      refusal('tooMany'),
    );
  });

  test('read what is given to each value more than once', () => {
    const unknown = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`x${i}`, 1]));
    const { resource, unknowns } = patch(user, ada, [{ op: 'add', path: 'emails[value pr]', value: { ...unknown, display: 'A' } }]);
    const manager = patch(user, ada, [{ op: 'replace', path: `${urn}:manager`, value: [{ value: 'm2', x: 1 }] }]);
    expect(manager.unknowns).toEqual([`${urn}:manager.x`]);
    expect([resource.emails, unknowns.length]).toEqual([
      [
        { ...work, display: 'A' },
        { ...home, display: 'A' },
      ],
      1_000,
    ]);
  });
});
