import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { CfnOutput, Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { parseBaseUrl } from './base-url.ts';
import { CustomDomain, type CustomDomainProps } from './constructs/custom-domain.ts';
import { DirectoryTable, type DirectoryTableProps } from './constructs/directory-table.ts';
import { Firewall, type FirewallProps } from './constructs/firewall.ts';
import { type FunctionName, ScimApi, type ScimApiProps } from './constructs/scim-api.ts';
import { type FunctionSettings, ScimFunction } from './constructs/scim-function.ts';
import { ServiceAlarms } from './constructs/service-alarms.ts';
import { ServiceDashboard } from './constructs/service-dashboard.ts';
import { TokenAuthorizer } from './constructs/token-authorizer.ts';
import { SECRET_PREFIX } from './secret-prefix.ts';

export interface RollcallProps extends DirectoryTableProps, FunctionSettings, Omit<ScimApiProps, 'functions' | 'authorizer'> {
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
   * Address under which clients reach the service, if it is another than API Gateway's: that of a proxy, or a tunnel.
   * `meta.location` and `Location` begin with it.
   *
   * @default - the address that a request came to
   */
  readonly baseUrl?: string;
  /**
   * Name of its own under which clients reach the service.
   *
   * @default - API Gateway's
   */
  readonly domain?: Omit<CustomDomainProps, 'restApi'>;
  /**
   * A firewall in front of the API; an empty object is one with its defaults.
   *
   * @default - none
   */
  readonly firewall?: Omit<FirewallProps, 'restApi'>;
  /**
   * Where alarms tell of themselves.
   *
   * @default - nowhere: they are seen in CloudWatch alone
   */
  readonly alarmTopic?: ITopic;
}

interface FunctionRow {
  readonly id: string;
  readonly description: string;
  readonly memorySize: number;
  readonly usesTable: boolean;
}

/**
 * With this memory, in MB, a function has one CPU: Lambda gives as much of one as of the other. A change of 20,000 members of a group is
 * 3,600 requests to DynamoDB, which keep a CPU busy for 5 s (`npm run bench -- large`), and has 25 s. The other functions wait for DynamoDB
 * most of their time.
 */
const ONE_CPU = 1769;

/** The functions behind the API, by the names of their entry points. */
const FUNCTIONS: Readonly<Record<FunctionName, FunctionRow>> = {
  users: { id: 'Users', description: 'SCIM users', memorySize: 1024, usesTable: true },
  groups: { id: 'Groups', description: 'SCIM groups', memorySize: ONE_CPU, usesTable: true },
  entitlements: { id: 'Entitlements', description: 'Roles, entitlements and types of the vendor', memorySize: 1024, usesTable: true },
  discovery: { id: 'Discovery', description: 'What this service can do', memorySize: 512, usesTable: false },
  bulk: {
    id: 'Bulk',
    description: 'Many SCIM operations in one request, and every path with a slash too many',
    memorySize: 1024,
    usesTable: true,
  },
};

const NO_FIREWALL = {
  id: 'AwsSolutions-APIG3',
  reason: 'A firewall is an option: every request bears a credential, the stage has a limit, and a guess costs no read of the table.',
};

/**
 * The whole service, for a stack of ours or of a vendor's. The logical ids of the table, the API and the functions are set, so that
 * there can be one in a stack.
 */
export class Rollcall extends Construct {
  /** The one that is in use. */
  readonly table: ITableV2;
  readonly restApi: RestApi;
  readonly functions: Readonly<Record<FunctionName, ScimFunction>>;

  constructor(scope: Construct, id: string, props: RollcallProps = {}) {
    super(scope, id);
    // Else another cache time would change the authorizer and not the stage, in an app that does not set this.
    this.node.setContext('@aws-cdk/aws-apigateway:authorizerChangeDeploymentLogicalId', true);
    const { secretPrefix = 'rollcall', credentialCacheTtl: cacheTtl = Duration.seconds(60), alarmTopic, domain, firewall } = props;
    const baseUrl = props.baseUrl && parseBaseUrl(props.baseUrl, 'baseUrl');
    if (!SECRET_PREFIX.pattern.test(secretPrefix))
      throw new RangeError(`secretPrefix: expected ${SECRET_PREFIX.expected}, got ${JSON.stringify(secretPrefix)}`);

    const directoryTable = new DirectoryTable(this, 'Table', props);
    const functions = functionsOf(this, directoryTable, props, { ...(baseUrl && { BASE_URL: baseUrl }) });
    const { authorizer, scimFunction } = new TokenAuthorizer(this, 'TokenAuthorizer', { ...props, secretPrefix, cacheTtl });
    const { restApi } = new ScimApi(this, 'Api', { ...props, functions, authorizer });
    if (domain) new CustomDomain(this, 'Domain', { ...domain, restApi });
    if (firewall) new Firewall(this, 'Firewall', { ...firewall, restApi });
    else Validations.of(restApi).acknowledge(NO_FIREWALL);

    const parts = { restApi, table: directoryTable.table, functions, authorizer: scimFunction };
    new ServiceAlarms(this, 'Alarms', { ...parts, topic: alarmTopic });
    new ServiceDashboard(this, 'Dashboard', parts);
    ({ table: this.table, restApi: this.restApi, functions: this.functions } = parts);

    outputs(this, {
      ApiUrl: [
        baseUrl || (domain ? `https://${domain.domainName}` : restApi.url),
        'A base URL is this, the name of a directory, and /scim/v2',
      ],
      TableName: [this.table.tableName, 'The table that is in use'],
      SecretPrefix: [secretPrefix, 'The secret of a directory is this, a slash, and its name'],
      CredentialCacheSeconds: [String(cacheTtl.toSeconds()), 'How long credentials are remembered, by the gateway and again behind it'],
    });
  }
}

function functionsOf(
  scope: Construct,
  directoryTable: DirectoryTable,
  settings: FunctionSettings,
  environment: Readonly<Record<string, string>>,
): Record<FunctionName, ScimFunction> {
  // An empty address is AWS's own; `sam local` gives values to variables that are declared, and to no others.
  const tableEnvironment = { TABLE_NAME: directoryTable.table.tableName, AWS_ENDPOINT_URL_DYNAMODB: '' };
  const made = Object.entries(FUNCTIONS).map(([entry, { id, description, memorySize, usesTable }]) => {
    const variables = { ...(usesTable && tableEnvironment), ...environment };
    const each = new ScimFunction(scope, id, { ...settings, entry, description, memorySize, environment: variables });
    if (usesTable) directoryTable.grantService(each.function);
    return [entry, each];
  });
  return Object.fromEntries(made);
}

/** The operator's command line finds these by their names, in a stack of whatever name. */
function outputs(scope: Construct, values: Readonly<Record<string, readonly [value: string, description: string]>>): void {
  for (const [name, [value, description]] of Object.entries(values))
    new CfnOutput(scope, name, { value, description }).overrideLogicalId(name);
}
