import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { type CfnResource, Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { AlarmTopic } from './constructs/alarm-topic.ts';
import type { RollcallContext } from './context.ts';
import type { RollcallProps } from './rollcall.ts';

/** The props that context keys stand for. What they name by id or ARN is looked up, or made, in the scope. */
export function propsFromContext(scope: Construct, context: RollcallContext): RollcallProps {
  const { credentialCacheSeconds, logRetentionDays } = context;
  return {
    baseUrl: context.baseUrl,
    secretPrefix: context.secretPrefix,
    credentialCacheTtl: credentialCacheSeconds === undefined ? undefined : Duration.seconds(credentialCacheSeconds),
    restoredTable: context.table,
    encryptionKey: encryptionKey(scope, context),
    maxReadRequestUnits: context.maxReadRequestUnits,
    maxWriteRequestUnits: context.maxWriteRequestUnits,
    warmThroughput: context.warmThroughput,
    cloudWatchRole: context.cloudWatchRole,
    throttlingRateLimit: context.throttlingRateLimit,
    throttlingBurstLimit: context.throttlingBurstLimit,
    disableExecuteApiEndpoint: context.disableExecuteApiEndpoint,
    alarmTopic: alarmTopic(scope, context),
    domain: domain(scope, context),
    firewall: context.waf ? { rateLimit: context.wafRateLimit, allowedAddresses: context.wafAllowedAddresses } : undefined,
    provisionedConcurrency: context.provisionedConcurrency,
    logRetention: logRetentionDays,
  };
}

function encryptionKey(scope: Construct, { tableKey }: RollcallContext): IKey | undefined {
  if (tableKey === undefined) return undefined;
  if (tableKey !== 'create') return Key.fromKeyArn(scope, 'TableKey', tableKey);
  const key = new Key(scope, 'TableKey', {
    description: 'The directories of Rollcall',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  // A contract, as that of the table: without the key there is no table.
  (key.node.defaultChild as CfnResource).overrideLogicalId('TableKey');
  return key;
}

function alarmTopic(scope: Construct, { alarmTopic: arn, alarmEmail: email }: RollcallContext): ITopic | undefined {
  if (arn !== undefined) return Topic.fromTopicArn(scope, 'AlarmTopic', arn);
  return email === undefined ? undefined : new AlarmTopic(scope, 'AlarmTopic', { email }).topic;
}

function domain(scope: Construct, { domainName, certificateArn, hostedZoneId }: RollcallContext): RollcallProps['domain'] {
  if (domainName === undefined || certificateArn === undefined) return undefined;
  const certificate = Certificate.fromCertificateArn(scope, 'Certificate', certificateArn);
  if (hostedZoneId === undefined) return { domainName, certificate };
  const hostedZone = HostedZone.fromHostedZoneAttributes(scope, 'HostedZone', { hostedZoneId, zoneName: domainName });
  return { domainName, certificate, hostedZone };
}
