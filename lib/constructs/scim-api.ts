import {
  AccessLogFormat,
  AuthorizationType,
  EndpointType,
  type IAuthorizer,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { type CfnResource, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { ScimFunction } from './scim-function.ts';
import { ScimGatewayResponses } from './scim-gateway-responses.ts';
import { type LogSettings, ServiceLog } from './service-log.ts';

/** The functions behind the API, by what they serve. */
export type FunctionName = 'users' | 'groups' | 'entitlements' | 'discovery' | 'bulk';

const BASE = '/{directory}/scim/v2';

/**
 * Every resource of the API and the function behind it; the function knows the methods. API Gateway allows one variable
 * child per resource, so the catch-alls stand below each variable. A resource without a method would answer a mistyped path
 * with an error about AWS signatures, so each has ANY. The catch-alls belong to `bulk`, which has every route: a slash too many
 * sends a request there, and it is served; what is nobody's ends in a SCIM 404.
 */
export const ROUTES: readonly (readonly [path: string, FunctionName])[] = [
  ['/', 'discovery'],
  ['/{directory}', 'discovery'],
  ['/{directory}/{proxy+}', 'bulk'],
  ['/{directory}/scim', 'discovery'],
  [BASE, 'discovery'],
  [`${BASE}/ServiceProviderConfig`, 'discovery'],
  [`${BASE}/ResourceTypes`, 'discovery'],
  [`${BASE}/ResourceTypes/{id}`, 'discovery'],
  [`${BASE}/Schemas`, 'discovery'],
  [`${BASE}/Schemas/{id}`, 'discovery'],
  [`${BASE}/Me`, 'discovery'],
  [`${BASE}/.search`, 'discovery'],
  [`${BASE}/Bulk`, 'bulk'],
  [`${BASE}/Users`, 'users'],
  [`${BASE}/Users/.search`, 'users'],
  [`${BASE}/Users/{id}`, 'users'],
  [`${BASE}/Users/{id}/{proxy+}`, 'bulk'],
  [`${BASE}/Groups`, 'groups'],
  [`${BASE}/Groups/.search`, 'groups'],
  [`${BASE}/Groups/{id}`, 'groups'],
  [`${BASE}/Groups/{id}/{proxy+}`, 'bulk'],
  [`${BASE}/{type}`, 'entitlements'],
  [`${BASE}/{type}/{id}`, 'entitlements'],
  [`${BASE}/{type}/{id}/{proxy+}`, 'bulk'],
];

const STAGE = 'prod';

/**
 * What API Gateway says of each request, those that it answers itself included. The route and not the path, which has ids;
 * no query, which has names; no user agent, in which a quote would break the line: the function's own line has it.
 */
const ACCESS_LOG_FORMAT = AccessLogFormat.custom(
  JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    directory: '$context.authorizer.directory',
    method: '$context.httpMethod',
    route: '$context.resourcePath',
    status: '$context.status',
    error: '$context.error.responseType',
    ip: '$context.identity.sourceIp',
    ms: '$context.responseLatency',
    functionMs: '$context.integration.latency',
    functionStatus: '$context.integration.status',
    authorizerMs: '$context.authorizer.latency',
    authorizerStatus: '$context.authorizer.status',
    firewall: '$context.waf.status',
    traceId: '$context.xrayTraceId',
  }),
);

/** Who provides the account's role by which API Gateway writes logs. */
export type CloudWatchRole = 'create' | 'existing';

export interface ScimApiProps extends LogSettings {
  readonly functions: Readonly<Record<FunctionName, ScimFunction>>;
  readonly authorizer: IAuthorizer;
  /**
   * API Gateway writes its logs by one role for all of an account's APIs in a region. `create` makes it, and keeps it when the
   * stack goes; `existing` is for an account that has one.
   *
   * @default 'create'
   */
  readonly cloudWatchRole?: CloudWatchRole;
  /**
   * Most requests a second, in all directories together; more are answered 429.
   *
   * @default 500
   */
  readonly throttlingRateLimit?: number;
  /**
   * Most requests at once, before the rate counts.
   *
   * @default 1000
   */
  readonly throttlingBurstLimit?: number;
  /**
   * Whether API Gateway's own address is shut, where clients reach the service under another name.
   *
   * @default false
   */
  readonly disableExecuteApiEndpoint?: boolean;
}

/** The REST API: only that kind of API has gateway responses. */
export class ScimApi extends Construct {
  readonly restApi: RestApi;

  constructor(scope: Construct, id: string, props: ScimApiProps) {
    super(scope, id);
    const { functions, authorizer, cloudWatchRole = 'create', throttlingRateLimit = 500, throttlingBurstLimit = 1_000 } = props;
    const { logRetention } = props;

    const accessLog = new ServiceLog(this, 'AccessLog', { logRetention });
    this.restApi = new RestApi(this, 'Resource', {
      // CloudWatch tells the APIs of a region by their names.
      restApiName: Stack.of(this).stackName,
      description: 'SCIM 2.0',
      endpointTypes: [EndpointType.REGIONAL],
      ...(props.disableExecuteApiEndpoint && { disableExecuteApiEndpoint: true }),
      cloudWatchRole: cloudWatchRole === 'create',
      ...(cloudWatchRole === 'create' && { cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN }),
      deployOptions: {
        stageName: STAGE,
        metricsEnabled: true,
        tracingEnabled: true,
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat: ACCESS_LOG_FORMAT,
        loggingLevel: MethodLoggingLevel.ERROR,
        // Would write whole requests, with bodies and credentials, into the log.
        dataTraceEnabled: false,
        throttlingRateLimit,
        throttlingBurstLimit,
      },
      defaultMethodOptions: { authorizationType: AuthorizationType.CUSTOM, authorizer },
    });
    (this.restApi.node.defaultChild as CfnResource).overrideLogicalId('ScimApi');
    // An output of the CDK's, beside ours: another address of the same, where there is a domain.
    this.restApi.node.tryRemoveChild('Endpoint');
    this.#keepErrorLog(logRetention);
    this.#acknowledge();

    new ScimGatewayResponses(this, 'GatewayResponses', { restApi: this.restApi });
    for (const [path, name] of ROUTES) {
      // One permission for the whole API: one for each method would outgrow the policy of the function.
      const integration = new LambdaIntegration(functions[name].target, { scopePermissionToMethod: false });
      this.restApi.root.resourceForPath(path).addMethod('ANY', integration);
    }
  }

  /** API Gateway makes the log of its own errors when a stage begins, and keeps it for ever, unless there is one of this name. */
  #keepErrorLog(logRetention: LogSettings['logRetention']): void {
    const logGroupName = `API-Gateway-Execution-Logs_${this.restApi.restApiId}/${STAGE}`;
    const errorLog = new ServiceLog(this, 'ErrorLog', { logGroupName, logRetention });
    this.restApi.deploymentStage.node.addDependency(errorLog);
  }

  #acknowledge(): void {
    Validations.of(this.restApi).acknowledge(
      { id: 'AwsSolutions-APIG2', reason: 'The functions validate requests: what is wrong with one has to be told in a SCIM error.' },
      { id: 'AwsSolutions-COG4', reason: 'SCIM clients bear tokens of their directory, which the authorizer knows; Cognito does not.' },
      {
        id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
        reason: 'The role is for every API of the account, and this is the policy that API Gateway asks for.',
      },
    );
  }
}
