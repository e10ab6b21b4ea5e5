import { describe, expect, test } from '@jest/globals';
import { compileFilter } from '../../../lambdas/scim/filter/compile.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';

/** The rules of RFC 7613 section 3.2, UsernameCaseMapped, that make two user names the same; docs/decisions.md says why not its width mapping. */
const SAME = [
  { rule: 'case mapping', one: 'BJÖRK', other: 'björk' },
  { rule: 'normalization', one: 'bj\u00f6rk', other: 'bjo\u0308rk' },
  { rule: 'case mapping and normalization at once', one: 'BJO\u0308RK', other: 'bj\u00f6rk' },
  { rule: 'normalization where there is no Latin letter', one: '\u304c', other: '\u304b\u3099' },
];

describe('RFC 7644 section 5, preparation and comparison of internationalized strings', () => {
  test.each(SAME)('before comparing a "userName", service providers MUST use the comparison rules of PRECIS: $rule', ({ one, other }) => {
    const matches = (filter: string, userName: string) => compileFilter(parseFilter(filter), user.attributes)({ userName });
    expect(matches(`userName eq "${one}"`, other)).toBe(true);
    expect(matches(`userName eq "${other}"`, one)).toBe(true);
  });

  test('other letters are other user names', () => {
    expect(compileFilter(parseFilter('userName eq "bjork"'), user.attributes)({ userName: 'björk' })).toBe(false);
    expect(compileFilter(parseFilter('userName eq "strasse"'), user.attributes)({ userName: 'straße' })).toBe(false);
  });
});
