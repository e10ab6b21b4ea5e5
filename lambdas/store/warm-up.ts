import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { failureOf } from '../log/failure.ts';
import { NOWHERE } from './keys.ts';
import type { Table } from './table.ts';

/** How long a start waits for it at most. */
const LONGEST_MS = 1_000;

/**
 * Asks the table for what is not there, so that the name is looked up, the connection is open, the credentials are read, and the SDK
 * has run once before the first request comes: Lambda gives a start more processing power than most requests have. Only where Lambda
 * starts a function. It never throws: a function that could not reach its table may still, and says in the log why it did not.
 */
export async function warmUp({ client, name }: Table): Promise<void> {
  if (!process.env.AWS_LAMBDA_INITIALIZATION_TYPE) return;
  const command = new GetCommand({ TableName: name, Key: NOWHERE, ConsistentRead: true });
  await client.send(command, { abortSignal: AbortSignal.timeout(LONGEST_MS) }).catch((error: unknown) => {
    const { name, code } = failureOf(error);
    console.warn({ message: 'the table was not reached ahead of the first request', name, code });
  });
}
