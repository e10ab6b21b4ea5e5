import { describe, expect, test } from '@jest/globals';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CONTEXT_KEYS, RETENTION_DAYS, readContext } from '../../lib/context.ts';
import { EVERYTHING } from '../support/stacks.ts';

test.each([
  { given: {}, read: {} },
  { given: { baseUrl: 'https://scim.example.com/' }, read: { baseUrl: 'https://scim.example.com' } },
  { given: { credentialCacheSeconds: '0' }, read: { credentialCacheSeconds: 0 } },
  { given: { credentialCacheSeconds: 3_600 }, read: { credentialCacheSeconds: 3_600 } },
  { given: { table: 'Rollcall-2026.01_restored' }, read: { table: 'Rollcall-2026.01_restored' } },
  { given: { secretPrefix: 'vendor/rollcall' }, read: { secretPrefix: 'vendor/rollcall' } },
  {
    given: {
      'aws:cdk:bundling-stacks': [],
      '@aws-cdk/core:checkSecretUsage': true,
      'acknowledged-issue-numbers': [1],
      'vendor/setting': 1,
      table: null,
    },
    read: {},
  },
  {
    given: { waf: 'true', wafAllowedAddresses: '192.0.2.0/24, 198.51.100.7/32' },
    read: { waf: true, wafAllowedAddresses: ['192.0.2.0/24', '198.51.100.7/32'] },
  },
  { given: { waf: true, wafAllowedAddresses: ['192.0.2.0/24'] }, read: { waf: true, wafAllowedAddresses: ['192.0.2.0/24'] } },
  { given: { waf: 'false' }, read: { waf: false } },
  { given: { logRetentionDays: '90' }, read: { logRetentionDays: 90 } },
])('$given is read', ({ given, read }) => {
  expect(readContext(given)).toEqual(read);
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
    { key: 'tableKey', value: 'alias/mine', expected: 'create, or the ARN of a KMS key' },
    { key: 'maxReadRequestUnits', value: '0', expected: 'a whole number from 1 to 1000000' },
    { key: 'maxWriteRequestUnits', value: '1000001', expected: 'a whole number from 1 to 1000000' },
    { key: 'warmThroughput', value: '3999', expected: 'a whole number from 4000 to 1000000' },
    { key: 'cloudWatchRole', value: 'mine', expected: 'create or existing' },
    { key: 'throttlingRateLimit', value: '0', expected: 'a whole number from 1 to 1000000' },
    { key: 'throttlingBurstLimit', value: '-1', expected: 'a whole number from 1 to 1000000' },
    { key: 'alarmTopic', value: 'pages', expected: 'the ARN of an SNS topic' },
    { key: 'alarmEmail', value: 'oncall', expected: 'an e-mail address' },
    ...['https://scim.example.com', 'SCIM.example.com', 'localhost', 'a..b', '-a.example.com'].map((value) => ({
      key: 'domainName',
      value,
      expected: 'a name such as scim.example.com',
    })),
    { key: 'certificateArn', value: 'mine', expected: 'the ARN of a certificate' },
    { key: 'hostedZoneId', value: 'example.com', expected: 'the id of a hosted zone' },
    { key: 'alarmTopic', value: 'arn:aws:sns:eu-west-1:123456789012:pages.fifo', expected: 'the ARN of an SNS topic' },
    ...['yes', 'no', 'off', '0', 'FALSE', 1].map((value) => ({ key: 'waf', value, expected: 'true or false' })),
    { key: 'wafRateLimit', value: '9', expected: 'a whole number from 10 to 2000000000' },
    ...['', '192.0.2.1', '192.0.2.0/33', '192.0.2.7/24', '192.0.2.0/024', '192.0.2.0/24,', '0.0.0.0/0', '2001:db8::/32', 'everybody'].map(
      (value) => ({
        key: 'wafAllowedAddresses',
        value,
        expected: 'IPv4 addresses such as 203.0.113.0/24',
      }),
    ),
    { key: 'provisionedConcurrency', value: 'some', expected: 'a whole number from 0 to 1000' },
    { key: 'logRetentionDays', value: '31', expected: 'one of 1, 3, 5, 7, 14, 30,' },
    ...['', '/rollcall', 'rollcall/', 'a//b', 'roll*', 'a b', 'x'.repeat(401)].map((value) => ({
      key: 'secretPrefix',
      value,
      expected: 'what names of secrets begin with',
    })),
  ])('$key=$value', ({ key, value, expected }) => {
    expect(() => readContext({ [key]: value })).toThrow(RangeError);
    expect(() => readContext({ [key]: value })).toThrow(`${key}: expected ${expected}`);
  });
});

describe('keys that belong together are asked for together:', () => {
  const certificateArn = 'arn:aws:acm:eu-west-1:123456789012:certificate/1';
  test.each([
    { given: { domainName: 'scim.example.com' }, message: 'domainName: expected certificateArn beside it' },
    { given: { certificateArn }, message: 'certificateArn: expected domainName beside it' },
    { given: { hostedZoneId: 'Z1' }, message: 'hostedZoneId: expected domainName beside it' },
    { given: { wafRateLimit: '100' }, message: 'wafRateLimit: expected waf beside it' },
    { given: { wafAllowedAddresses: '192.0.2.0/24', waf: 'false' }, message: 'wafAllowedAddresses: expected waf beside it' },
    {
      given: { alarmTopic: 'arn:aws:sns:eu-west-1:123456789012:pages', alarmEmail: 'oncall@example.com' },
      message: 'alarmEmail: expected no alarmTopic beside it',
    },
  ])('$message', ({ given, message }) => {
    expect(() => readContext(given)).toThrow(new RangeError(message));
  });
});

describe('a key that there is not', () => {
  test.each([
    { wrong: 'baseurl', meant: 'baseUrl' },
    { wrong: 'credentialCacheSecond', meant: 'credentialCacheSeconds' },
    { wrong: 'wafAllowedAdresses', meant: 'wafAllowedAddresses' },
    { wrong: 'alarm-email', meant: 'alarmEmail' },
    { wrong: 'waf.rateLimit', meant: 'wafRateLimit' },
    { wrong: 'logRetention', meant: 'logRetentionDays' },
  ])('$wrong is refused, with $meant', ({ wrong, meant }) => {
    expect(() => readContext({ [wrong]: 'x' })).toThrow(`${wrong}: there is no such context key, did you mean ${meant}?`);
  });

  test.each(['throughTheLookingGlass', 'region', 'stage'])('%s is refused with all that there are, as none is like it', (name) => {
    expect(() => readContext({ [name]: '1' })).toThrow(`expected one of ${CONTEXT_KEYS.join(', ')}`);
  });

  test('is not the name of something that every object has', () => {
    expect(() => readContext({ toString: '1' })).toThrow('toString: there is no such context key');
  });
});

test('every key is among those that the other tests of the stack set', () => {
  expect([...new Set(EVERYTHING.flatMap((context) => Object.keys(context)))].sort()).toEqual([...CONTEXT_KEYS].sort());
});

test('logs may be kept for each time that CloudWatch knows, but not for ever', () => {
  expect([...RETENTION_DAYS, RetentionDays.INFINITE]).toEqual(Object.values(RetentionDays).filter((days) => typeof days === 'number'));
});
