import { expect, test } from '@jest/globals';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { EVERYTHING, stackOf } from '../support/stacks.ts';

/** What AwsSolutions finds that nobody has acknowledged, warnings included. */
const findingsIn = (stack: Stack) =>
  new AwsSolutionsChecks().validateScope(stack).violations.map(({ ruleName, ...where }) => `${ruleName} ${JSON.stringify(where)}`);

test.each([{ context: {} }, ...EVERYTHING.map((context) => ({ context }))])('AwsSolutions finds nothing with $context', ({ context }) => {
  expect(findingsIn(stackOf(context))).toEqual([]);
});

test('AwsSolutions finds nothing where account and region are known', () => {
  expect(findingsIn(stackOf({}, { account: '123456789012', region: 'eu-west-1' }))).toEqual([]);
});

test('what we acknowledge is acknowledged for our constructs alone', () => {
  const stack = stackOf();
  new Bucket(stack, 'Another');
  expect(findingsIn(stack)).toContainEqual(expect.stringMatching(/^AwsSolutions-S\d+ .*Rollcall\/Another/));
});
