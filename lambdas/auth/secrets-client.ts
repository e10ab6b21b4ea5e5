import { SecretsManagerClient, type SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';

/**
 * Keep a dead socket from eating the 29 s of API Gateway: one that does not open, does not answer, or stops halfway through an answer.
 * Three attempts take less than ten seconds.
 */
const TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true, socketTimeout: 3_000 };

/** The client of a function that reads secrets. */
export const openSecrets = (config: SecretsManagerClientConfig = {}): SecretsManagerClient =>
  new SecretsManagerClient({ maxAttempts: 3, requestHandler: TIMEOUTS, ...config });
