import { describe, expect, test } from '@jest/globals';
import { compileFilter } from '../../../lambdas/scim/filter/compile.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import { project } from '../../../lambdas/scim/project.ts';
import { type Attribute, attributeNamed } from '../../../lambdas/scim/schemas/attribute.ts';
import { enterpriseUserSchema } from '../../../lambdas/scim/schemas/enterprise-user.ts';
import { group, groupSchema } from '../../../lambdas/scim/schemas/group.ts';
import { user, userSchema } from '../../../lambdas/scim/schemas/user.ts';
import { created, replaced } from '../../support/bodies.ts';
import { refusal } from '../../support/rfc.ts';

const compile = (filter: string) => compileFilter(parseFilter(filter), user.attributes, { coreUrn: userSchema.id });
const subAttribute = (attributes: readonly Attribute[], name: string, sub: string) =>
  attributeNamed(attributeNamed(attributes, name)?.subAttributes ?? [], sub);

describe('RFC 7643 section 4.1, "User" resource schema', () => {
  test('the core schema for "User" is identified by its URI', () => {
    expect(userSchema.id).toBe('urn:ietf:params:scim:schemas:core:2.0:User');
  });

  test('userName: each User MUST include a non-empty value', () => {
    for (const userName of [undefined, null, '']) expect(() => created(user, { userName })).toThrow(refusal('invalidValue', 'userName: '));
  });

  test("userName: MUST be unique across the service provider's entire set of Users", () => {
    expect(user.unique).toEqual(['userName']);
  });

  test('userName: is case insensitive', () => {
    expect(compile('userName eq "BJENSEN"')({ userName: 'bjensen' })).toBe(true);
  });

  test('password: the value SHALL NOT be returnable', () => {
    const resource = { id: '1', ...created(user, { userName: 'bjensen', password: 't1meMa$heen' }), password: 't1meMa$heen' };
    expect(project(user, resource)).toMatchObject({ userName: 'bjensen' });
    for (const selection of [{}, { attributes: ['password'] }, { written: ['password'] }])
      expect(JSON.stringify(project(user, resource, selection))).not.toContain('t1meMa$heen');
  });

  test('password: testing for an equality match MAY be supported, and is not', () => {
    expect(() => compile('password eq "t1meMa$heen"')).toThrow(refusal('invalidFilter', 'password'));
    expect(() => compile('password pr')).toThrow(refusal('invalidFilter', 'password'));
  });

  test('groups: has a mutability of "readOnly"', () => {
    expect(created(user, { userName: 'bjensen', groups: [{ value: 'g1' }] })).not.toHaveProperty('groups');
    expect(replaced(user, { userName: 'bjensen' }, { userName: 'bjensen', groups: [{ value: 'g1' }] })).not.toHaveProperty('groups');
  });

  test.each([
    { name: 'emails', types: ['work', 'home', 'other'] },
    { name: 'phoneNumbers', types: ['work', 'home', 'mobile', 'fax', 'pager', 'other'] },
    { name: 'ims', types: ['aim', 'gtalk', 'icq', 'xmpp', 'msn', 'skype', 'qq', 'yahoo', 'other'] },
    { name: 'photos', types: ['photo', 'thumbnail'] },
    { name: 'addresses', types: ['work', 'home', 'other'] },
    { name: 'groups', types: ['direct', 'indirect'] },
    { name: 'entitlements', types: undefined },
    { name: 'roles', types: undefined },
  ])('$name: has these canonical types, or none', ({ name, types }) => {
    const type = subAttribute(userSchema.attributes, name, 'type');
    expect(type?.name).toBe('type');
    expect(type?.canonicalValues).toEqual(types);
  });

  test('x509Certificates: each value MUST be base64 encoded', () => {
    const certificates = (value: string) => created(user, { userName: 'bjensen', x509Certificates: [{ value }] }).x509Certificates;
    expect(certificates('MIIDQzCCAqygAwIBAgICEAAw')).toEqual([{ value: 'MIIDQzCCAqygAwIBAgICEAAw' }]);
    expect(() => certificates('-----BEGIN CERTIFICATE-----')).toThrow(refusal('invalidValue', 'x509Certificates.value: '));
  });
});

describe('RFC 7643 section 4.2, "Group" resource schema', () => {
  const member = { value: 'u1', $ref: 'https://example.com/v2/Users/u1', type: 'User' };
  const current = { displayName: 'Tour Guides', members: [member] };
  const membersAfter = (...members: readonly object[]) => replaced(group, current, { displayName: 'Tour Guides', members }).members;

  test('displayName: REQUIRED', () => {
    expect(groupSchema.id).toBe('urn:ietf:params:scim:schemas:core:2.0:Group');
    expect(() => created(group, { members: [member] })).toThrow(refusal('invalidValue', 'displayName: '));
  });

  test('members: values MAY be added or removed', () => {
    expect(membersAfter(member, { value: 'u2' })).toEqual([member, { value: 'u2' }]);
    expect(membersAfter({ value: 'u2' })).toEqual([{ value: 'u2' }]);
    expect(membersAfter()).toBeUndefined();
  });

  test('members: sub-attributes are "immutable"', () => {
    for (const name of ['value', '$ref', 'type'])
      expect(subAttribute(groupSchema.attributes, 'members', name)).toMatchObject({ name, mutability: 'immutable' });
    expect(membersAfter({ value: 'u1' })).toEqual([member]);
    expect(() => membersAfter({ ...member, type: 'Group' })).toThrow(refusal('mutability', 'members.type'));
  });
});

describe('RFC 7643 section 4.3, enterprise User schema extension', () => {
  test('the extension is identified by its URI', () => {
    expect(enterpriseUserSchema.id).toBe('urn:ietf:params:scim:schemas:extension:enterprise:2.0:User');
  });

  test('manager: displayName has a mutability of "readOnly"', () => {
    const manager = { value: '26118915', $ref: '../Users/26118915' };
    const body = { userName: 'bjensen', [enterpriseUserSchema.id]: { manager: { ...manager, displayName: 'John Smith' } } };
    expect(created(user, body)[enterpriseUserSchema.id]).toEqual({ manager });
  });
});
