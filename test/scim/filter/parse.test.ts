import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ScimError } from '../../../lambdas/scim/errors.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';

const path = (...names: string[]) => ({ names });

describe('parseFilter (RFC 7644 section 3.4.2.2)', () => {
  test.each([
    ['userName eq "bjensen"', { op: 'eq', path: path('userName'), value: 'bjensen' }],
    ['userName Eq "b\\"j\\u00e9"', { op: 'eq', path: path('userName'), value: 'b"jé' }],
    ['active eq true', { op: 'eq', path: path('active'), value: true }],
    ['x gt -1.5e3', { op: 'gt', path: path('x'), value: -1500 }],
    ['title pr', { op: 'pr', path: path('title') }],
    ['name.familyName co "O\'Malley"', { op: 'co', path: path('name', 'familyName'), value: "O'Malley" }],
    [
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq "1"',
      { op: 'eq', path: { urn: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', names: ['manager', 'value'] }, value: '1' },
    ],
    ['not (title pr)', { op: 'not', filter: { op: 'pr', path: path('title') } }],
    ['emails[type eq "work"]', { op: 'in', path: path('emails'), filter: { op: 'eq', path: path('type'), value: 'work' } }],
  ])('%s', (text, expected) => {
    expect(parseFilter(text)).toEqual(expected);
  });

  test('not binds closest, then and, then or', () => {
    const pr = (name: string) => ({ op: 'pr', path: path(name) });
    expect(parseFilter('a pr or not (b pr) and c pr')).toEqual({
      op: 'or',
      filters: [pr('a'), { op: 'and', filters: [{ op: 'not', filter: pr('b') }, pr('c')] }],
    });
  });

  test("Entra ID's value path with a comparison behind it means both of one value", () => {
    expect(parseFilter('emails[type eq "work"].value eq "x"')).toEqual(parseFilter('emails[type eq "work" and value eq "x"]'));
  });

  test.each([
    ['', 'position 1: expected an attribute'],
    ['userName', 'position 9: expected an operator'],
    ['userName is "x"', 'position 10: expected an operator'],
    ['userName eq', 'position 12: expected a string'],
    ['userName eq x', 'position 13: expected a string'],
    ['userName eq "x', 'position 13: expected a string'],
    ['(a pr', 'position 6: expected "and", "or" or ")"'],
    ['a pr b pr', 'position 6: expected "and", "or" or the end'],
    ['emails[type eq "x"', 'position 19: expected "and", "or" or "]"'],
  ])('%s: says where and what was expected', (text, detail) => {
    expect(() => parseFilter(text)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidFilter', message: expect.stringContaining(detail) }),
    );
  });

  test('depth and length are limited', () => {
    expect(() => parseFilter(`${'('.repeat(9_000)}a pr`)).toThrow('nested deeper');
    expect(() => parseFilter(`a eq "${'x'.repeat(100_000)}"`)).toThrow('at most 10000 characters');
  });

  test('no text makes it throw anything but a SCIM error', () => {
    const piece = fc.constantFrom(
      '(',
      ')',
      '[',
      ']',
      'and',
      'or',
      'not',
      'eq',
      'pr',
      'a.b',
      '"x"',
      '1',
      '.',
      ':',
      'urn:x:y',
      '\\',
      '"',
      ' ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(piece).map((pieces) => pieces.join(' ')),
        ),
        (text) => {
          try {
            parseFilter(text);
          } catch (error) {
            expect(error).toBeInstanceOf(ScimError);
          }
        },
      ),
    );
  });
});
