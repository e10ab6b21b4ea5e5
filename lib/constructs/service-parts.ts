import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { FunctionName } from './scim-api.ts';

/** A function, and where it logs. */
export interface LoggedFunction {
  /** The function itself rather than an alias of it: its metrics are those of every version. */
  readonly function: IFunction;
  readonly logGroup: ILogGroup;
}

/** What is watched of the service: by alarms, and on a dashboard. */
export interface ServiceParts {
  /** The API. CloudWatch knows it by its name, so that no other API of the account and region may have the same. */
  readonly restApi: RestApi;
  /** The table that is in use. */
  readonly table: ITableV2;
  /** The functions behind the API. */
  readonly functions: Readonly<Record<FunctionName, LoggedFunction>>;
  /** The authorizer. */
  readonly authorizer: LoggedFunction;
}
