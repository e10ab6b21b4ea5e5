import { describe, expect, test } from '@jest/globals';
import { mintToken } from '../../lambdas/auth/token.ts';
import { masked } from '../../lambdas/log/masked.ts';

const { token } = mintToken('acme', 'test', []);
const basic = Buffer.from(`acme:${token}`).toString('base64');

describe('what a client calls itself', () => {
  test.each([
    'Okta SCIM Client 1.0.0',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.109 Safari/537.36',
    'OKTA SCIM Integration',
    'Microsoft AAD',
    'Microsoft.IdentityManagement.Provisioning/1.0',
    'Apache-HttpClient/4.5.13 (Java/1.8.0_292)',
    'Go-http-client/1.1',
    'okhttp/5.0.0-alpha.2',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
    'python-requests/2.32.3',
  ])('stays: %s', (text) => {
    expect(masked(text)).toBe(text);
  });

  test.each([
    { name: 'a token', text: `curl ${token}` },
    { name: 'the half of one', text: `curl ${token.slice(0, 12)}` },
    { name: 'one in quotation marks', text: `curl "${token}"` },
    { name: 'the secret part of one', text: `curl ${token.split('.')[2]}` },
    { name: 'a Basic pair', text: `curl ${basic}` },
    { name: 'an e-mail address', text: 'curl <ada@example.com>' },
    { name: 'one that is percent-encoded', text: 'curl from=ada%40example.com' },
  ])('is shown without $name', ({ text }) => {
    expect(masked(text)).toBe('curl (masked)');
  });

  test.each([
    { name: 'a key of Stripe', text: 'curl sk_live_51Habcdef' },
    { name: 'a key of AWS', text: 'curl AKIAIOSFODNN7EXAMPLE' },
    { name: 'the secret part of one', text: 'curl wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
    { name: 'a token of GitHub', text: 'curl ghp_16C7e42F292c' },
    { name: 'a parameter', text: 'curl key=abcdef' },
    { name: 'a telephone number', text: 'curl +445551234567' },
    { name: 'an address of a page, which may hold anything', text: 'curl (+https://example.com/u/ada)' },
    { name: 'what is not ASCII', text: 'curl Zoë' },
  ])('is shown without $name', ({ text }) => {
    expect(masked(text)).toBe('curl (masked)');
  });

  test.each([
    'Bearer x',
    'BEARER=abcdef',
    'Basic:YWxh',
    'basic YWxh',
    'Authorization:Bearer,abcdef',
    'Authorization abcdef',
    'authorization=bearer: x',
    '(Basic x)',
    'Bearer "abc def ghi"',
    'Bearer/abcdef',
    'Bearer-abcdef',
    'Bearer_abcdef',
    'SSWS 00Qabc',
    'Token ghp abc',
    'AccessToken abc',
    'token=abc',
    'Digest username="ada", realm=abc',
    'NTLM abc',
    'Negotiate abc',
    'apikey abc',
    'api-key: abc',
    'Bearer\u00a0abc',
    'Bearer\tabc',
  ])('is shown without a scheme and what follows it: %s', (text) => {
    expect(masked(`curl/8.5.0 ${text}`)).toBe('curl/8.5.0 (masked)');
  });

  test.each(['\u200b', '\u2060', '\ufeff', '\u00ad', '\u{e0001}'])('is not shown where it holds what nobody sees: %j', (unseen) => {
    expect(masked(`curl Bearer${unseen}abc`)).toBe('(masked)');
    expect(masked(`curl Bea${unseen}rer abc`)).toBe('(masked)');
  });

  test('is one line, whatever it holds', () => {
    expect(masked('a\r\n{"level":"INFO"}\u0000b\u0085c\u2028d\u007f')).toBe('a (masked) b c d');
  });

  test('is cut when it has been masked: half a token that looks like none is not left', () => {
    expect(masked('x'.repeat(9).concat(' ').repeat(30))).toHaveLength(200);
    expect(masked(`${'word '.repeat(39)}rc${token.slice(2)}`)).toBe(`${'word '.repeat(39)}(mask`);
  });

  test('is read as far as it can be shown, and the word that this cuts is not shown', () => {
    expect(masked('x'.repeat(1_000_000))).toBe('');
    expect(masked(`${' '.repeat(1_995)}secretpart`)).toBe('');
    expect(masked('[('.repeat(500_000))).toBe('');
  });
});
