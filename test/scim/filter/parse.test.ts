import { describe, expect, test } from '@jest/globals';
import { invalidPath } from '../../../lambdas/scim/errors.ts';
import { parseFilter, parseValuePath } from '../../../lambdas/scim/filter/parse.ts';
import { printFilter } from '../../../lambdas/scim/filter/print.ts';

const path = (...names: string[]) => ({ names });

describe('parseFilter (RFC 7644 section 3.4.2.2)', () => {
  test.each([
    ['userName eq "bjensen"', { op: 'eq', path: path('userName'), value: 'bjensen' }],
    ['userName Eq "b\\"j\\u00e9"', { op: 'eq', path: path('userName'), value: 'b"jé' }],
    ['active eq true', { op: 'eq', path: path('active'), value: true }],
    ['x gt -1.5e3', { op: 'gt', path: path('x'), value: -1500 }],
    ['x gt 1e+3', { op: 'gt', path: path('x'), value: 1000 }],
    ['x gt 1E-3', { op: 'gt', path: path('x'), value: 0.001 }],
    ['title pr', { op: 'pr', path: path('title') }],
    ['name.familyName co "O\'Malley"', { op: 'co', path: path('name', 'familyName'), value: "O'Malley" }],
    [
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "1"',
      { op: 'eq', path: { urn: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', names: ['manager', 'value'] }, value: '1' },
    ],
    ['not pr', { op: 'pr', path: path('not') }],
    ['not (title pr)', { op: 'not', filter: { op: 'pr', path: path('title') } }],
    ['emails[type eq "work"]', { op: 'in', path: path('emails'), filter: { op: 'eq', path: path('type'), value: 'work' } }],
  ])('%s', (text, expected) => {
    expect(parseFilter(text)).toMatchObject(expected);
  });

  test('not binds closest, then and, then or', () => {
    const pr = (name: string) => ({ op: 'pr', path: path(name) });
    expect(parseFilter('a pr or not (b pr) and c pr')).toMatchObject({
      op: 'or',
      filters: [pr('a'), { op: 'and', filters: [{ op: 'not', filter: pr('b') }, pr('c')] }],
    });
  });

  test("Entra ID's value path with a comparison behind it means both of one value", () => {
    expect(printFilter(parseFilter('emails[type eq "work"].value eq "x"'))).toBe('emails[type eq "work" and value eq "x"]');
  });

  test.each([
    ['', 'position 1: expected an attribute'],
    ['userName', 'position 9: expected an operator'],
    ['userName is "x"', 'position 10: expected an operator'],
    ['userName eq', 'position 12: expected a string in double quotes, a number, true, false or null, got the end'],
    ['userName eq x', 'position 13: expected a string'],
    ['userName eq "x', 'position 13: expected a string'],
    ['(a pr', 'position 6: expected "and", "or" or ")"'],
    ['a pr b pr', 'position 6: expected "and", "or" or the end'],
    ['emails[type eq "x"', 'position 19: expected "and", "or" or "]"'],
    ['1st eq "x"', 'position 1: expected an attribute'],
    ['a.b.c eq "x"', 'position 1: expected an attribute'],
    ['a. eq "x"', 'position 1: expected an attribute'],
    ['urn:attr eq "x"', 'position 1: expected an attribute'],
    ['emails[type eq "x"].value.y eq "z"', 'position 20: expected one sub-attribute'],
    ['emails[type eq "x"].value.y.z eq "w"', 'position 20: expected one sub-attribute'],
    ['emails[type eq "x"]._y eq "w"', 'position 20: expected one sub-attribute'],
    ['title (nickName pr)', 'position 7: expected an operator'],
    ['a eq 1e999', 'position 6: expected a string in double quotes, a number'],
    ['a eq 01', 'position 6: expected a string in double quotes, a number'],
  ])('%s: says where and what was expected', (text, detail) => {
    expect(() => parseFilter(text)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidFilter', message: expect.stringContaining(detail) }),
    );
  });

  test('an error repeats no more of a text than tells it', () => {
    expect(() => parseFilter(`userName ${'x'.repeat(1000)}`)).toThrow(/ x{40}$/);
  });

  test.each([
    ['', 'position 1: expected an attribute path'],
    ['[type eq "x"]', 'position 1: expected an attribute path'],
    ['emails eq', 'position 8: expected the end of the path'],
    ['emails[type eq "x"].value.y', 'position 20: expected one sub-attribute'],
    ['emails[type eq "x"].value "y"', 'position 27: expected the end of the path'],
  ])('%s: a path says that too', (text, detail) => {
    expect(() => parseValuePath(text, invalidPath)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidPath', message: expect.stringContaining(detail) }),
    );
  });

  test.each([
    ['its length', `a eq "${'x'.repeat(100_000)}"`, 'expected at most 10000 characters, got 100007'],
    ['the depth of its brackets', `${'('.repeat(10_000)}`, 'at position 51: expected at most 50 brackets inside one another'],
    ['the depth of value paths', 'a['.repeat(60), 'at position 102: expected at most 50 brackets'],
    ['the number of its expressions', Array(600).fill('a pr').join(' or '), 'at position 4001: expected at most 500 expressions'],
  ])('%s is limited', (_, text, detail) => {
    expect(() => parseFilter(text)).toThrow(
      expect.objectContaining({ scimType: 'invalidFilter', message: expect.stringContaining(detail) }),
    );
  });

  test('the limits can be set', () => {
    const limits = { length: 20, depth: 1, nodes: 2 };
    expect(printFilter(parseFilter('(a pr or b pr)', { ...limits, nodes: 3 }))).toBe('a pr or b pr');
    expect(() => parseFilter('a pr or b pr or c pr', limits)).toThrow('at most 2 expressions');
    expect(() => parseFilter('((a pr))', limits)).toThrow('at most 1 brackets');
    expect(() => parseFilter('userName eq "somebody"', limits)).toThrow('at most 20 characters');
  });
});

describe('printFilter', () => {
  test.each([
    'a pr and b pr and c pr',
    'a pr and (b pr and c pr)',
    'a pr and (b pr or c pr)',
    'a pr or b pr and c pr',
    'a pr or (b pr or c pr)',
    'a pr and not (b pr or c pr)',
    'urn:example:2.0:Thing:a.b[c eq "d\\"e" and f pr]',
    'a eq -0 or a eq 0 or a ne null or a eq true',
  ])('writes the text that was parsed, where there are no brackets but those it needs: %s', (text) => {
    expect(printFilter(parseFilter(text))).toBe(text);
  });

  test('leaves out brackets that change nothing', () => {
    expect(printFilter(parseFilter('((a pr) and (b pr)) or (c pr)'))).toBe('a pr and b pr or c pr');
  });
});
