import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { NOWHERE } from './keys.ts';
import type { Table } from './table.ts';

/** How long a start waits for it at most. */
const LONGEST_MS = 1_000;

/**
 * Asks the table for what is not there, so that the name is looked up, the connection is open, the credentials are read, and the SDK
 * has run once before the first request comes: Lambda gives a start more processing power than most requests have. Only where Lambda
 * starts a function. It never throws: what is wrong is wrong for the first request too, which tells of it.
 */
export async function warmUp({ client, name }: Table): Promise<void> {
  if (!process.env.AWS_LAMBDA_INITIALIZATION_TYPE) return;
  const command = new GetCommand({ TableName: name, Key: NOWHERE, ConsistentRead: true });
  await client.send(command, { abortSignal: AbortSignal.timeout(LONGEST_MS) }).catch(() => {});
}
