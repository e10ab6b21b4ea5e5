import { expect, test } from '@jest/globals';
import { allows, isPolicy, type Policy } from '../../../lib/local/policy.ts';

const policy = (...statements: [effect: string, ...resources: string[]][]): Policy => ({
  principalId: 'p',
  policyDocument: { Statement: statements.map(([Effect, ...Resource]) => ({ Effect, Action: 'execute-api:Invoke', Resource })) },
});

test.each([
  ['arn:api/prod/GET/acme/*', 'arn:api/prod/GET/acme/scim/v2/Users', true],
  ['arn:api/prod/GET/acme/*', 'arn:api/prod/GET/acme', false],
  ['arn:api/prod/GET/acme/*', 'arn:api/prod/GET/acmes/scim', false],
  ['arn:api/prod/GET/acme/*', 'arn:api/prod/POST/acme/scim', false],
  ['arn:api/prod/*/acme/*', 'arn:api/prod/GET/globex/acme/x', true],
  ['arn:api/prod/GET/a.me/*', 'arn:api/prod/GET/acme/x', false],
  ['arn:api/prod/GET/acm?/*', 'arn:api/prod/GET/acme/x', true],
])('%s for %s: %p', (resource, arn, expected) => {
  expect(allows(policy(['Allow', resource]), arn)).toBe(expected);
});

test('what one statement denies, no other allows', () => {
  expect(allows(policy(['Allow', '*'], ['Deny', 'arn:api/prod/GET/acme/*']), 'arn:api/prod/GET/acme/x')).toBe(false);
});

test.each([null, 'x', {}, { principalId: 'p' }, { principalId: 'p', policyDocument: {} }])('%p is no policy', (value) => {
  expect(isPolicy(value)).toBe(false);
});
