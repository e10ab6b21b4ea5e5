import { describe, expect, test } from '@jest/globals';
import { PATCH_OP_URN, readPatchOp } from '../../../lambdas/http/messages.ts';
import type { JsonObject } from '../../../lambdas/scim/json.ts';
import type { Operation } from '../../../lambdas/scim/patch/actions.ts';
import { patch } from '../../../lambdas/scim/patch/patch.ts';
import { targetAt } from '../../../lambdas/scim/patch/target.ts';
import { represent } from '../../../lambdas/scim/resource.ts';
import { many, string } from '../../../lambdas/scim/schemas/attribute.ts';
import { enterpriseUserSchema } from '../../../lambdas/scim/schemas/enterprise-user.ts';
import { group } from '../../../lambdas/scim/schemas/group.ts';
import type { ResourceType } from '../../../lambdas/scim/schemas/resource-type.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { storedOf } from '../../support/resources.ts';
import { refusal, typeWith } from '../../support/rfc.ts';

/** What a message makes of a resource, read as it is over HTTP. */
const patched = (type: ResourceType, resource: JsonObject, ...operations: readonly object[]): JsonObject =>
  patch(type, resource, readPatchOp({ schemas: [PATCH_OP_URN], Operations: operations })).resource;

const BABS = '2819c223-7f76-453a-919d-413861904646';
const JAMES = '08e1d05d-121c-4561-8b96-473d93df9210';
const refOf = (id: string) => `https://example.com/v2/Users/${id}`;
const babs = { display: 'Babs Jensen', $ref: refOf(BABS), value: BABS };
const james = { display: 'James Smith', $ref: refOf(JAMES), value: JAMES };
/** `display` is the server's own (RFC 7643 section 8.7.1), and left out of what a client gives. */
const member = (id: string) => ({ $ref: refOf(id), value: id });

const guides: JsonObject = { displayName: 'Tour Guides', members: [{ value: 'other' }] };
const jensen: JsonObject = {
  userName: 'bjensen@example.com',
  active: true,
  emails: [
    { value: 'bjensen@example.com', type: 'work', primary: true },
    { value: 'babs@jensen.org', type: 'home' },
  ],
  addresses: [
    { type: 'work', streetAddress: '100 Universal City Plaza', locality: 'Hollywood', primary: true },
    { type: 'home', streetAddress: '456 Hollywood Blvd', locality: 'Hollywood' },
  ],
};

describe('RFC 7644 section 3.5.2, the examples', () => {
  test('figure 6: adding a member', () => {
    const after = patched(group, guides, { op: 'add', path: 'members', value: [babs] });
    expect(after).toEqual({ displayName: 'Tour Guides', members: [{ value: 'other' }, member(BABS)] });
    expect(patched(group, after, { op: 'add', path: 'members', value: [babs] })).toEqual(after);
  });

  test.each([
    { path: 'members', names: ['members'] },
    { path: 'name.familyName', names: ['name', 'familyName'] },
    { path: 'addresses[type eq "work"]', names: ['addresses'] },
    { path: `members[value eq "${BABS}"]`, names: ['members'] },
    { path: `members[value eq\n              "${BABS}"].displayName`, names: ['members'], sub: 'displayName' },
  ])('figure 8: $path', ({ path, names, sub }) => {
    // No schema of the RFC has all of them.
    const type = typeWith(
      many('members', '', [string('value', ''), string('displayName', '')]),
      ...user.schema.attributes.filter(({ name }) => name === 'name' || name === 'addresses'),
    );
    const { chain, selection } = targetAt(type, path);
    expect([chain.map(({ name }) => name), selection?.sub?.name]).toEqual([names, sub]);
  });

  test('3.5.2.1: one or more attributes without a path', () => {
    const value = { emails: [{ value: 'babs@jensen.org', type: 'home' }], nickname: 'Babs' };
    const before = { ...jensen, emails: [{ value: 'bjensen@example.com', type: 'work' }] };
    expect(patched(user, before, { op: 'add', value })).toEqual({
      ...before,
      nickName: 'Babs',
      emails: [{ value: 'bjensen@example.com', type: 'work' }, ...value.emails],
    });
    expect(patched(user, { ...before, nickName: 'Barbara' }, { op: 'add', value }).nickName).toBe('Babs');
  });

  test('3.5.2.2: removing a single member', () => {
    const before = { ...guides, members: [{ value: 'other' }, member(BABS)] };
    const operation = { op: 'remove', path: `members[value eq "${BABS}"]` };
    expect(patched(group, before, operation)).toEqual(guides);
    expect(patched(group, guides, operation)).toBe(guides);
  });

  test('3.5.2.2: removing all members', () => {
    expect(patched(group, guides, { op: 'remove', path: 'members' })).toEqual({ displayName: 'Tour Guides' });
  });

  test('3.5.2.2: removing a value from a complex multi-valued attribute', () => {
    const operation = { op: 'remove', path: 'emails[type eq "work" and value ew "example.com"]' };
    expect(patched(user, jensen, operation).emails).toEqual([{ value: 'babs@jensen.org', type: 'home' }]);
  });

  test('3.5.2.2: removing and adding a member', () => {
    const before = { ...guides, members: [member(BABS)] };
    const operations = [
      { op: 'remove', path: `members[value eq"${BABS}"]` },
      { op: 'add', path: 'members', value: [james] },
    ];
    expect(patched(group, before, ...operations)).toEqual({ ...guides, members: [member(JAMES)] });
  });

  test('3.5.2.2: replacing all members by removing and adding', () => {
    const operations = [
      { op: 'remove', path: 'members' },
      { op: 'add', path: 'members', value: [babs, james] },
    ];
    expect(patched(group, guides, ...operations)).toEqual({ ...guides, members: [member(BABS), member(JAMES)] });
  });

  test('3.5.2.3: replacing all members', () => {
    const operation = { op: 'replace', path: 'members', value: [babs, james] };
    expect(patched(group, guides, operation)).toEqual({ ...guides, members: [member(BABS), member(JAMES)] });
  });

  test('3.5.2.3: replacing the entire "work" address, which resets "primary" of any other', () => {
    const value = {
      type: 'work',
      streetAddress: '911 Universal City Plaza',
      locality: 'Hollywood',
      region: 'CA',
      postalCode: '91608',
      country: 'US',
      formatted: '911 Universal City Plaza\nHollywood, CA 91608 US',
      primary: true,
    };
    const home = { type: 'home', streetAddress: '456 Hollywood Blvd', locality: 'Hollywood' };
    const before: JsonObject = {
      ...jensen,
      addresses: [
        { type: 'work', region: 'NY' },
        { ...home, primary: true },
      ],
    };
    const after = patched(user, before, { op: 'replace', path: 'addresses[type eq "work"]', value });
    expect(after.addresses).toEqual([value, { ...home, primary: false }]);
  });

  test('3.5.2.3: replacing a specific sub-attribute', () => {
    const operation = { op: 'replace', path: 'addresses[type eq "work"].streetAddress', value: '1010 Broadway Ave' };
    expect(patched(user, jensen, operation).addresses).toEqual([
      { type: 'work', streetAddress: '1010 Broadway Ave', locality: 'Hollywood', primary: true },
      { type: 'home', streetAddress: '456 Hollywood Blvd', locality: 'Hollywood' },
    ]);
  });
});

test.each([
  { Operations: [{ op: 5 }], detail: 'Operations.0.op: expected add, replace or remove' },
  {
    Operations: [
      { op: 'add', path: 'title', value: 'x' },
      { op: 'add', path: 3 },
    ],
    detail: 'Operations.1.path: expected a string',
  },
  { Operations: [], detail: 'Operations: expected an array' },
  { Operations: { op: 'add' }, detail: 'Operations: expected an array' },
  { Operations: [3], detail: 'Operations: expected an array' },
  { Operations: undefined, detail: 'Operations: expected an array' },
])(
  'RFC 7644 section 3.5.2, "Operations", whose value is an array of one or more PATCH operations: $Operations',
  ({ Operations, detail }) => {
    expect(() => readPatchOp({ schemas: [PATCH_OP_URN], Operations })).toThrow(refusal('invalidSyntax', detail));
  },
);

describe('RFC 7644 section 3.5.2, mutability', () => {
  const type = typeWith(
    string('serial', '', { mutability: 'immutable' }),
    string('owner', '', { mutability: 'readOnly' }),
    string('note', '', { required: true }),
    string('tags', '', { multiValued: true, required: true }),
  );
  const thing = { note: 'x', tags: ['a', 'b'] };

  describe.each([
    { mutability: 'readOnly', path: 'owner' },
    { mutability: 'immutable', path: 'serial' },
  ])('a client MUST NOT modify an attribute that is "$mutability"', ({ path }) => {
    test.each([{ op: 'add', value: 'new' }, { op: 'replace', value: 'new' }, { op: 'remove' }])('$op', (operation) => {
      expect(() => patched(type, { ...thing, [path]: 'old' }, { ...operation, path })).toThrow(refusal('mutability', path));
    });
  });

  test('a client MAY "add" a value to an "immutable" attribute if the attribute had no previous value', () => {
    expect(patched(type, thing, { op: 'add', path: 'serial', value: '7' })).toEqual({ ...thing, serial: '7' });
    const twice = [
      { op: 'add', path: 'serial', value: '7' },
      { op: 'add', path: 'serial', value: '8' },
    ];
    expect(() => patched(type, thing, ...twice)).toThrow(refusal('mutability', 'serial'));
  });

  test.each<[string, Operation]>([
    ['removed', { op: 'remove', path: 'note' }],
    ['removed with all its values', { op: 'remove', path: 'tags' }],
    ['removed with its last values', { op: 'remove', path: 'tags[value pr]' }],
    ['removed with its last values by name', { op: 'remove', path: 'tags', value: ['a', 'b'] }],
  ])('a required attribute is not %s', (_, operation) => {
    expect(() => patched(type, thing, operation)).toThrow(refusal('mutability', 'required'));
  });

  test('a required attribute loses a value as long as there is another one', () => {
    expect(patched(type, thing, { op: 'remove', path: 'tags[value eq "a"]' })).toEqual({ ...thing, tags: ['b'] });
  });
});

describe('RFC 7644 section 3.5.2, schemas', () => {
  const urns = (body: JsonObject) => represent(user, storedOf(body)).schemas;

  test('an attribute with its fully qualified name adds its schema, and the last one that is removed takes it away', () => {
    const path = `${enterpriseUserSchema.id}:employeeNumber`;
    const after = patched(user, jensen, { op: 'add', path, value: '701984' });
    expect(urns(after)).toEqual([user.schema.id, enterpriseUserSchema.id]);
    expect(urns(patched(user, after, { op: 'remove', path }))).toEqual([user.schema.id]);
  });

  test('may be named as far as the resource type has them, and follow from the attributes', () => {
    for (const op of ['add', 'replace'])
      expect(patched(user, jensen, { op, path: 'schemas', value: [enterpriseUserSchema.id.toUpperCase()] })).toBe(jensen);
    expect(patched(user, jensen, { op: 'add', path: 'schemas', value: user.schema.id })).toBe(jensen);
    expect(() => patched(user, jensen, { op: 'add', path: 'schemas', value: ['urn:x:y'] })).toThrow(refusal('invalidValue', 'schemas'));
    expect(() => patched(user, jensen, { op: 'remove', path: 'schemas' })).toThrow(refusal('mutability', 'schemas'));
  });
});

describe('RFC 7644 section 3.5.2, one action after the other', () => {
  test('each operation finds what the one before has left', () => {
    const operations = [
      { op: 'remove', path: 'emails[type eq "home"]' },
      { op: 'replace', path: 'emails.type', value: 'home' },
      { op: 'add', path: 'emails[type eq "home"].display', value: 'Babs' },
    ];
    expect(patched(user, jensen, ...operations).emails).toEqual([
      { value: 'bjensen@example.com', type: 'home', primary: true, display: 'Babs' },
    ]);
  });

  test('if one fails, none is applied', () => {
    const before = structuredClone(jensen);
    const operations = [
      { op: 'remove', path: 'emails' },
      { op: 'add', path: 'active', value: 'maybe' },
    ];
    expect(() => patched(user, jensen, ...operations)).toThrow(refusal('invalidValue', 'active'));
    expect(jensen).toEqual(before);
  });
});

describe('RFC 7644 section 3.5.2.1, add', () => {
  test.each<[string, Operation]>([
    ['a simple attribute', { op: 'add', path: 'userName', value: 'bjensen@example.com' }],
    ['a value', { op: 'add', path: 'emails', value: [{ value: 'BABS@jensen.org', type: 'HOME' }] }],
    ['a sub-attribute of a value', { op: 'add', path: 'emails[type eq "work"].primary', value: true }],
    ['without a path', { op: 'add', value: { active: true, emails: [{ value: 'babs@jensen.org' }] } }],
  ])('if the target location already contains the value specified, no changes are made: %s', (_, operation) => {
    expect(patched(user, jensen, operation)).toEqual(jensen);
  });

  test('the operation MUST contain a "value" member', () => {
    expect(() => patched(user, jensen, { op: 'add', path: 'title' })).toThrow(refusal('invalidValue', 'title'));
    expect(() => patched(user, jensen, { op: 'replace', path: 'emails' })).toThrow(refusal('invalidValue', 'emails'));
    expect(() => patched(user, jensen, { op: 'replace' })).toThrow(refusal('invalidValue', 'replace'));
  });
});

describe('RFC 7644 section 3.5.2.2, remove', () => {
  test('without a path fails with "noTarget"', () => {
    expect(() => patched(user, jensen, { op: 'remove' })).toThrow(refusal('noTarget'));
    expect(() => patched(user, jensen, { op: 'remove', value: { title: 'Dr' } })).toThrow(refusal('noTarget'));
  });

  test('a filter that compares a "value" removes values of a simple multi-valued attribute too', () => {
    const type = typeWith(string('tags', '', { multiValued: true }));
    expect(patched(type, { tags: ['a', 'b'] }, { op: 'remove', path: 'tags[value eq "A"]' })).toEqual({ tags: ['b'] });
    expect(patched(type, { tags: ['a'] }, { op: 'remove', path: 'tags[value eq "a"]' })).toEqual({});
    expect(patched(type, { tags: ['a', 'b'] }, { op: 'replace', path: 'tags[value eq "a"]', value: 'c' })).toEqual({ tags: ['c', 'b'] });
    expect(() => patched(type, { tags: ['a'] }, { op: 'replace', path: 'tags[value eq "x"]', value: 'c' })).toThrow(refusal('noTarget'));
  });

  test('a sub-attribute without a filter is removed from each value', () => {
    expect(patched(user, jensen, { op: 'remove', path: 'addresses.streetAddress' }).addresses).toEqual([
      { type: 'work', locality: 'Hollywood', primary: true },
      { type: 'home', locality: 'Hollywood' },
    ]);
  });
});

describe('RFC 7644 section 3.5.2.3, replace', () => {
  test('an attribute that does not exist is treated as an "add"', () => {
    expect(patched(user, jensen, { op: 'replace', path: 'nickName', value: 'Babs' })).toEqual({ ...jensen, nickName: 'Babs' });
    expect(patched(user, jensen, { op: 'replace', path: 'name.givenName', value: 'Babs' }).name).toEqual({ givenName: 'Babs' });
    expect(patched(user, jensen, { op: 'replace', path: 'ims.value', value: 'babs' }).ims).toEqual([{ value: 'babs' }]);
  });

  test('all matching record values are replaced, by what is one value from then on', () => {
    const operation = { op: 'replace', path: 'addresses[locality eq "Hollywood"]', value: { locality: 'London', primary: true } };
    expect(patched(user, jensen, operation).addresses).toEqual([{ locality: 'London', primary: true }]);
  });

  test('the matching sub-attribute of all matching records is replaced', () => {
    const operation = { op: 'replace', path: 'addresses[locality eq "Hollywood"].region', value: 'CA' };
    expect(patched(user, jensen, operation).addresses).toEqual([
      { type: 'work', streetAddress: '100 Universal City Plaza', locality: 'Hollywood', primary: true, region: 'CA' },
      { type: 'home', streetAddress: '456 Hollywood Blvd', locality: 'Hollywood', region: 'CA' },
    ]);
  });

  test.each<[string, Operation]>([
    ['a value', { op: 'replace', path: 'addresses[type eq "other"]', value: { type: 'other', locality: 'Rome' } }],
    ['a sub-attribute of what the filter does not describe', { op: 'replace', path: 'emails[value co "@x"].type', value: 'work' }],
    ['what would not match', { op: 'replace', path: 'emails[type eq "other"].type', value: 'work' }],
  ])('a filter without a match fails with "noTarget": %s', (_, operation) => {
    expect(() => patched(user, jensen, operation)).toThrow(refusal('noTarget'));
  });
});
