import { describe, expect, test } from '@jest/globals';
import { attributesIn } from '../../../lambdas/scim/filter/attributes.ts';
import { compileFilter, valuesAt } from '../../../lambdas/scim/filter/compile.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import { printFilter } from '../../../lambdas/scim/filter/print.ts';
import type { JsonObject } from '../../../lambdas/scim/json.ts';
import { resolvePath } from '../../../lambdas/scim/path.ts';
import { complex, integer, string } from '../../../lambdas/scim/schemas/attribute.ts';
import { user, userSchema } from '../../../lambdas/scim/schemas/user.ts';
import { typeWith } from '../../support/rfc.ts';

const ada: JsonObject = {
  id: '1',
  userName: 'Ada',
  externalId: 'X1',
  title: 'Countess',
  active: true,
  name: { familyName: "O'Malley" },
  emails: [
    { value: 'ada@work.example', type: 'work', primary: true },
    { value: 'ada@home.example', type: 'home' },
  ],
  meta: { lastModified: '2011-05-13T04:42:34Z' },
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'Engines', manager: { value: 'm1' } },
};

const compile = (filter: string) => compileFilter(parseFilter(filter), user.attributes, { coreUrn: userSchema.id });

describe('compileFilter (RFC 7644 section 3.4.2.2)', () => {
  test.each([
    'userName eq "ADA"',
    'USERNAME eq "ada"',
    'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "a"',
    'name.familyName co "o\'m"',
    'title ew "ess" and active eq true',
    'roles[primary eq "True"] or active eq "True"',
    'emails eq "ada@home.example"',
    'emails.type eq "home"',
    'emails[type eq "work" and value co "@work"]',
    'emails[type eq "work"].value eq "ada@work.example"',
    'not (nickName pr)',
    'nickName ne "x"',
    'nickName eq null',
    'title ne null',
    'meta.lastModified gt "2011-05-13T00:00:00Z"',
    'meta.lastModified le "2011-05-13T06:42:34+02:00"',
    'userName gt "aaa" and userName lt "b"',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "m1"',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "M1"',
    'emails pr',
    'emails ne "ada@work.example"',
    'name pr and not (name.givenName pr)',
    'nickName eq ""',
    'title ne ""',
    'name ne null and addresses eq null',
    'emails.value co ""',
    'active co "ru" and active sw "t"',
    'meta.lastModified sw "2011-05"',
    'meta.lastModified lt "2011-05-13T04:42:34.0001Z"',
    'meta.lastModified eq "2011-05-13T04:42:34.000Z"',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:USER[department eq "engines"]',
    'schemas eq "URN:x" or id eq "1"',
  ])('%s matches', (filter) => {
    expect(compile(filter)(ada)).toBe(true);
  });

  test.each([
    'userName eq "ad"',
    'externalId eq "x1"',
    'nickName eq "x"',
    'emails[type eq "home" and value co "@work"]',
    'not (userName eq "ada")',
    'phoneNumbers pr',
    'active eq false',
    'nickName ne ""',
    'title eq ""',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User eq null',
    'id eq "1" and userName ne "ADA"',
  ])('%s does not match', (filter) => {
    expect(compile(filter)(ada)).toBe(false);
  });

  test.each([
    ['shoeSize eq "1"', 'shoeSize: no schema'],
    ['name.nick eq "1"', 'name.nick: no schema'],
    ['hasOwnProperty eq "1"', 'hasOwnProperty: no schema'],
    ['constructor.name pr', 'constructor.name: no schema'],
    ['active gt true', 'gt does not apply to a boolean'],
    ['active eq "perhaps"', 'expected a value of type boolean, got "perhaps"'],
    ['profileUrl eq 5', 'expected a value of type reference, got 5'],
    ['meta.lastModified gt "yesterday"', 'expected a value of type dateTime, got "yesterday"'],
    ['title pr and meta.lastModified gt "2011-02-30T00:00:00Z"', 'at position 14: meta.lastModified: expected a value of type dateTime'],
    ['password eq "secret"', 'never returned'],
    ['password pr', 'never returned'],
    ['groups.display eq "x"', 'groups.display: joined when an answer is made, and not to be compared: expected groups.value'],
    [`${userSchema.id}:GROUPS.$ref pr`, `${userSchema.id}:GROUPS.$ref: joined when an answer is made`],
    [
      'groups[display eq "x"]',
      'at position 8: groups.display: joined when an answer is made, and not to be compared: expected groups.value',
    ],
    ['groups[type eq "direct"].display eq "x"', 'groups.display: joined'],
    ['title lt ""', 'eq and ne only'],
    ['title co null', 'eq and ne only'],
    ['x509Certificates gt "a"', 'gt does not apply to a binary'],
    ['emails[nick eq "x"]', 'at position 8: emails.nick: no schema'],
    ['emails[urn:a:b:type eq "x"]', 'no schema'],
    ['emails[type eq "work"].nick eq "x"', 'at position 24: emails.nick: no schema'],
    ['name eq "x"', 'cannot be compared'],
    ['userName[value eq "x"]', 'needs a complex attribute'],
    ['title gt null', 'eq and ne only'],
  ])('%s is refused', (filter, detail) => {
    expect(() => compile(filter)).toThrow(expect.objectContaining({ scimType: 'invalidFilter', message: expect.stringContaining(detail) }));
  });
});

test('an error repeats no more of a literal than tells it', () => {
  expect(() => compile(`active eq "${'x'.repeat(1000)}"`)).toThrow(/got "x{99}$/);
});

test('an error names what stands in a filter that was not parsed', () => {
  expect(() => compileFilter({ op: 'pr', path: { names: ['shoeSize'] } }, user.attributes)).toThrow(/^shoeSize: no schema/);
});

test('a part that is never returned cannot be searched by', () => {
  const { attributes } = typeWith(complex('lock', '', [string('pin', '', { returned: 'never' }), string('maker', '')]));
  const refused = expect.objectContaining({
    scimType: 'invalidFilter',
    message: expect.stringContaining('lock.pin: an attribute that is never'),
  });
  expect(() => compileFilter(parseFilter('lock.pin sw "1"'), attributes)).toThrow(refused);
  expect(() => compileFilter(parseFilter('lock[pin sw "1"]'), attributes)).toThrow(refused);
});

test.each(['size gt 1', 'size lt 1', 'size eq 1', 'size ne 1'])('what is kept and is no value of its type is not found by %s', (filter) => {
  expect(compileFilter(parseFilter(filter), [integer('size', '')])({ size: 'large' })).toBe(false);
});

describe('what a filter is about', () => {
  const names = (filter: string) => attributesIn(parseFilter(filter), user).map(({ name }) => name);
  const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

  test.each([
    { filter: 'userName eq "x"', attributes: ['userName'] },
    { filter: 'USERNAME pr and not (title pr or name.givenName pr)', attributes: ['userName', 'title', 'name', 'givenName'] },
    { filter: `${userSchema.id}:title pr or ${enterprise}:manager.value pr`, attributes: ['title', enterprise, 'manager', 'value'] },
    { filter: 'emails[type eq "work" and not (value pr)]', attributes: ['emails', 'type', 'value'] },
    { filter: 'shoeSize pr or title[value pr] or rooms[number eq 7]', attributes: ['title'] },
  ])('is every attribute that it names, and each on the way to one: $filter', ({ filter, attributes }) => {
    expect(names(filter)).toEqual(attributes);
  });

  test('is every value that a resource has there', () => {
    const at = (...path: readonly string[]) => valuesAt(ada, resolvePath(user.attributes, { names: path }) ?? []);
    expect(at('emails', 'value')).toEqual(['ada@work.example', 'ada@home.example']);
    expect(at('emails', 'primary')).toEqual([true]);
    expect(at('title')).toEqual(['Countess']);
    expect(at('nickName')).toEqual([]);
  });
});

test.each(['urn:example:2.0', 'urn:example:User:v-2', 'urn:example:ext:1.0-beta'])('an extension is named by its URN, be it %s', (urn) => {
  const attributes = [complex(urn, '', [string('badge', '')])];
  const holds = (filter: string) => compileFilter(parseFilter(filter), attributes)({ [urn]: { badge: 'b' } });
  const filters = [`${urn} pr`, `${urn}[badge eq "B"]`, `${urn}:badge eq "b"`];
  expect(filters.map(holds)).toEqual([true, true, true]);
  expect(filters.map((filter) => printFilter(parseFilter(filter)).toLowerCase())).toEqual(filters.map((filter) => filter.toLowerCase()));
});
