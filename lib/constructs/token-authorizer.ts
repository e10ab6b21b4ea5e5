import { type IAuthorizer, IdentitySource, RequestAuthorizer } from 'aws-cdk-lib/aws-apigateway';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, Duration, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { withPseudoParameters } from './pseudo-parameters.ts';
import { type FunctionSettings, ScimFunction } from './scim-function.ts';

export interface TokenAuthorizerProps extends FunctionSettings {
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
  readonly scimFunction: ScimFunction;

  constructor(scope: Construct, id: string, props: TokenAuthorizerProps) {
    super(scope, id);
    const { secretPrefix, cacheTtl = Duration.seconds(60), logRetention, provisionedConcurrency } = props;

    this.scimFunction = new ScimFunction(this, 'Authorizer', {
      logRetention,
      provisionedConcurrency,
      entry: 'authorizer',
      description: 'Finds the directory of a credential',
      memorySize: 512,
      environment: {
        SECRET_PREFIX: secretPrefix,
        SECRET_CACHE_SECONDS: String(cacheTtl.toSeconds()),
        // Empty is AWS's own; `sam local` gives values to variables that are declared, and to no others.
        AWS_ENDPOINT_URL_SECRETS_MANAGER: '',
      },
    });
    this.#grantSecrets(secretPrefix);

    this.authorizer = new RequestAuthorizer(this, 'Resource', {
      handler: this.scimFunction.target,
      identitySources: [IdentitySource.header('Authorization')],
      resultsCacheTtl: cacheTtl,
    });
  }

  /** The secrets are made later, one for each directory, by the operator's command line. */
  #grantSecrets(prefix: string): void {
    const resource = Stack.of(this).formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${prefix}/*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    Grant.addToPrincipal({
      grantee: this.scimFunction.function,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [resource],
    });
    Validations.of(this.scimFunction).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${withPseudoParameters(this, resource)}]`,
      reason: 'Directories come and go without a deployment, and the prefix is theirs alone.',
    });
  }
}
