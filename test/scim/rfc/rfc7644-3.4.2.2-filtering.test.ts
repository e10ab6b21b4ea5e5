import { describe, expect, test } from '@jest/globals';
import { compileFilter } from '../../../lambdas/scim/filter/compile.ts';
import { type Filter, parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import type { JsonObject } from '../../../lambdas/scim/json.ts';
import { binary, boolean, dateTime, integer, string } from '../../../lambdas/scim/schemas/attribute.ts';
import { user, userSchema } from '../../../lambdas/scim/schemas/user.ts';
import { refusal, typeWith } from '../../support/rfc.ts';

const compile = (filter: string, type = user) => compileFilter(parseFilter(filter), type.attributes, { coreUrn: type.schema.id });
const core = userSchema.id;
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const MOMENT = '2011-05-13T04:42:34Z';
const at = (lastModified: string) => ({ meta: { lastModified } });

interface Example {
  readonly filter: string;
  readonly matches: readonly JsonObject[];
  readonly misses: readonly JsonObject[];
}

/** Every filter of figure 2, word for word; lines that the figure breaks are joined. */
const FIGURE_2: readonly Example[] = [
  { filter: 'userName eq "bjensen"', matches: [{ userName: 'bjensen' }, { userName: 'BJensen' }], misses: [{ userName: 'bjensen2' }] },
  {
    filter: `name.familyName co "O'Malley"`,
    matches: [{ name: { familyName: "O'Malley" } }, { name: { familyName: "Smith-O'Malley Jr" } }],
    misses: [{ name: { familyName: 'OMalley' } }, { name: { givenName: "O'Malley" } }, {}],
  },
  { filter: 'userName sw "J"', matches: [{ userName: 'J' }, { userName: 'jsmith' }], misses: [{ userName: 'bjensen' }] },
  {
    filter: 'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"',
    matches: [{ userName: 'J' }, { userName: 'jsmith' }],
    misses: [{ userName: 'bjensen' }],
  },
  { filter: 'title pr', matches: [{ title: 'Tour Guide' }], misses: [{}, { title: '' }] },
  {
    filter: 'meta.lastModified gt "2011-05-13T04:42:34Z"',
    matches: [at('2011-05-13T04:42:35Z')],
    misses: [at(MOMENT), at('2011-05-13T04:42:33Z')],
  },
  {
    filter: 'meta.lastModified ge "2011-05-13T04:42:34Z"',
    matches: [at('2011-05-13T04:42:35Z'), at(MOMENT)],
    misses: [at('2011-05-13T04:42:33Z')],
  },
  {
    filter: 'meta.lastModified lt "2011-05-13T04:42:34Z"',
    matches: [at('2011-05-13T04:42:33Z')],
    misses: [at(MOMENT), at('2011-05-13T04:42:35Z')],
  },
  {
    filter: 'meta.lastModified le "2011-05-13T04:42:34Z"',
    matches: [at('2011-05-13T04:42:33Z'), at(MOMENT)],
    misses: [at('2011-05-13T04:42:35Z')],
  },
  {
    filter: 'title pr and userType eq "Employee"',
    matches: [{ title: 'Tour Guide', userType: 'Employee' }],
    misses: [{ title: 'Tour Guide' }, { userType: 'Employee' }, { title: 'Tour Guide', userType: 'Intern' }],
  },
  {
    filter: 'title pr or userType eq "Intern"',
    matches: [{ title: 'Tour Guide' }, { userType: 'Intern' }],
    misses: [{ userType: 'Employee' }],
  },
  {
    filter: 'schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"',
    matches: [{ schemas: [core, enterprise] }],
    misses: [{ schemas: [core] }],
  },
  {
    filter: 'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
    matches: [
      { userType: 'Employee', emails: [{ value: 'bjensen@example.com' }] },
      { userType: 'Employee', emails: [{ value: 'babs@jensen.org' }, { value: 'babs@example.org' }] },
    ],
    misses: [
      { userType: 'Employee', emails: [{ value: 'babs@jensen.org' }] },
      { userType: 'Intern', emails: [{ value: 'bjensen@example.com' }] },
    ],
  },
  {
    filter: 'userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")',
    matches: [{ userType: 'Intern', emails: [{ value: 'babs@jensen.org' }] }, { userType: 'Intern' }],
    misses: [
      { userType: 'Employee', emails: [{ value: 'babs@jensen.org' }] },
      { userType: 'Intern', emails: [{ value: 'babs@jensen.org' }, { value: 'babs@example.org' }] },
    ],
  },
  {
    filter: 'userType eq "Employee" and (emails.type eq "work")',
    matches: [{ userType: 'Employee', emails: [{ type: 'home' }, { type: 'work' }] }],
    misses: [
      { userType: 'Employee', emails: [{ type: 'home' }] },
      { userType: 'Intern', emails: [{ type: 'work' }] },
    ],
  },
  {
    filter: 'userType eq "Employee" and emails[type eq "work" and value co "@example.com"]',
    matches: [{ userType: 'Employee', emails: [{ type: 'work', value: 'bjensen@example.com' }] }],
    misses: [
      {
        userType: 'Employee',
        emails: [
          { type: 'work', value: 'bjensen@jensen.org' },
          { type: 'home', value: 'babs@example.com' },
        ],
      },
    ],
  },
  {
    filter: 'emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]',
    matches: [{ emails: [{ type: 'work', value: 'bjensen@example.com' }] }, { ims: [{ type: 'xmpp', value: 'babs@foo.com' }] }],
    misses: [{ emails: [{ type: 'home', value: 'bjensen@example.com' }], ims: [{ type: 'aim', value: 'babs@foo.com' }] }],
  },
];

describe('RFC 7644 section 3.4.2.2, figure 2', () => {
  test.each(FIGURE_2)('$filter', ({ filter, matches, misses }) => {
    const holds = compile(filter);
    expect(matches.filter(holds)).toEqual(matches);
    expect(misses.filter(holds)).toEqual([]);
  });
});

describe('RFC 7644 section 3.4.2.2, filtering', () => {
  test('attribute names and operators are case insensitive: the two example expressions have the same value', () => {
    for (const resource of [{ userName: 'john' }, { userName: 'jane' }])
      expect(compile('userName Eq "john"')(resource)).toBe(compile('Username eq "john"')(resource));
    expect(compile('userName Eq "john"')({ userName: 'john' })).toBe(true);
  });

  test('logical operators are case insensitive, as all ABNF strings are', () => {
    expect(compile('title PR AND NOT (userType EQ "Intern") OR active Eq TRUE')({ title: 'x' })).toBe(true);
  });

  test.each([
    { why: 'nothing', filter: '' },
    { why: 'an attribute name alone', filter: 'userName' },
    { why: 'an operator alone', filter: 'pr' },
    { why: 'a comparison without a value', filter: 'userName eq' },
    { why: 'a logical operator without a second expression', filter: 'title pr and' },
    { why: 'a round bracket that is not closed', filter: '(title pr' },
    { why: 'a square bracket that is not closed', filter: 'emails[type eq "work"' },
    { why: 'a value that is no JSON', filter: "userName eq 'bjensen'" },
    { why: 'expressions that nothing combines', filter: 'title pr userType pr' },
  ])('the filter parameter MUST contain at least one valid expression: $why is none', ({ filter }) => {
    expect(() => parseFilter(filter)).toThrow(refusal('invalidFilter'));
  });

  test("filters MUST be declined if the operation is not recognized: the error identifies 'regex'", () => {
    expect(() => parseFilter('userName regex "^b"')).toThrow(refusal('invalidFilter', 'regex'));
  });

  test('an attribute that no schema has is declined, and named', () => {
    expect(() => compile('rooms.number eq 7')).toThrow(refusal('invalidFilter', 'rooms.number'));
  });

  test('if the attribute is multi-valued, the filter matches if any of the values match', () => {
    const resource = { emails: [{ value: 'babs@jensen.org' }, { value: 'bjensen@example.com' }] };
    expect(compile('emails.value eq "bjensen@example.com"')(resource)).toBe(true);
    expect(compile('emails.value eq "other@example.com"')(resource)).toBe(false);
  });

  test('if the attribute is multi-valued and simple, the filter matches if any of the values match', () => {
    const type = typeWith(string('tags', 'Labels.', { multiValued: true }));
    expect(compile('tags eq "b"', type)({ tags: ['a', 'b'] })).toBe(true);
    expect(compile('tags eq "c"', type)({ tags: ['a', 'b'] })).toBe(false);
  });

  test('for complex attributes, a fully qualified sub-attribute MUST be specified', () => {
    expect(compile('name.givenName eq "Barbara"')({ name: { givenName: 'Barbara' } })).toBe(true);
    expect(() => compile('name eq "Barbara"')).toThrow(refusal('invalidFilter', 'name: '));
  });

  test('a presence filter on a defaulted attribute uses the value that was returned to the client', () => {
    expect(compile('active pr')({ userName: 'bjensen', ...user.defaults })).toBe(true);
    expect(compile('active eq true')({ userName: 'bjensen', ...user.defaults })).toBe(true);
  });

  test('the case sensitivity for String type attributes SHALL be determined by "caseExact"', () => {
    expect(compile('userName eq "BJENSEN"')({ userName: 'bjensen' })).toBe(true);
    expect(compile('externalId eq "X1"')({ externalId: 'x1' })).toBe(false);
    expect(compile('externalId eq "x1"')({ externalId: 'x1' })).toBe(true);
  });
});

describe('RFC 7644 section 3.4.2.2, order of precedence', () => {
  const pr = (name: string): Filter => ({ op: 'pr', path: { names: [name] } });

  test('"and" takes precedence over "or"', () => {
    expect(parseFilter('a pr or b pr and c pr')).toMatchObject({
      op: 'or',
      filters: [pr('a'), { op: 'and', filters: [pr('b'), pr('c')] }],
    });
    expect(parseFilter('a pr and b pr or c pr')).toMatchObject({
      op: 'or',
      filters: [{ op: 'and', filters: [pr('a'), pr('b')] }, pr('c')],
    });
  });

  test('"not" takes precedence over "and"', () => {
    expect(parseFilter('not (a pr) and b pr')).toMatchObject({ op: 'and', filters: [{ op: 'not', filter: pr('a') }, pr('b')] });
  });

  test('grouping operators take precedence over logical operators', () => {
    expect(parseFilter('(a pr or b pr) and c pr')).toMatchObject({
      op: 'and',
      filters: [{ op: 'or', filters: [pr('a'), pr('b')] }, pr('c')],
    });
    expect(parseFilter('not (a pr and b pr)')).toMatchObject({ op: 'not', filter: { op: 'and', filters: [pr('a'), pr('b')] } });
  });

  test('attribute operators come last', () => {
    expect(parseFilter('a eq 1 and b pr')).toMatchObject({
      op: 'and',
      filters: [{ op: 'eq', path: { names: ['a'] }, value: 1 }, pr('b')],
    });
  });
});

describe('RFC 7644 section 3.4.2.2, figure 1', () => {
  test.each([
    { literal: 'false', value: false },
    { literal: 'null', value: null },
    { literal: 'true', value: true },
    { literal: '-1.5e3', value: -1500 },
    { literal: '"a\\"b\\u00e9"', value: 'a"bé' },
  ])('compValue follows the rules of JSON: $literal', ({ literal, value }) => {
    expect(parseFilter(`x eq ${literal}`)).toMatchObject({ op: 'eq', path: { names: ['x'] }, value });
  });

  test.each(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'lt', 'ge', 'le'])('compareOp: %s', (op) => {
    expect(parseFilter(`x ${op} "a"`)).toMatchObject({ op, path: { names: ['x'] }, value: 'a' });
  });

  test('attrPath is a URI, an attribute name and a sub-attribute', () => {
    expect(parseFilter(`${enterprise}:manager.value pr`)).toMatchObject({
      op: 'pr',
      path: { urn: enterprise, names: ['manager', 'value'] },
    });
  });

  test('an attribute name may hold hyphens, underscores and digits', () => {
    expect(parseFilter('shoe-size_2 pr')).toMatchObject({ op: 'pr', path: { names: ['shoe-size_2'] } });
  });
});

interface Row {
  readonly says: string;
  readonly filter: string;
  readonly matches: readonly JsonObject[];
  readonly misses: readonly JsonObject[];
}

const measured = typeWith(
  string('label', 'A text.'),
  integer('size', 'A number.'),
  dateTime('expires', 'A moment.'),
  boolean('open', 'A truth.'),
  binary('seal', 'Bytes.'),
);

const TABLE_3: readonly Row[] = [
  {
    says: 'eq: the attribute and operator values must be identical for a match',
    filter: 'label eq "abc"',
    matches: [{ label: 'abc' }],
    misses: [{ label: 'abcd' }, { label: 'ab' }, {}],
  },
  { says: 'eq of a number', filter: 'size eq 7', matches: [{ size: 7 }], misses: [{ size: 70 }, {}] },
  { says: 'eq of a boolean', filter: 'open eq false', matches: [{ open: false }], misses: [{ open: true }, {}] },
  { says: 'eq of a binary', filter: 'seal eq "TWFu"', matches: [{ seal: 'TWFu' }], misses: [{ seal: 'twfu' }] },
  {
    says: 'eq of a dateTime: the same moment, however it is written',
    filter: 'expires eq "2011-05-13T04:42:34Z"',
    matches: [{ expires: '2011-05-13T04:42:34Z' }, { expires: '2011-05-13T06:42:34+02:00' }],
    misses: [{ expires: '2011-05-13T04:42:34+02:00' }],
  },
  {
    says: 'eq of a dateTime without a time zone: one in UTC',
    filter: 'expires eq "2011-05-13T04:42:34"',
    matches: [{ expires: '2011-05-13T04:42:34Z' }, { expires: '2011-05-13T06:42:34.0+02:00' }],
    misses: [{ expires: '2011-05-13T04:42:34+02:00' }],
  },
  {
    says: 'ne: the attribute and operator values are not identical',
    filter: 'label ne "abc"',
    matches: [{ label: 'abcd' }, {}],
    misses: [{ label: 'abc' }, { label: 'ABC' }],
  },
  {
    says: 'co: the entire operator value must be a substring of the attribute value',
    filter: 'label co "bc"',
    matches: [{ label: 'abcd' }, { label: 'bc' }, { label: 'BC' }],
    misses: [{ label: 'b' }, { label: 'acb' }, {}],
  },
  {
    says: 'sw: a substring starting at the beginning, satisfied if the two strings are identical',
    filter: 'label sw "ab"',
    matches: [{ label: 'abc' }, { label: 'ab' }],
    misses: [{ label: 'cab' }, { label: 'a' }, {}],
  },
  {
    says: 'ew: a substring matching at the end, satisfied if the two strings are identical',
    filter: 'label ew "ab"',
    matches: [{ label: 'cab' }, { label: 'ab' }],
    misses: [{ label: 'abc' }, { label: 'b' }, {}],
  },
  {
    says: 'pr: a non-empty or non-null value',
    filter: 'label pr',
    matches: [{ label: 'a' }],
    misses: [{}, { label: '' }],
  },
  { says: 'pr: false and 0 are values', filter: 'open pr and size pr', matches: [{ open: false, size: 0 }], misses: [{ open: false }] },
  {
    says: 'gt: for strings a lexicographical comparison',
    filter: 'label gt "b"',
    matches: [{ label: 'ba' }, { label: 'C' }],
    misses: [{ label: 'b' }, { label: 'a' }, {}],
  },
  {
    says: 'ge: greater than or equal to',
    filter: 'label ge "b"',
    matches: [{ label: 'ba' }, { label: 'B' }],
    misses: [{ label: 'a' }, {}],
  },
  { says: 'lt: less than', filter: 'label lt "b"', matches: [{ label: 'A' }], misses: [{ label: 'b' }, { label: 'ba' }, {}] },
  { says: 'le: less than or equal to', filter: 'label le "b"', matches: [{ label: 'a' }, { label: 'B' }], misses: [{ label: 'ba' }, {}] },
  {
    says: 'gt: for integers a comparison by numeric value',
    filter: 'size gt 9',
    matches: [{ size: 10 }],
    misses: [{ size: 9 }, { size: -10 }, {}],
  },
  { says: 'ge of integers', filter: 'size ge 9', matches: [{ size: 10 }, { size: 9 }], misses: [{ size: 8 }, {}] },
  { says: 'lt of integers', filter: 'size lt 10', matches: [{ size: 9 }], misses: [{ size: 10 }, { size: 11 }, {}] },
  { says: 'le of integers', filter: 'size le 10', matches: [{ size: 9 }, { size: 10 }], misses: [{ size: 11 }, {}] },
  {
    says: 'gt: for DateTime a chronological comparison',
    filter: 'expires gt "2011-05-13T04:42:34Z"',
    matches: [{ expires: '2011-05-13T04:42:34.001Z' }, { expires: '2011-05-13T03:42:35-01:00' }],
    misses: [{ expires: '2011-05-13T06:42:34+02:00' }, {}],
  },
];

describe('RFC 7644 section 3.4.2.2, table 3', () => {
  test.each(TABLE_3)('$says', ({ filter, matches, misses }) => {
    const holds = compile(filter, measured);
    expect(matches.filter(holds)).toEqual(matches);
    expect(misses.filter(holds)).toEqual([]);
  });

  test('pr: a non-empty node of a complex attribute', () => {
    expect(compile('name pr')({ name: { givenName: 'Barbara' } })).toBe(true);
    expect(compile('name pr')({})).toBe(false);
    expect(compile('emails pr')({ emails: [{ value: 'a@b' }] })).toBe(true);
    expect(compile('emails pr')({ emails: [] })).toBe(false);
  });

  const ordered = ['gt', 'ge', 'lt', 'le'].map((op) => ({ op }));

  test.each(ordered)('$op: Boolean attributes SHALL cause a failed response with "invalidFilter"', ({ op }) => {
    expect(() => compile(`open ${op} true`, measured)).toThrow(refusal('invalidFilter', 'open'));
  });

  test.each(ordered)('$op: Binary attributes SHALL cause a failed response with "invalidFilter"', ({ op }) => {
    expect(() => compile(`seal ${op} "TWFu"`, measured)).toThrow(refusal('invalidFilter', 'seal'));
  });
});

const TABLES_4_AND_5: readonly Row[] = [
  {
    says: 'and: only a match if both expressions evaluate to true',
    filter: 'title pr and userType pr',
    matches: [{ title: 'x', userType: 'y' }],
    misses: [{ title: 'x' }, { userType: 'y' }, {}],
  },
  {
    says: 'or: a match if either expression evaluates to true',
    filter: 'title pr or userType pr',
    matches: [{ title: 'x' }, { userType: 'y' }, { title: 'x', userType: 'y' }],
    misses: [{}],
  },
  {
    says: 'not: a match if the expression evaluates to false',
    filter: 'not (title pr)',
    matches: [{}],
    misses: [{ title: 'x' }],
  },
  {
    says: '( ): "or" is evaluated before "and"',
    filter: '(title pr or userType pr) and nickName pr',
    matches: [{ title: 'x', nickName: 'z' }],
    misses: [{ title: 'x' }],
  },
  {
    says: '[ ]: expressions MUST be applied to the same value of the parent attribute',
    filter: 'emails[type eq "work" and primary eq true]',
    matches: [{ emails: [{ type: 'work', primary: true }] }],
    misses: [{ emails: [{ type: 'work' }, { type: 'home', primary: true }] }],
  },
  {
    says: '[ ]: nested expressions MAY be used',
    filter: 'emails[not (type eq "work") and (value sw "a" or value sw "b")]',
    matches: [{ emails: [{ type: 'home', value: 'b@c' }] }],
    misses: [{ emails: [{ type: 'work', value: 'a@b' }] }, { emails: [{ type: 'home', value: 'c@d' }] }, {}],
  },
];

describe('RFC 7644 section 3.4.2.2, tables 4 and 5', () => {
  test.each(TABLES_4_AND_5)('$says', ({ filter, matches, misses }) => {
    const holds = compile(filter);
    expect(matches.filter(holds)).toEqual(matches);
    expect(misses.filter(holds)).toEqual([]);
  });

  test('[ ]: the expression MUST be based upon sub-attributes of the parent attribute', () => {
    expect(() => compile('emails[userName eq "bjensen"]')).toThrow(refusal('invalidFilter', 'emails.userName'));
    expect(() => compile('userName[type eq "work"]')).toThrow(refusal('invalidFilter', 'userName'));
  });
});
