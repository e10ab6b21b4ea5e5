import { expect, test } from '@jest/globals';
import { parseBaseUrl } from '../../lib/base-url.ts';

test.each([
  ['https://scim.example.com', 'https://scim.example.com'],
  ['https://scim.example.com/', 'https://scim.example.com'],
  ['http://127.0.0.1:3000//', 'http://127.0.0.1:3000'],
  ['https://EXAMPLE.com/identity/', 'https://example.com/identity'],
])('%s is the address %s', (text, expected) => {
  expect(parseBaseUrl(text, 'BASE_URL')).toBe(expected);
});

test.each([
  'scim.example.com',
  'ftp://scim.example.com',
  'https://scim.example.com/?x',
  'https://scim.example.com/#x',
  'https://user:pass@scim.example.com',
  'https://scim.example.com/acme/scim/v2',
  'https://scim.example.com/acme/SCIM/V2/',
  'https://scim.example.com/{directory}',
])('%s is none, and the error names the setting', (text) => {
  expect(() => parseBaseUrl(text, 'BASE_URL')).toThrow(/^BASE_URL: expected an address such as/);
});
