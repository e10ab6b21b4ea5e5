import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { fromEnv } from '@aws-sdk/credential-provider-env';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** The one table, and the client that reaches it. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
}

/**
 * Keep a dead socket from eating the 29 s of API Gateway: one that does not open, does not answer, or stops halfway through an answer.
 * `auth` has the same for its own client: neither layer may import the other.
 */
export const TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true, socketTimeout: 3_000 };

/** Opens a table. The SDK repeats nothing: `send` does, once and for all, with a deadline that the SDK does not know. */
export function openTable(name: string, config: DynamoDBClientConfig = {}): Table {
  const client = new DynamoDBClient({ maxAttempts: 1, requestHandler: TIMEOUTS, ...config });
  return { client: DynamoDBDocumentClient.from(client), name };
}

/**
 * The table of a function, made once, when it starts. Its credentials are those that Lambda puts into the environment, and no others:
 * what else the SDK would look for, with AWS_PROFILE for example, is not in the bundles.
 */
export function tableFromEnvironment(): Table {
  const name = process.env.TABLE_NAME;
  if (!name) throw new Error('TABLE_NAME is not set');
  return openTable(name, { credentials: fromEnv() });
}
