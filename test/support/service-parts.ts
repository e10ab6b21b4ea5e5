import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { App, Stack } from 'aws-cdk-lib/core';
import type { LoggedFunction, ServiceParts } from '../../lib/constructs/service-parts.ts';

/** A stack that has an API with one method. */
export function stackWithApi(): { readonly stack: Stack; readonly restApi: RestApi } {
  const stack = new Stack(new App(), 'Small');
  const restApi = new RestApi(stack, 'Api', { cloudWatchRole: false });
  restApi.root.addMethod('GET', new MockIntegration());
  return { stack, restApi };
}

/** A stack that has what the service has, one of each and none of it real. */
export function stackWithParts(): { readonly stack: Stack; readonly parts: ServiceParts } {
  const { stack, restApi } = stackWithApi();
  const make = (id: string): LoggedFunction => {
    const logGroup = new LogGroup(stack, `${id}Logs`);
    const code = Code.fromInline('exports.handler = async () => ({});');
    return {
      logGroup,
      function: new LambdaFunction(stack, id, { code, logGroup, handler: 'index.handler', runtime: Runtime.NODEJS_24_X }),
    };
  };
  const functions = {
    users: make('Users'),
    groups: make('Groups'),
    entitlements: make('Entitlements'),
    discovery: make('Discovery'),
    bulk: make('Bulk'),
  };
  const table = new TableV2(stack, 'Table', { partitionKey: { name: 'pk', type: AttributeType.STRING } });
  return { stack, parts: { restApi, table, functions, authorizer: make('Authorizer') } };
}
