import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** The one table, and the client that reaches it. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
}

/** Time-outs that keep a dead socket from eating the 29 s of API Gateway. */
const TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };

/** Made once, when the function starts. */
export function tableFromEnvironment(): Table {
  const name = process.env.TABLE_NAME;
  if (!name) throw new Error('TABLE_NAME is not set');
  const client = new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: TIMEOUTS,
  });
  return { client: DynamoDBDocumentClient.from(client), name };
}
