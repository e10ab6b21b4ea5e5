import { describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AlarmTopic } from '../../../lib/constructs/alarm-topic.ts';
import { ServiceAlarms } from '../../../lib/constructs/service-alarms.ts';
import { stackWithParts } from '../../support/service-parts.ts';

function synthesized(email?: string): Template {
  const { stack, parts } = stackWithParts();
  const topic = email === undefined ? undefined : new AlarmTopic(stack, 'AlarmTopic', { email }).topic;
  new ServiceAlarms(stack, 'Alarms', { ...parts, ...(topic && { topic }) });
  return Template.fromStack(stack);
}

const silent = synthesized();
const mailed = synthesized('oncall@example.com');
const alarmsOf = (template: Template) =>
  Object.entries(template.findResources('AWS::CloudWatch::Alarm')).map(([id, { Properties }]) => ({
    name: id.replace(/^Alarms|[0-9A-F]{8}$/g, ''),
    ...(Properties as Record<string, unknown>),
  }));

test('there is one for all that can go wrong', () => {
  expect(alarmsOf(silent).map(({ name }) => name)).toEqual([
    'ServerErrors',
    'Latency',
    'AuthorizerFailures',
    'MalformedSecret',
    'DeniedSecret',
    'ReadThrottles',
    'WriteThrottles',
    'Conflicts',
    'UsersThrottles',
    'GroupsThrottles',
    'EntitlementsThrottles',
    'DiscoveryThrottles',
    'BulkThrottles',
    'AuthorizerThrottles',
  ]);
});

test.each(alarmsOf(silent))('$name says what to do, and is silent without traffic', (alarm) => {
  expect(alarm).toMatchObject({ TreatMissingData: 'notBreaching', AlarmDescription: expect.stringMatching(/^[A-Z].{80,1020}\.$/) });
});

describe('what is watched', () => {
  const mathOf = (expression: string) => ({
    Metrics: Match.arrayWith([Match.objectLike({ Expression: expression, ReturnData: true })]),
  });

  test('a failure or two are no rate of failures, and a few slow requests at night no latency', () => {
    silent.hasResourceProperties('AWS::CloudWatch::Alarm', mathOf('IF(errors >= 5, 100 * errors / requests, 0)'));
    silent.hasResourceProperties('AWS::CloudWatch::Alarm', mathOf('IF(requests >= 20, latency, 0)'));
  });

  test.each([
    { metric: 'ReadThrottleEvents', namespace: 'AWS/DynamoDB', dimensions: ['TableName'] },
    { metric: 'WriteThrottleEvents', namespace: 'AWS/DynamoDB', dimensions: ['TableName'] },
    { metric: 'TransactionConflict', namespace: 'AWS/DynamoDB', dimensions: ['TableName'] },
    { metric: 'Throttles', namespace: 'AWS/Lambda', dimensions: ['FunctionName'] },
    { metric: 'UnreadableSecrets', namespace: 'Rollcall', dimensions: ['Reason', 'Stack'] },
    { metric: 'AuthorizerFailures', namespace: 'Rollcall/Small', dimensions: undefined },
  ])('$metric is summed up, by the dimensions that it has', ({ metric, namespace, dimensions }) => {
    silent.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: namespace,
      MetricName: metric,
      Statistic: 'Sum',
      Dimensions: dimensions ? dimensions.map((Name) => Match.objectLike({ Name })) : Match.absent(),
    });
  });

  test('what the authorizer throws is a failure, but for that which becomes 401', () => {
    silent.hasResourceProperties('AWS::Logs::MetricFilter', {
      LogGroupName: { Ref: Match.stringLikeRegexp('^AuthorizerLogs') },
      FilterPattern:
        '{ (($.message.errorType = "*") && ($.message.errorMessage != "Unauthorized")) || ' +
        '(($.type = "platform.report") && (($.record.status = "timeout") || ($.record.status = "failure"))) }',
    });
  });
});

describe('a topic', () => {
  test('is told when an alarm goes off and when it is over', () => {
    const told = [{ Ref: expect.stringMatching(/^AlarmTopic/) }];
    for (const alarm of alarmsOf(mailed)) expect(alarm).toMatchObject({ AlarmActions: told, OKActions: told });
    for (const alarm of alarmsOf(silent)) expect(alarm).not.toHaveProperty('AlarmActions');
  });

  test('that is made for an address mails it, takes alarms of this account, and nothing without TLS', () => {
    mailed.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'oncall@example.com' });
    mailed.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Action: 'sns:Publish', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      }),
    });
  });
});
