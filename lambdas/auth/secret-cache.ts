import { failureOf } from '../log/failure.ts';
import type { DirectorySecret } from './directory-secret.ts';
import { logUnreadable, unreadableReason } from './unreadable.ts';

/** Gives the secret of a directory, `undefined` if there is none. */
export type ReadSecret = (directory: string) => Promise<DirectorySecret | undefined>;

/** How many directories are remembered of those that have a secret, and how many of those that have none. */
const MAX_ENTRIES = 1_000;

/** For how many seconds is remembered what a secret held, which is also how long a revoked token may go on working, and that none can be read. */
export interface CacheTimes {
  readonly seconds: number;
  readonly unknownSeconds: number;
}

/**
 * Remembers what the secrets held, and which directories have none that can be read, so that neither guessing nor a spoilt secret
 * costs us a call and a line of the log each time. The two have places of their own: no number of guesses has a directory forgotten
 * that is known. What was read is as old as the question, not as the answer, which may be late.
 *
 * What is given back throws where Secrets Manager did not answer; that is not remembered.
 */
export function cachedSecrets(read: ReadSecret, { seconds, unknownSeconds }: CacheTimes, now: () => number = Date.now): ReadSecret {
  const known = remembered<DirectorySecret>(now);
  const unknown = remembered<undefined>(now);
  return async (directory) => {
    const cached = known.get(directory) ?? unknown.get(directory);
    if (cached) return cached.value;
    const asked = now();
    const secret = await readOrReport(read, directory);
    if (secret) {
      known.set(directory, { value: secret, until: asked + seconds * 1_000 });
      unknown.forget(directory);
    } else unknown.set(directory, { value: undefined, until: asked + unknownSeconds * 1_000 });
    return secret;
  };
}

interface Entry<T> {
  readonly value: T;
  readonly until: number;
}

/** So many entries by their directories, the oldest out first. */
function remembered<T>(now: () => number) {
  const entries = new Map<string, Entry<T>>();
  return {
    get(directory: string): Entry<T> | undefined {
      const entry = entries.get(directory);
      return entry && entry.until > now() ? entry : undefined;
    },
    forget(directory: string): void {
      entries.delete(directory);
    },
    set(directory: string, entry: Entry<T>): void {
      entries.delete(directory);
      entries.set(directory, entry);
      const [oldest] = entries.keys();
      if (entries.size > MAX_ENTRIES && oldest !== undefined) entries.delete(oldest);
    },
  };
}

/**
 * A secret that cannot be read, and could not be by another attempt, is the operator's trouble: one line for the operator, and for the
 * client it is as if there were none. Any other failure is none of the client's either, who must not be told that its token is wrong.
 */
async function readOrReport(read: ReadSecret, directory: string): Promise<DirectorySecret | undefined> {
  try {
    const secret = await read(directory);
    if (!secret) logUnreadable(directory, 'missing');
    return secret;
  } catch (error) {
    const reason = unreadableReason(error);
    if (!reason) throw outage(directory, error);
    logUnreadable(directory, reason);
    return undefined;
  }
}

/** Lambda logs the message of what is thrown: one that quotes an answer cut short would tell of a secret, so that is left behind. */
function outage(directory: string, error: unknown): Error {
  const { name } = failureOf(error);
  console.error({ message: 'Secrets Manager did not answer', directory, reason: name });
  return new Error(`Secrets Manager did not answer: ${name}`);
}

/** Reads a number of seconds as it stands in the environment. Throws for what is none: it would have nothing remembered, unnoticed. */
export function parseCacheSeconds(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`SECRET_CACHE_SECONDS: expected a whole number of seconds, not ${JSON.stringify(text)}`);
  return Number(text);
}
