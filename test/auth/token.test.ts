import { describe, expect, test } from '@jest/globals';
import { parseAuthorization } from '../../lambdas/auth/credential.ts';
import { findToken, isDirectoryName, mintToken } from '../../lambdas/auth/token.ts';

const { token, stored } = mintToken('acme', 'test', ['provision']);
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

describe('a token', () => {
  test('names its directory and holds 256 random bits; what is kept of it cannot be used', () => {
    expect(token).toMatch(/^rc\.acme\.[A-Za-z0-9_-]{43}$/);
    expect(mintToken('acme', 'test', ['provision']).token).not.toBe(token);
    expect(JSON.stringify(stored)).not.toContain(token.slice(8));
  });

  test('is found among others until it expires', () => {
    const now = new Date('2026-06-01T00:00:00Z');
    const other = mintToken('acme', 'other', ['application']).stored;
    const until = (expiresAt: string) => findToken([other, { ...stored, expiresAt }], token, now);
    expect(findToken([other, stored], token, now)).toBe(stored);
    expect(until('2026-06-01T00:00:01Z')).toBeDefined();
    expect(until('2026-06-01T00:00:00Z')).toBeUndefined();
    expect(until('no date')).toBeUndefined();
    expect(findToken([other], token, now)).toBeUndefined();
  });
});

describe('the Authorization header', () => {
  test.each([
    ['Bearer', `Bearer ${token}`],
    ['bearer in lower case', `bearer  ${token}`],
    ["the bare token (Okta's Header mode)", token],
    ['Basic', basic('acme', token)],
  ])('%s', (_, header) => {
    expect(parseAuthorization(header)).toEqual({ directory: 'acme', token });
  });

  test.each([
    ['nothing', ''],
    ['the test token of Okta', 'non-token'],
    ['another scheme', `Digest ${token}`],
    ['Basic for another directory', basic('globex', token)],
    ['Basic without a token', basic('acme', 'password')],
    ['a token that is too short', token.slice(0, -1)],
    ['a token with something behind it', `${token} x`],
    ['a reserved name', token.replace('acme', 'scim')],
    ['a name that is none', token.replace('acme', 'a--b')],
    ['characters beyond ASCII', 'Bearer rc.acmé.ü'],
    ['more than anybody needs', `Bearer ${'x'.repeat(20_000)}`],
  ])('not %s', (_, header) => {
    expect(parseAuthorization(header)).toBeUndefined();
  });
});

test.each(['acme', 'a', 'a-b', '0', 'x'.repeat(63)])('%s is a name for a directory', (name) => {
  expect(isDirectoryName(name)).toBe(true);
});

test.each(['', '-a', 'a-', 'a--b', 'A', 'a_b', 'a.b', 'x'.repeat(64), 'scim', 'v2', 'ping'])('%p is none', (name) => {
  expect(isDirectoryName(name)).toBe(false);
});
