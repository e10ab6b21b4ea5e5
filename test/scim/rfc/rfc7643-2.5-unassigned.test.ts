import { describe, expect, test } from '@jest/globals';
import { compileFilter } from '../../../lambdas/scim/filter/compile.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import { project } from '../../../lambdas/scim/project.ts';
import { string } from '../../../lambdas/scim/schemas/attribute.ts';
import { user, userSchema } from '../../../lambdas/scim/schemas/user.ts';
import { created, replaced } from '../../support/bodies.ts';
import { refusal, typeWith } from '../../support/rfc.ts';

const UNASSIGNED = [
  { says: 'an unassigned attribute', given: {} },
  { says: 'the null value', given: { nickName: null, name: null, emails: null } },
  { says: 'an empty array', given: { emails: [] } },
  { says: 'an array of nothing but null', given: { emails: [null] } },
  { says: 'an empty array for a single value', given: { nickName: [] } },
  { says: 'a complex value of nothing but null', given: { name: { givenName: null } } },
];

describe('RFC 7643 section 2.5, unassigned and null values', () => {
  test.each(UNASSIGNED)('$says SHALL be considered equivalent in state: in a new resource', ({ given }) => {
    expect(created(user, { userName: 'bjensen', ...given })).toEqual(created(user, { userName: 'bjensen' }));
  });

  test.each(UNASSIGNED)('$says has the effect of making the attribute unassigned: in a replacement', ({ given }) => {
    const current = { userName: 'bjensen', active: true, nickName: 'Babs', name: { givenName: 'Barbara' }, emails: [{ value: 'a@b' }] };
    expect(replaced(user, current, { userName: 'bjensen', ...given })).toEqual({ userName: 'bjensen', active: true });
  });

  test('so are the values of a list that are null, and a list of nothing else', () => {
    const type = typeWith(string('tags', 'Labels.', { multiValued: true }));
    expect(created(type, { tags: ['a', null, ''] })).toEqual({ tags: ['a'] });
    expect(created(type, { tags: [null, ''] })).toEqual({});
  });

  test('a required attribute that is null is as good as missing', () => {
    expect(() => created(user, { userName: null })).toThrow(refusal('invalidValue', 'userName: '));
  });

  test('unassigned attributes MAY be omitted for compactness', () => {
    const resource = { schemas: [userSchema.id], id: '1', ...created(user, { userName: 'bjensen', emails: [], nickName: null }) };
    expect(project(user, resource)).toEqual({ schemas: [userSchema.id], id: '1', userName: 'bjensen', active: true });
  });

  test('a filter finds unassigned attributes by null', () => {
    const matches = (filter: string) => compileFilter(parseFilter(filter), user.attributes)({ userName: 'bjensen' });
    expect(matches('nickName eq null')).toBe(true);
    expect(matches('userName eq null')).toBe(false);
    expect(matches('nickName pr')).toBe(false);
  });
});
