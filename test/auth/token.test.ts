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

test('of duplicates one that lives is found, in whatever order they stand', () => {
  const now = new Date('2026-06-01T00:00:00Z');
  const past = { ...stored, id: 'past', expiresAt: '2026-05-01T00:00:00Z' };
  const future = { ...stored, id: 'future', expiresAt: '2026-07-01T00:00:00Z' };
  expect(findToken([past, stored], token, now)).toBe(stored);
  expect(findToken([stored, past], token, now)).toBe(stored);
  expect(findToken([past, future], token, now)).toBe(future);
  expect(findToken([past, past], token, now)).toBeUndefined();
});

test('nothing is found where nothing is stored, nor by a digest that is none', () => {
  const now = new Date();
  expect(findToken([], token, now)).toBeUndefined();
  for (const sha256 of ['', stored.sha256.slice(2), `${stored.sha256}00`, 'z'.repeat(64)])
    expect(findToken([{ ...stored, sha256 }], token, now)).toBeUndefined();
});

describe('the Authorization header', () => {
  test.each([
    ['Bearer', `Bearer ${token}`],
    ['bearer in lower case', `bearer  ${token}`],
    ["the bare token (Okta's Header mode)", token],
    ['Basic', basic('acme', token)],
    ['Basic without the padding of its base64', basic('acme', token).replace(/=+$/, '')],
    ['blanks around it', ` \tBearer ${token}  \t`],
  ])('%s', (_, header) => {
    expect(parseAuthorization(header)).toEqual({ directory: 'acme', token });
  });

  test.each([
    ['nothing', ''],
    ['the test token of Okta', 'non-token'],
    ['blanks', '   '],
    ['another scheme', `Digest ${token}`],
    ['a scheme alone', 'Bearer'],
    ['Basic alone', 'Basic'],
    ['Basic with a token as it is', `Basic ${token}`],
    ['Basic whose base64 is none', basic('acme', token).replace('Basic ', 'Basic !')],
    ['Basic with a blank in its base64', `${basic('acme', token).slice(0, 20)} ${basic('acme', token).slice(20)}`],
    ['Basic with bytes that are no text', `Basic ${Buffer.from([0xff, 0x3a, 0xfe]).toString('base64')}`],
    ['Basic without a colon', `Basic ${Buffer.from(token).toString('base64')}`],
    ['Basic with something behind another colon', basic('acme', `${token}:more`)],
    ['Basic with a colon more in front', basic('acme', `:${token}`)],
    ['Basic with an empty user', basic('', token)],
    ['Basic with the line end of an echo', basic('acme', `${token}\n`)],
    ['Basic with a NUL', basic('acme', `${token}\0`)],
    ['Basic for another directory', basic('globex', token)],
    ['Basic without a token', basic('acme', 'password')],
    ['a token that is too short', token.slice(0, -1)],
    ['a token with something behind it', `${token} x`],
    ['a token with a NUL behind it', `Bearer ${token}\0`],
    ['a token with a line end behind it', `Bearer ${token}\n`],
    ['a token in the second line', `x\nBearer ${token}`],
    ['a scheme that a line end follows', `Bearer\n${token}`],
    ['a blank that is no ASCII', `Bearer\u00a0${token}`],
    ['another letter that looks alike', token.replace('rc.', 'rс.')],
    ['capitals', token.toUpperCase()],
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
