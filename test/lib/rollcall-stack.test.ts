import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, jest, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { App, Duration } from 'aws-cdk-lib/core';
import { logUnreadable } from '../../lambdas/auth/unreadable.ts';
import { readApi } from '../../lib/local/api.ts';
import { RollcallStack, type RollcallStackProps } from '../../lib/rollcall-stack.ts';
import { template as localTemplate } from '../support/test-table.ts';

const folder = process.env.TEST_CDK_OUT ?? '';
const json = JSON.parse(readFileSync(join(folder, 'Rollcall.template.json'), 'utf8'));
const template = Template.fromJSON(json);
const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** The stack as other props make it, its functions not bundled. */
const withProps = (props: RollcallStackProps) =>
  Template.fromStack(new RollcallStack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Other', props));

const other = withProps({
  baseUrl: 'https://scim.example.com/',
  secretPrefix: 'vendor/rollcall',
  credentialCacheTtl: Duration.hours(1),
  restoredTable: 'restored',
});

describe('the outputs', () => {
  const outputsOf = (from: Template) =>
    Object.fromEntries(Object.entries(from.findOutputs('*')).map(([name, { Value }]) => [name, Value as unknown]));

  test('say where the service is, and how long credentials are remembered', () => {
    expect(outputsOf(template)).toMatchObject({
      TableName: { Ref: 'DirectoryTable' },
      SecretPrefix: 'rollcall',
      CredentialCacheSeconds: '60',
    });
    expect(localTemplate().outputs).toMatchObject({
      ApiUrl: expect.stringMatching(/^https:\/\/ScimApi\.execute-api\.us-east-1\.amazonaws\.com\/.+\/$/),
      TableName: 'DirectoryTable',
    });
  });

  test('follow the props', () => {
    expect(outputsOf(other)).toMatchObject({
      ApiUrl: 'https://scim.example.com',
      TableName: 'restored',
      SecretPrefix: 'vendor/rollcall',
      CredentialCacheSeconds: '3600',
    });
  });
});

test.each([
  { seconds: 3_600, stack: other },
  { seconds: 0, stack: withProps({ credentialCacheTtl: Duration.seconds(0) }) },
])('credentials are remembered for $seconds s in the gateway, and behind it', ({ seconds, stack }) => {
  stack.hasResourceProperties('AWS::ApiGateway::Authorizer', { AuthorizerResultTtlInSeconds: seconds });
  stack.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ SECRET_CACHE_SECONDS: String(seconds) }) },
  });
});

describe('a restored table', () => {
  test('is the one that functions use, and may use', () => {
    const names = Object.values(other.findResources('AWS::Lambda::Function')).flatMap(
      ({ Properties }) => Properties.Environment?.Variables?.TABLE_NAME ?? [],
    );
    expect([...new Set(names)]).toEqual(['restored']);
    const policies = JSON.stringify(other.findResources('AWS::IAM::Policy'));
    expect(policies).toContain(':table/restored');
    expect(policies).not.toContain('DirectoryTable');
  });

  test("leaves the stack's own as it is", () => {
    expect(other.toJSON().Resources.DirectoryTable).toEqual(json.Resources.DirectoryTable);
  });
});

describe('the table', () => {
  test('is kept whatever happens to the stack, can be restored, and has no index', () => {
    template.hasResource('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        GlobalSecondaryIndexes: Match.absent(),
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
        Replicas: [
          Match.objectLike({ DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }),
        ],
      },
    });
  });

  test.each([
    'DirectoryTable',
    'ScimApi',
    ...['Users', 'Groups', 'Entitlements', 'Discovery', 'Bulk', 'Authorizer'].map((name) => `${name}Function`),
  ])('the logical id %s is a contract', (logicalId) => {
    expect(json.Resources).toHaveProperty(logicalId);
  });
});

describe('the functions', () => {
  const functions = localTemplate().ofType('AWS::Lambda::Function');

  test('are six, on Node 24 and arm64, and end before API Gateway gives up', () => {
    expect(functions).toHaveLength(6);
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: 28,
      Handler: 'index.handler',
    });
  });

  test.each(functions.map(({ logicalId, properties }) => [logicalId, properties.Code.S3Key]))(
    '%s has a bundle that loads',
    (logicalId, key) => {
      const file = pathToFileURL(join(localTemplate().assetPath(key), 'index.mjs')).href;
      const script = `const { handler } = await import(${JSON.stringify(file)}); console.log(typeof handler)`;
      const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        env: { TABLE_NAME: 'any' },
        encoding: 'utf8',
      });
      expect([logicalId, stdout.trim()]).toEqual([logicalId, 'function']);
    },
  );

  test('log JSON, and what customers send that no schema has is a metric of their directory', () => {
    template.allResourcesProperties('AWS::Lambda::Function', { LoggingConfig: { LogFormat: 'JSON' } });
    template.resourcePropertiesCountIs(
      'AWS::Logs::MetricFilter',
      { MetricTransformations: [Match.objectLike({ MetricName: 'UnknownAttributes' })] },
      5,
    );
    template.hasResourceProperties('AWS::Logs::MetricFilter', {
      LogGroupName: { Ref: Match.stringLikeRegexp('^UsersLogs') },
      FilterPattern: '{ $.message.unknownAttributeCount > 0 }',
      MetricTransformations: [
        {
          MetricNamespace: 'Rollcall',
          MetricName: 'UnknownAttributes',
          MetricValue: '$.message.unknownAttributeCount',
          Dimensions: [{ Key: 'Directory', Value: '$.message.directory' }],
        },
      ],
    });
  });

  test('what the authorizer says of secrets that it cannot read is a metric, by reason', () => {
    jest.spyOn(console, 'error').mockImplementation(() => {});
    logUnreadable('acme', 'denied');
    const [line] = jest.mocked(console.error).mock.calls[0] ?? [];
    jest.restoreAllMocks();
    const { message } = line as { message: string };
    expect(line).toEqual({ message, directory: 'acme', reason: 'denied' });
    template.hasResourceProperties('AWS::Logs::MetricFilter', {
      LogGroupName: { Ref: Match.stringLikeRegexp('^TokenAuthorizerLogs') },
      // Lambda puts what is logged into a line of its own, as `message`.
      FilterPattern: `{ $.message.message = "${message}" }`,
      MetricTransformations: [
        {
          MetricNamespace: 'Rollcall',
          MetricName: 'UnreadableSecrets',
          MetricValue: '1',
          Dimensions: [{ Key: 'Reason', Value: '$.message.reason' }],
        },
      ],
    });
  });

  test('only those that serve resources reach the table, and only the authorizer reaches secrets', () => {
    const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
    const withAction = (service: string) =>
      policies.filter(([, policy]) => JSON.stringify(policy.Properties.PolicyDocument).includes(`"${service}`)).map(([id]) => id);
    expect(withAction('dynamodb:')).toEqual([/^Users/, /^Groups/, /^Entitlements/, /^Bulk/].map((id) => expect.stringMatching(id)));
    expect(withAction('secretsmanager:')).toEqual([expect.stringMatching(/Authorizer/)]);
  });
});

describe('the API', () => {
  test('every resource has a method behind the authorizer, the root too', () => {
    const { root } = readApi(localTemplate());
    const check = (resource: typeof root) => {
      expect([resource.path, [...resource.methods.values()].map(({ authorizer }) => authorizer?.identityHeader)]).toEqual([
        resource.path,
        ['authorization'],
      ]);
      resource.children.forEach(check);
    };
    check(root);
  });

  test('no body of a request is traced into logs', () => {
    template.allResourcesProperties('AWS::ApiGateway::Stage', { MethodSettings: [Match.objectLike({ DataTraceEnabled: false })] });
  });

  test('answers of the authorizer are remembered for a minute, by the Authorization header', () => {
    template.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      Type: 'REQUEST',
      AuthorizerResultTtlInSeconds: 60,
      IdentitySource: 'method.request.header.Authorization',
    });
  });
});

describe('gateway responses', () => {
  // Every type that the service defines (supported-gateway-response-types of the API Gateway guide).
  test.each([
    ['ACCESS_DENIED', '403'],
    ['API_CONFIGURATION_ERROR', '500'],
    ['AUTHORIZER_CONFIGURATION_ERROR', '500'],
    ['AUTHORIZER_FAILURE', '500'],
    ['BAD_REQUEST_BODY', '400'],
    ['BAD_REQUEST_PARAMETERS', '400'],
    ['EXPIRED_TOKEN', '403'],
    ['INTEGRATION_FAILURE', '504'],
    ['INTEGRATION_TIMEOUT', '504'],
    ['INVALID_API_KEY', '403'],
    ['INVALID_SIGNATURE', '404'],
    ['MISSING_AUTHENTICATION_TOKEN', '404'],
    ['QUOTA_EXCEEDED', '429'],
    ['REQUEST_TOO_LARGE', '413'],
    ['RESOURCE_NOT_FOUND', '404'],
    ['THROTTLED', '429'],
    ['UNAUTHORIZED', '401'],
    ['UNSUPPORTED_MEDIA_TYPE', '415'],
    ['WAF_FILTERED', '403'],
  ])('%s is a SCIM %s', (ResponseType, status) => {
    template.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseType,
      StatusCode: status,
      ResponseParameters: Match.objectLike({ 'gatewayresponse.header.Content-Type': "'application/scim+json'" }),
      ResponseTemplates: { 'application/json': Match.serializedJson({ schemas: [ERROR], status, detail: Match.anyValue() }) },
    });
  });

  test.each(['DEFAULT_4XX', 'DEFAULT_5XX'])('%s is a SCIM error with the status that it has', (ResponseType) => {
    template.hasResourceProperties('AWS::ApiGateway::GatewayResponse', { ResponseType, StatusCode: Match.absent() });
  });

  test('401 says how to authenticate, and 429 when to come back', () => {
    const header = (type: string, name: string) =>
      template.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
        ResponseType: type,
        ResponseParameters: Match.objectLike({ [`gatewayresponse.header.${name}`]: Match.stringLikeRegexp("^'.+'$") }),
      });
    header('UNAUTHORIZED', 'WWW-Authenticate');
    header('THROTTLED', 'Retry-After');
  });
});
