import { describe, expect, test } from '@jest/globals';
import { mintToken } from '../../lambdas/auth/token.ts';
import { masked } from '../../lambdas/log/masked.ts';

const { token } = mintToken('acme', 'test', []);
const basic = Buffer.from(`acme:${token}`).toString('base64');

describe('what a client calls itself', () => {
  test.each([
    'Okta SCIM Client 1.0.0',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.109 Safari/537.36',
    'Microsoft.IdentityManagement.Provisioning/1.0 (+https://learn.microsoft.com/entra)',
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

  test.each(['Bearer x1', 'authorization=bearer: x1', 'x (Basic x1'])('is shown without what follows a scheme: %s', (text) => {
    expect(masked(text)).toMatch(/ \(masked\)$/);
  });

  test('is one line, whatever it holds', () => {
    expect(masked('a\r\n{"level":"INFO"}\u0000b\u0085c\u2028d\u007f')).toBe('a {"level":"INFO"} b c d');
  });

  test('is cut when it has been masked: half a token that looks like none is not left', () => {
    expect(masked('x'.repeat(9).concat(' ').repeat(30))).toHaveLength(200);
    expect(masked(`${'word '.repeat(39)}rc${token.slice(2)}`)).toBe(`${'word '.repeat(39)}(mask`);
  });
});
