import { SecretsManagerClient, type SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Keep a dead socket from eating the 29 s of API Gateway: one that does not open, does not answer, or stops halfway through an answer.
 * Three attempts take less than ten seconds. `store` has the same for its own client: neither layer may import the other.
 */
export const TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true, socketTimeout: 3_000 };

/**
 * The client of a function that reads secrets. Its credentials are those that Lambda puts into the environment, and no others: what else
 * the SDK would look for, with AWS_PROFILE for example, is not in the bundles.
 */
export const openSecrets = (config: SecretsManagerClientConfig = {}): SecretsManagerClient =>
  new SecretsManagerClient({ credentials: fromEnv(), maxAttempts: 3, requestHandler: TIMEOUTS, ...config });
