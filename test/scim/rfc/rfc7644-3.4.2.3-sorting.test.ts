import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../lambdas/scim/json.ts';
import { boolean, complex, dateTime, integer, string } from '../../../lambdas/scim/schemas/attribute.ts';
import { group } from '../../../lambdas/scim/schemas/group.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { compileSort, inOrder } from '../../../lambdas/scim/sort.ts';
import { refusal, typeWith } from '../../support/rfc.ts';

type Named = readonly [name: string, resource: JsonObject];

/** The names of resources in their order. */
const sorted = (by: string, resources: readonly Named[], order: 'ascending' | 'descending' = 'ascending', type = user) =>
  inOrder(compileSort(type, { by, order }), resources, ([, resource]) => resource).map(([name]) => name);

describe('RFC 7644 section 3.4.2.3, sortBy', () => {
  test("if it corresponds to a singular attribute, resources are sorted according to that attribute's value", () => {
    const resources: Named[] = [
      ['b', { userName: 'bjensen' }],
      ['j', { userName: 'jsmith' }],
      ['a', { userName: 'adoe' }],
    ];
    expect(sorted('userName', resources)).toEqual(['a', 'b', 'j']);
    expect(sorted('userName', resources, 'descending')).toEqual(['j', 'b', 'a']);
  });

  test.each([{ by: 'emails' }, { by: 'emails.value' }])(
    'if it is multi-valued, resources are sorted by the value of the primary attribute, if any: $by',
    ({ by }) => {
      const resources: Named[] = [
        ['third', { emails: [{ value: 'a@b' }, { value: 'z@b', primary: true }] }],
        ['first', { emails: [{ value: 'y@b' }, { value: 'b@b', primary: true }] }],
        ['second', { emails: [{ value: 'm@b', primary: true }, { value: 'a@b' }] }],
      ];
      expect(sorted(by, resources)).toEqual(['first', 'second', 'third']);
    },
  );

  test.each([{ by: 'emails' }, { by: 'emails.value' }])('or else by the first value in the list, if any: $by', ({ by }) => {
    const resources: Named[] = [
      ['none', {}],
      ['second', { emails: [{ value: 'c@b' }, { value: 'a@b' }] }],
      ['first', { emails: [{ value: 'b@b', primary: false }, { value: 'z@b' }] }],
    ];
    expect(sorted(by, resources)).toEqual(['first', 'second', 'none']);
  });

  test('if the attribute is complex, the name must be a path to a sub-attribute, e.g. name.givenName', () => {
    const resources: Named[] = [
      ['j', { name: { givenName: 'Jim' } }],
      ['b', { name: { givenName: 'Barbara' } }],
    ];
    expect(sorted('name.givenName', resources)).toEqual(['b', 'j']);
    expect(() => compileSort(user, { by: 'name', order: 'ascending' })).toThrow(refusal('invalidValue', 'name'));
    const manager = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager';
    expect(() => compileSort(user, { by: manager, order: 'ascending' })).toThrow(refusal('invalidValue', `${manager} is complex`));
  });

  test('the name is in standard attribute notation (section 3.10)', () => {
    const urn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
    const resources: Named[] = [
      ['b', { userName: 'B', [urn]: { department: 'X' } }],
      ['a', { userName: 'A', [urn]: { department: 'Y' } }],
    ];
    expect(sorted('USERNAME', resources)).toEqual(['a', 'b']);
    expect(sorted('urn:ietf:params:scim:schemas:core:2.0:User:userName', resources)).toEqual(['a', 'b']);
    expect(sorted(`${urn}:department`, resources)).toEqual(['b', 'a']);
    expect(() => compileSort(user, { by: 'shoeSize', order: 'ascending' })).toThrow(refusal('invalidValue', 'shoeSize'));
  });

  test('resources without data are ordered last if ascending and first if descending', () => {
    const resources: Named[] = [
      ['none', {}],
      ['b', { title: 'B' }],
      ['a', { title: 'A' }],
    ];
    expect(sorted('title', resources, 'ascending')).toEqual(['a', 'b', 'none']);
    expect(sorted('title', resources, 'descending')).toEqual(['none', 'b', 'a']);
  });

  test.each([{ order: 'ascending' as const }, { order: 'descending' as const }])(
    'equal values stay in their order: $order',
    ({ order }) => {
      const resources: Named[] = [
        ['1', { title: 'same' }],
        ['2', { title: 'SAME' }],
        ['3', { title: 'same' }],
      ];
      expect(sorted('title', resources, order)).toEqual(['1', '2', '3']);
      expect(sorted('nickName', resources, order)).toEqual(['1', '2', '3']);
    },
  );

  test('an empty text is no data', () => {
    const resources: Named[] = [
      ['empty', { title: '' }],
      ['a', { title: 'A' }],
    ];
    expect(sorted('title', resources)).toEqual(['a', 'empty']);
  });

  test('what is never returned is not sorted by, and an error repeats no more of a name than a name has', () => {
    const type = typeWith(complex('lock', 'A lock.', [string('pin', 'A secret.', { returned: 'never' }), string('maker', 'Its maker.')]));
    const by = (name: string) => () => compileSort(type, { by: name, order: 'ascending' });
    expect(by('lock.maker')).not.toThrow();
    expect(by('lock.pin')).toThrow(refusal('invalidValue', 'no schema of Thing has an attribute lock.pin to sort by'));
    expect(by('x'.repeat(1000))).toThrow(refusal('invalidValue', `attribute ${'x'.repeat(100)} to sort by`));
  });
});

describe('RFC 7644 section 3.4.2.3, sortOrder', () => {
  const measured = typeWith(
    integer('size', 'A number.'),
    dateTime('expires', 'A moment.'),
    boolean('open', 'A truth.'),
    string('code', 'A text.', { caseExact: true }),
  );

  test.each([
    { type: group, by: 'members' },
    { type: group, by: 'members.value' },
    { type: group, by: 'members.type' },
    { type: user, by: 'groups.display' },
    { type: user, by: `${user.schema.id}:groups.$ref` },
  ])('what is not kept with a resource is not sorted by: $by', ({ type, by }) => {
    expect(() => compileSort(type, { by, order: 'ascending' })).toThrow(refusal('invalidValue', 'sortBy: '));
    expect(() => compileSort(type, { by, order: 'ascending' })).toThrow(refusal('invalidValue', 'not to be sorted by'));
  });

  test('for case-insensitive attributes it MUST sort by case-insensitive Unicode order', () => {
    const resources: Named[] = [
      ['b', { title: 'b' }],
      ['C', { title: 'C' }],
      ['A', { title: 'A' }],
      ['_', { title: '_' }],
    ];
    // The underscore stands between the two alphabets: text is compared in the case of the second.
    expect(sorted('title', resources)).toEqual(['_', 'A', 'b', 'C']);
  });

  test('for case-exact attributes it MUST sort by case-sensitive Unicode order', () => {
    const resources: Named[] = [
      ['b', { code: 'b' }],
      ['C', { code: 'C' }],
      ['A', { code: 'A' }],
    ];
    expect(sorted('code', resources, 'ascending', measured)).toEqual(['A', 'C', 'b']);
  });

  test('Unicode order is by character, also beyond the basic plane', () => {
    const inOrder = ['a', 'ﬁ', '\u{10000}', '\u{1f3fe}', '\u{1f3ff}', '\u{1f9ed}'];
    const resources = inOrder.map((code): Named => [code, { code }]);
    expect(sorted('code', resources.toReversed(), 'ascending', measured)).toEqual(inOrder);
  });

  test('it MUST sort according to the attribute type: numbers by value', () => {
    const resources: Named[] = [
      ['10', { size: 10 }],
      ['9', { size: 9 }],
      ['-1', { size: -1 }],
    ];
    expect(sorted('size', resources, 'ascending', measured)).toEqual(['-1', '9', '10']);
  });

  test('it MUST sort according to the attribute type: moments by time', () => {
    const resources: Named[] = [
      ['second', { expires: '2011-05-13T05:00:00Z' }],
      ['first', { expires: '2011-05-13T06:00:00+02:00' }],
      ['third', { expires: '2011-05-13T04:30:00-01:00' }],
    ];
    expect(sorted('expires', resources, 'ascending', measured)).toEqual(['first', 'second', 'third']);
  });

  test('it MUST sort according to the attribute type: false is data, and not absent', () => {
    const resources: Named[] = [
      ['true', { open: true }],
      ['none', {}],
      ['false', { open: false }],
    ];
    expect(sorted('open', resources, 'ascending', measured)).toEqual(['false', 'true', 'none']);
  });
});
