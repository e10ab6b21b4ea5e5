import type { DirectorySecret } from './directory-secret.ts';

type Read = (directory: string) => Promise<DirectorySecret | undefined>;

interface Entry {
  readonly secret: DirectorySecret | undefined;
  readonly until: number;
}

/** How many directories are remembered; guessed names push the oldest out, not the service over. */
const MAX_ENTRIES = 1_000;

/**
 * Remembers what the secrets held for some seconds, and which directories have none, so that guessing costs us no call.
 * The seconds are also how long a revoked token may go on working.
 */
export function cachedSecrets(read: Read, ttlSeconds: number, now: () => number = Date.now): Read {
  const entries = new Map<string, Entry>();
  return async (directory) => {
    const cached = entries.get(directory);
    if (cached && cached.until > now()) return cached.secret;
    const secret = await read(directory);
    entries.delete(directory);
    entries.set(directory, { secret, until: now() + ttlSeconds * 1_000 });
    const [oldest] = entries.keys();
    if (entries.size > MAX_ENTRIES && oldest !== undefined) entries.delete(oldest);
    return secret;
  };
}
