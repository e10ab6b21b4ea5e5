import { type IAuthorizer, IdentitySource, RequestAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ScimFunction } from './scim-function.ts';

export interface TokenAuthorizerProps {
  /** The secrets of directories are named `{secretPrefix}/{directory}`. */
  readonly secretPrefix: string;
  /**
   * How long API Gateway remembers an answer, and the authorizer a secret. A revoked token works for the sum of both at most.
   *
   * @default Duration.seconds(60)
   */
  readonly cacheTtl?: Duration;
}

/** Finds out whose credential a request bears. */
export class TokenAuthorizer extends Construct {
  readonly authorizer: IAuthorizer;
  /** Where it tells of secrets that it cannot read. */
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: TokenAuthorizerProps) {
    super(scope, id);
    const cacheTtl = props.cacheTtl ?? Duration.seconds(60);

    const { function: handler, logGroup } = new ScimFunction(this, 'Authorizer', {
      entry: 'authorizer',
      description: 'Finds the directory of a credential',
      memorySize: 512,
      environment: { SECRET_PREFIX: props.secretPrefix, SECRET_CACHE_SECONDS: String(cacheTtl.toSeconds()) },
    });
    // The secrets are made later, one for each directory, by the operator's command line.
    handler.addToRolePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: ['secretsmanager:GetSecretValue'],
        resources: [
          Stack.of(this).formatArn({
            service: 'secretsmanager',
            resource: 'secret',
            resourceName: `${props.secretPrefix}/*`,
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        ],
      }),
    );

    this.logGroup = logGroup;
    this.authorizer = new RequestAuthorizer(this, 'Resource', {
      handler,
      identitySources: [IdentitySource.header('Authorization')],
      resultsCacheTtl: cacheTtl,
    });
  }
}
