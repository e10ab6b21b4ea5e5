import { AuthorizationType, EndpointType, type IAuthorizer, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { CfnResource } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { ScimFunction } from './scim-function.ts';
import { ScimGatewayResponses } from './scim-gateway-responses.ts';

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

export interface ScimApiProps {
  readonly functions: Readonly<Record<FunctionName, ScimFunction>>;
  readonly authorizer: IAuthorizer;
}

/** The REST API: only that kind of API has gateway responses. */
export class ScimApi extends Construct {
  readonly restApi: RestApi;

  constructor(scope: Construct, id: string, { functions, authorizer }: ScimApiProps) {
    super(scope, id);

    this.restApi = new RestApi(this, 'Resource', {
      restApiName: 'Rollcall',
      description: 'SCIM 2.0',
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      deployOptions: { stageName: 'prod', metricsEnabled: true, tracingEnabled: true },
      defaultMethodOptions: { authorizationType: AuthorizationType.CUSTOM, authorizer },
    });
    (this.restApi.node.defaultChild as CfnResource).overrideLogicalId('ScimApi');

    new ScimGatewayResponses(this, 'GatewayResponses', { restApi: this.restApi });
    for (const [path, name] of ROUTES) {
      // One permission for the whole API: one for each method would outgrow the policy of the function.
      const integration = new LambdaIntegration(functions[name].function, { scopePermissionToMethod: false });
      this.restApi.root.resourceForPath(path).addMethod('ANY', integration);
    }
  }
}
