import { readFileSync } from 'node:fs';
import { App, type Environment } from 'aws-cdk-lib/core';
import { readContext } from '../../lib/context.ts';
import { RollcallStack } from '../../lib/rollcall-stack.ts';

const { context: flags } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));

/** The stack as context keys make it, with the flags of `cdk.json`, its functions not bundled. */
export function stackOf(context: Readonly<Record<string, unknown>> = {}, env?: Environment): RollcallStack {
  const app = new App({ context: { ...flags, 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:validateAgainstDefaultRules': false } });
  return new RollcallStack(app, 'Rollcall', { context: readContext(context), ...(env && { env }) });
}

const ACCOUNT = '123456789012';

/** Everything that can be asked for by context keys; what excludes one another, in its other form in the second. */
export const EVERYTHING: readonly Readonly<Record<string, unknown>>[] = [
  {
    baseUrl: 'https://proxy.example.com',
    credentialCacheSeconds: '300',
    secretPrefix: 'vendor/rollcall',
    table: 'restored',
    tableKey: 'create',
    maxReadRequestUnits: '10000',
    maxWriteRequestUnits: '5000',
    warmThroughput: '5000',
    cloudWatchRole: 'create',
    throttlingRateLimit: '100',
    throttlingBurstLimit: '200',
    alarmEmail: 'oncall@example.com',
    domainName: 'scim.example.com',
    certificateArn: `arn:aws:acm:eu-west-1:${ACCOUNT}:certificate/11111111-2222-3333-4444-555555555555`,
    hostedZoneId: 'Z0123456789ABCDEFGHIJ',
    disableExecuteApiEndpoint: 'true',
    waf: 'true',
    wafRateLimit: '1000',
    wafAllowedAddresses: '192.0.2.0/24, 198.51.100.7/32',
    provisionedConcurrency: '2',
    logRetentionDays: '90',
  },
  {
    credentialCacheSeconds: 0,
    tableKey: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`,
    cloudWatchRole: 'existing',
    alarmTopic: `arn:aws:sns:eu-west-1:${ACCOUNT}:pages`,
    domainName: 'scim.example.com',
    certificateArn: `arn:aws:acm:eu-west-1:${ACCOUNT}:certificate/11111111-2222-3333-4444-555555555555`,
    waf: true,
  },
];
