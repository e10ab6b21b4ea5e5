import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { parseBaseUrl } from './base-url.ts';
import { DirectoryTable } from './constructs/directory-table.ts';
import { type FunctionName, ScimApi } from './constructs/scim-api.ts';
import { ScimFunction } from './constructs/scim-function.ts';
import { TokenAuthorizer } from './constructs/token-authorizer.ts';
import { UnknownAttributesMetric } from './constructs/unknown-attributes-metric.ts';
import { UnreadableSecretsMetric } from './constructs/unreadable-secrets-metric.ts';

export interface RollcallStackProps extends StackProps {
  /**
   * The secrets of directories are named `{secretPrefix}/{directory}`.
   *
   * @default 'rollcall'
   */
  readonly secretPrefix?: string;
  /**
   * How long credentials are remembered; see `TokenAuthorizer`. In whole seconds, an hour at most.
   *
   * @default Duration.seconds(60)
   */
  readonly credentialCacheTtl?: Duration;
  /**
   * Address under which clients reach the service, if it is another than API Gateway's: that of a proxy, a custom domain in
   * front, or a tunnel. `meta.location` and `Location` begin with it.
   *
   * @default - the address that a request came to
   */
  readonly baseUrl?: string;
  /**
   * Name of a table to use instead of the stack's own; see `DirectoryTable`.
   *
   * @default - the stack's own
   */
  readonly restoredTable?: string;
}

/** Actions that the functions of resources need; transactions are made of the single ones. */
const READ_WRITE = ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'PartiQLUpdate', 'PartiQLDelete'];

/** The whole service. */
export class RollcallStack extends Stack {
  constructor(scope: Construct, id: string, props: RollcallStackProps = {}) {
    super(scope, id, props);
    const { secretPrefix = 'rollcall', credentialCacheTtl: cacheTtl = Duration.seconds(60), restoredTable } = props;
    const baseUrl = props.baseUrl && parseBaseUrl(props.baseUrl, 'baseUrl');

    const { table } = new DirectoryTable(this, 'Table', { ...(restoredTable && { restoredTable }) });
    const environment = { TABLE_NAME: table.tableName, ...(baseUrl && { BASE_URL: baseUrl }) };
    const make = (name: string, entry: FunctionName, description: string) =>
      new ScimFunction(this, name, { entry, description, environment });
    const functions = {
      users: make('Users', 'users', 'SCIM users'),
      groups: make('Groups', 'groups', 'SCIM groups'),
      entitlements: make('Entitlements', 'entitlements', 'Roles, entitlements and types of the vendor'),
      discovery: make('Discovery', 'discovery', 'What this service can do'),
      bulk: make('Bulk', 'bulk', 'Many SCIM operations in one request, and every path with a slash too many'),
    };
    const { users, groups, entitlements, bulk } = functions;
    const actions = READ_WRITE.map((action) => `dynamodb:${action}`);
    for (const each of [users, groups, entitlements, bulk]) table.grant(each.function, ...actions);
    new UnknownAttributesMetric(this, 'UnknownAttributes', { functions: Object.values(functions) });

    const { authorizer, logGroup } = new TokenAuthorizer(this, 'TokenAuthorizer', { secretPrefix, cacheTtl });
    new UnreadableSecretsMetric(this, 'UnreadableSecrets', { logGroup });
    const { restApi } = new ScimApi(this, 'Api', { functions, authorizer });

    const output = (name: string, value: string, description: string) => new CfnOutput(this, name, { value, description });
    output('ApiUrl', baseUrl || restApi.url, 'A base URL is this, the name of a directory, and /scim/v2');
    output('TableName', table.tableName, 'The table that is in use');
    output('SecretPrefix', secretPrefix, 'The secret of a directory is this, a slash, and its name');
    output(
      'CredentialCacheSeconds',
      String(cacheTtl.toSeconds()),
      'How long credentials are remembered, by the gateway and again behind it',
    );
  }
}
