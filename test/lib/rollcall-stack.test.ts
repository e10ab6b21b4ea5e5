import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { readApi } from '../../lib/local/api.ts';
import { codeOf } from '../../lib/local/template.ts';
import { EVERYTHING, stackOf } from '../support/stacks.ts';
import { template as localTemplate } from '../support/test-table.ts';

const folder = process.env.TEST_CDK_OUT ?? '';
const json = JSON.parse(readFileSync(join(folder, 'Rollcall.template.json'), 'utf8'));
const template = Template.fromJSON(json);
const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** The stack as all context keys together make it, and with what they exclude in its other form. */
const [everything, others] = EVERYTHING.map((context) => Template.fromStack(stackOf(context))) as [Template, Template];

describe('the outputs', () => {
  test('are ours alone', () => {
    expect(Object.keys(json.Outputs).sort()).toEqual(['ApiUrl', 'CredentialCacheSeconds', 'SecretPrefix', 'TableName']);
  });

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
    expect(outputsOf(everything)).toMatchObject({
      ApiUrl: 'https://proxy.example.com',
      TableName: 'restored',
      SecretPrefix: 'vendor/rollcall',
      CredentialCacheSeconds: '300',
    });
    expect(outputsOf(others)).toMatchObject({ ApiUrl: 'https://scim.example.com' });
  });
});

test.each([
  { seconds: 300, stack: everything },
  { seconds: 0, stack: others },
])('credentials are remembered for $seconds s in the gateway, and behind it', ({ seconds, stack }) => {
  stack.hasResourceProperties('AWS::ApiGateway::Authorizer', { AuthorizerResultTtlInSeconds: seconds });
  stack.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ SECRET_CACHE_SECONDS: String(seconds) }) },
  });
});

describe('a restored table', () => {
  test('is the one that functions use, and may use', () => {
    const names = Object.values(everything.findResources('AWS::Lambda::Function')).flatMap(
      ({ Properties }) => Properties.Environment?.Variables?.TABLE_NAME ?? [],
    );
    expect([...new Set(names)]).toEqual(['restored']);
    const policies = JSON.stringify(everything.findResources('AWS::IAM::Policy'));
    expect(policies).toContain(':table/restored');
    expect(policies).not.toContain('DirectoryTable');
  });

  test("leaves the stack's own where it is", () => {
    const { Type, DeletionPolicy, Properties } = json.Resources.DirectoryTable;
    expect(everything.toJSON().Resources.DirectoryTable).toMatchObject({
      Type,
      DeletionPolicy,
      Properties: { KeySchema: Properties.KeySchema },
    });
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

  test('has the ceilings, the warm throughput and the key that it is given, and none by itself', () => {
    everything.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 5_000 },
      WarmThroughput: { WriteUnitsPerSecond: 5_000 },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: [
        Match.objectLike({
          ReadOnDemandThroughputSettings: { MaxReadRequestUnits: 10_000 },
          SSESpecification: { KMSMasterKeyId: { 'Fn::GetAtt': ['TableKey', 'Arn'] } },
        }),
      ],
    });
    others.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      Replicas: [Match.objectLike({ SSESpecification: { KMSMasterKeyId: EVERYTHING[1]?.tableKey } })],
    });
    expect(Object.keys(json.Resources.DirectoryTable.Properties).filter((name) => /Throughput|SSE/.test(name))).toEqual([]);
  });

  test('its key, where it is ours, is used by those that reach the table, without a pattern, and kept', () => {
    const keyed = everything;
    keyed.hasResource('AWS::KMS::Key', { DeletionPolicy: 'Retain', Properties: { EnableKeyRotation: true } });
    const users = Object.values(keyed.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
      JSON.stringify(Properties).includes('kms:'),
    );
    expect(users).toHaveLength(4);
    expect(JSON.stringify(users)).toContain('"kms:Decrypt"');
    expect(JSON.stringify(users)).not.toMatch(/"kms:[A-Za-z]*\*"/);
  });

  test.each([
    'DirectoryTable',
    'ScimApi',
    ...['Users', 'Groups', 'Entitlements', 'Discovery', 'Bulk', 'Authorizer'].map((name) => `${name}Function`),
  ])('the logical id %s is a contract', (logicalId) => {
    expect(json.Resources).toHaveProperty(logicalId);
  });

  test('a stage or an authorizer of another logical id would be in the way of the one that is there', () => {
    const idsOf = (type: string) => Object.keys(template.findResources(type));
    expect({ stage: idsOf('AWS::ApiGateway::Stage'), authorizer: idsOf('AWS::ApiGateway::Authorizer') }).toEqual({
      stage: ['ApiDeploymentStageprodB1EF9523'],
      authorizer: ['TokenAuthorizer21487DF9'],
    });
  });

  test('what the stack keeps when it goes is as it was: another logical id or key schema would leave the data behind', () => {
    const golden = JSON.parse(readFileSync(new URL('golden/kept-resources.json', import.meta.url), 'utf8'));
    const { Resources } = everything.toJSON();
    const kept = Object.entries<{ DeletionPolicy?: string }>(Resources).filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain');
    expect(Object.fromEntries(kept)).toEqual(golden);
  });

  test('secrets, which the template does not have, are named as they always were', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'secretsmanager:GetSecretValue',
            Resource: { 'Fn::Join': ['', Match.arrayWith([':secret:rollcall/*'])] },
          }),
        ]),
      }),
    });
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

  test.each(functions.map((resource) => [resource.logicalId, codeOf(localTemplate(), resource).file]))(
    '%s has a bundle that loads',
    (logicalId, file) => {
      const script = `const { handler } = await import(${JSON.stringify(pathToFileURL(file).href)}); console.log(typeof handler)`;
      const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        env: { TABLE_NAME: 'any' },
        encoding: 'utf8',
      });
      expect([logicalId, stdout.trim()]).toEqual([logicalId, 'function']);
    },
  );

  test('log JSON from INFO on, and Lambda itself only what goes wrong, into a log of their own that ends', () => {
    template.allResourcesProperties('AWS::Lambda::Function', {
      LoggingConfig: {
        LogFormat: 'JSON',
        ApplicationLogLevel: 'INFO',
        SystemLogLevel: 'WARN',
        LogGroup: { Ref: Match.anyValue() },
      },
      TracingConfig: { Mode: 'Active' },
    });
    expect(new Set(functions.map(({ logicalId }) => JSON.stringify(json.Resources[logicalId].Properties.LoggingConfig))).size).toBe(6);
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    everything.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
  });

  test('have a role of their own, which no managed policy widens', () => {
    const roles = functions.map(({ logicalId }) => JSON.stringify(json.Resources[logicalId].Properties.Role));
    expect(new Set(roles).size).toBe(6);
    const everywhere = Object.values(template.findResources('AWS::IAM::Policy'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Resource }) => Resource === '*');
    expect(new Set(everywhere.flatMap(({ Action }) => Action))).toEqual(new Set(['xray:PutTraceSegments', 'xray:PutTelemetryRecords']));
    for (const [, { Properties }] of Object.entries(template.findResources('AWS::IAM::Role')))
      if (JSON.stringify(Properties).includes('lambda.amazonaws.com')) expect(Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  test('declare the endpoints of what they use, for sam local to set, and leave them empty', () => {
    const declared = functions.map(({ logicalId, properties }) => [
      logicalId,
      Object.entries(properties.Environment?.Variables ?? {}).filter(([name]) => name.startsWith('AWS_')),
    ]);
    const dynamodb = [['AWS_ENDPOINT_URL_DYNAMODB', '']];
    expect(Object.fromEntries(declared)).toEqual({
      UsersFunction: dynamodb,
      GroupsFunction: dynamodb,
      EntitlementsFunction: dynamodb,
      BulkFunction: dynamodb,
      DiscoveryFunction: [],
      AuthorizerFunction: [['AWS_ENDPOINT_URL_SECRETS_MANAGER', '']],
    });
  });

  test('are called in versions that are kept ready, where that is asked for', () => {
    const ready = everything;
    ready.resourceCountIs('AWS::Lambda::Alias', 6);
    ready.allResourcesProperties('AWS::Lambda::Alias', { ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 } });
    const called = Object.values(ready.findResources('AWS::ApiGateway::Method')).map(({ Properties }) =>
      JSON.stringify(Properties.Integration.Uri),
    );
    for (const uri of [...called, JSON.stringify(ready.findResources('AWS::ApiGateway::Authorizer'))])
      expect(uri).toMatch(/"Ref":"\w*Ready\w*"/);
    template.resourceCountIs('AWS::Lambda::Alias', 0);
  });

  test('only those that serve resources reach the table, and only the authorizer reaches secrets', () => {
    const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
    const withAction = (service: string) =>
      policies.filter(([, policy]) => JSON.stringify(policy.Properties.PolicyDocument).includes(`"${service}`)).map(([id]) => id);
    expect(withAction('dynamodb:')).toEqual([/^Users/, /^Groups/, /^Entitlements/, /^Bulk/].map((id) => expect.stringMatching(id)));
    expect(withAction('secretsmanager:')).toEqual([expect.stringMatching(/Authorizer/)]);
  });

  test('may read and write the table in every way that the store does, statements that insert too, and may not scan it', () => {
    const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) =>
      /^(Users|Groups|Entitlements|Bulk)/.test(id),
    );
    for (const [, { Properties }] of policies) {
      const statements: { Action: string | string[] }[] = Properties.PolicyDocument.Statement;
      const actions = statements.flatMap(({ Action }) => Action).filter((action) => action.startsWith('dynamodb:'));
      const reads = ['GetItem', 'BatchGetItem', 'Query'];
      const writes = ['PutItem', 'UpdateItem', 'DeleteItem', 'PartiQLInsert', 'PartiQLUpdate', 'PartiQLDelete'];
      expect(actions).toEqual([...reads, ...writes].map((action) => `dynamodb:${action}`).sort());
    }
  });

  test('of groups, whose large changes are much work, have a whole CPU', () => {
    template.hasResourceProperties('AWS::Lambda::Function', { Description: 'SCIM groups', MemorySize: 1769 });
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

  test('no body of a request is traced into logs, and what it takes has a limit', () => {
    const setting = { DataTraceEnabled: false, LoggingLevel: 'ERROR', MetricsEnabled: true };
    template.allResourcesProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [{ ...setting, HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 500, ThrottlingBurstLimit: 1_000 }],
    });
    everything.allResourcesProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [Match.objectLike({ ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 })],
    });
  });

  test('each request has a line of JSON in a log, without its path, query or user agent', () => {
    const { Format, DestinationArn } =
      Object.values(template.findResources('AWS::ApiGateway::Stage'))[0]?.Properties.AccessLogSetting ?? {};
    expect(DestinationArn).toBeDefined();
    expect(JSON.parse(Format)).toMatchObject({
      directory: '$context.authorizer.directory',
      route: '$context.resourcePath',
      status: '$context.status',
    });
    expect(Format).not.toMatch(/\$context\.(path|requestOverride|identity\.userAgent|authorizer\.(tokenId|scopes))/);
  });

  test('the log of its own errors is there before the stage that would make one for ever', () => {
    const [[errorLog]] = Object.entries(
      template.findResources('AWS::Logs::LogGroup', { Properties: { LogGroupName: Match.anyValue() } }),
    ) as [[string, unknown]];
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: { 'Fn::Join': ['', ['API-Gateway-Execution-Logs_', { Ref: 'ScimApi' }, '/prod']] },
    });
    template.hasResource('AWS::ApiGateway::Stage', { DependsOn: Match.arrayWith([errorLog]) });
  });

  test("makes the account's role for logs and keeps it, or leaves that of the account alone", () => {
    template.hasResource('AWS::ApiGateway::Account', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    others.resourceCountIs('AWS::ApiGateway::Account', 0);
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
