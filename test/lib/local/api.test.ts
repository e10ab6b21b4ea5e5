import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Template as Synthesized } from 'aws-cdk-lib/assertions';
import { AuthorizationType, CfnAccount, IdentitySource, LambdaIntegration, RequestAuthorizer, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { App, type CfnResource, Stack } from 'aws-cdk-lib/core';
import { CustomDomain } from '../../../lib/constructs/custom-domain.ts';
import { Firewall } from '../../../lib/constructs/firewall.ts';
import { readApi } from '../../../lib/local/api.ts';
import { readTemplate, type Template } from '../../../lib/local/template.ts';
import { temporaryFolder } from '../../support/npm-start.ts';

/** As the local stack reads what the CDK makes of a stack. */
function readBack(stack: Stack): Template {
  const folder = temporaryFolder();
  try {
    writeFileSync(join(folder, 'Rollcall.template.json'), JSON.stringify(Synthesized.fromStack(stack).toJSON()));
    writeFileSync(join(folder, 'Rollcall.assets.json'), JSON.stringify({ files: {} }));
    return readTemplate(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function functionNamed(stack: Stack, id: string): LambdaFunction {
  const code = Code.fromInline('exports.handler = async () => ({});');
  const made = new LambdaFunction(stack, id, { code, handler: 'index.handler', runtime: Runtime.NODEJS_24_X });
  (made.node.defaultChild as CfnResource).overrideLogicalId(id);
  return made;
}

test('an alias leads to its function, from a method as from the authorizer, and what is around the API disturbs nothing', () => {
  const stack = new Stack(new App(), 'Rollcall');
  const [users, groups, tokens] = ['UsersFunction', 'GroupsFunction', 'AuthorizerFunction'].map((id) => functionNamed(stack, id));
  if (!users || !groups || !tokens) throw new Error('three were made');
  const authorizer = new RequestAuthorizer(stack, 'Authorizer', {
    handler: tokens.addAlias('warm', { provisionedConcurrentExecutions: 1 }),
    identitySources: [IdentitySource.header('Authorization')],
  });
  const restApi = new RestApi(stack, 'Api', {
    cloudWatchRole: false,
    defaultMethodOptions: { authorizationType: AuthorizationType.CUSTOM, authorizer },
  });
  const scopePermissionToMethod = false;
  const warm = users.addAlias('warm', { provisionedConcurrentExecutions: 1 });
  restApi.root.addResource('Users').addMethod('ANY', new LambdaIntegration(warm, { scopePermissionToMethod }));
  restApi.root.addResource('Groups').addMethod('ANY', new LambdaIntegration(groups, { scopePermissionToMethod }));
  new CfnAccount(stack, 'Account', { cloudWatchRoleArn: 'arn:aws:iam::000000000000:role/logs' });
  new Firewall(stack, 'Firewall', { restApi, allowedAddresses: ['203.0.113.0/24'] });
  const certificate = Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:us-east-1:000000000000:certificate/any');
  new CustomDomain(stack, 'Domain', { restApi, domainName: 'scim.example.com', certificate });

  const template = readBack(stack);
  const methods = readApi(template).root.children.map(({ path, methods }) => [path, methods.get('ANY')]);
  const byAuthorizer = { functionId: 'AuthorizerFunction', identityHeader: 'authorization' };
  expect(methods).toEqual([
    ['/Users', { functionId: 'UsersFunction', authorizer: expect.objectContaining(byAuthorizer) }],
    ['/Groups', { functionId: 'GroupsFunction', authorizer: expect.objectContaining(byAuthorizer) }],
  ]);
  expect(template.outputs.DomainTarget).toMatch(/\.RegionalDomainName$/);
});
