import { describe, expect, test } from '@jest/globals';
import { readContext } from '../../lib/context.ts';

const contextOf = (given: Record<string, unknown>) => readContext((key) => given[key]);

test.each([
  { given: {}, read: {} },
  { given: { baseUrl: 'https://scim.example.com/' }, read: { baseUrl: 'https://scim.example.com' } },
  { given: { credentialCacheSeconds: '0' }, read: { credentialCacheSeconds: 0 } },
  { given: { credentialCacheSeconds: 3_600 }, read: { credentialCacheSeconds: 3_600 } },
  { given: { table: 'Rollcall-2026.01_restored' }, read: { table: 'Rollcall-2026.01_restored' } },
  { given: { secretPrefix: 'vendor/rollcall' }, read: { secretPrefix: 'vendor/rollcall' } },
  { given: { 'aws:cdk:bundling-stacks': [], table: null }, read: {} },
])('$given is read', ({ given, read }) => {
  expect(contextOf(given)).toEqual(read);
});

describe('a wrong value is refused, with the key and what was expected:', () => {
  test.each([
    { key: 'baseUrl', value: 'scim.example.com', expected: 'an address such as https://scim.example.com' },
    { key: 'baseUrl', value: 7, expected: 'an address such as https://scim.example.com' },
    ...['', '1m', '-1', '1.5', '1e2', '3601', 3_601, -1, 1.5, true, ['60']].map((value) => ({
      key: 'credentialCacheSeconds',
      value,
      expected: 'a whole number from 0 to 3600',
    })),
    ...['', 'ab', 'a b c', 'x'.repeat(256), 'arn:aws:dynamodb:eu-west-1:123456789012:table/x', 7].map((value) => ({
      key: 'table',
      value,
      expected: 'the name of a DynamoDB table',
    })),
    ...['', '/rollcall', 'rollcall/', 'a//b', 'roll*', 'a b', 'x'.repeat(401)].map((value) => ({
      key: 'secretPrefix',
      value,
      expected: 'what names of secrets begin with',
    })),
  ])('$key=$value', ({ key, value, expected }) => {
    expect(() => contextOf({ [key]: value })).toThrow(RangeError);
    expect(() => contextOf({ [key]: value })).toThrow(`${key}: expected ${expected}`);
  });
});
