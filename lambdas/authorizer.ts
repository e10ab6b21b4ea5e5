import { authorizer } from './auth/authorize.ts';
import { readDirectorySecret } from './auth/directory-secret.ts';
import { cachedSecrets, parseCacheSeconds } from './auth/secret-cache.ts';
import { openSecrets } from './auth/secrets-client.ts';
import { warmUp } from './auth/warm-up.ts';

const { SECRET_PREFIX: prefix = '', SECRET_CACHE_SECONDS = '60' } = process.env;
const secrets = { client: openSecrets(), prefix };
/** However short known directories are remembered, guesses must not cost a call each. */
const UNKNOWN_SECONDS = 60;
const times = { seconds: parseCacheSeconds(SECRET_CACHE_SECONDS), unknownSeconds: UNKNOWN_SECONDS };

await warmUp(secrets);

export const handler = authorizer(cachedSecrets((directory) => readDirectorySecret(secrets, directory), times));
