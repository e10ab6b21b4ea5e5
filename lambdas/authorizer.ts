import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { authorizer } from './auth/authorize.ts';
import { readDirectorySecret } from './auth/directory-secret.ts';
import { cachedSecrets, parseCacheSeconds } from './auth/secret-cache.ts';

const { SECRET_PREFIX: prefix = '', SECRET_CACHE_SECONDS = '60' } = process.env;
const client = new SecretsManagerClient({
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
});
/** However short known directories are remembered, guesses must not cost a call each. */
const UNKNOWN_SECONDS = 60;
const times = { seconds: parseCacheSeconds(SECRET_CACHE_SECONDS), unknownSeconds: UNKNOWN_SECONDS };

export const handler = authorizer(cachedSecrets((directory) => readDirectorySecret({ client, prefix }, directory), times));
