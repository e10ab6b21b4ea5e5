import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { Secrets } from './directory-secret.ts';

/**
 * Has the SDK make ready a request that is given up before it is sent, so that all of it that runs for the first time runs while the
 * function starts: Lambda gives a start more processing power than the authorizer has later. Nothing is asked: a secret that is not
 * there would stand as an error in the account's CloudTrail, once for each start. Only where Lambda starts the function. It never throws.
 */
export async function warmUp({ client, prefix }: Secrets): Promise<void> {
  if (!process.env.AWS_LAMBDA_INITIALIZATION_TYPE) return;
  const command = new GetSecretValueCommand({ SecretId: prefix });
  await client.send(command, { abortSignal: AbortSignal.abort() }).catch(() => {});
}
