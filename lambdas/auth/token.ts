import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { TokenScope } from '../scim/token-scopes.ts';

/** What is kept of a token: enough to recognise it, not enough to use it. */
export interface StoredToken {
  readonly id: string;
  /** Of the token's text, in hex. */
  readonly sha256: string;
  readonly label: string;
  readonly scopes: readonly TokenScope[];
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly expiresAt?: string | undefined;
}

/** The name of a directory, as it stands in base URLs (Okta refuses `_` there). */
const DIRECTORY_NAME = /^(?=.{1,63}$)[a-z0-9](-?[a-z0-9])*$/;

/** Names that mean something else in a path, here or to API Gateway. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(['scim', 'v1', 'v2', 'ping', 'sping']);

const TOKEN = /^rc\.([a-z0-9-]{1,63})\.[A-Za-z0-9_-]{43}$/;

export const isDirectoryName = (name: string): boolean => DIRECTORY_NAME.test(name) && !RESERVED_NAMES.has(name);

/** Makes a token of 256 random bits. Its text is to be shown once and kept nowhere. */
export function mintToken(
  directory: string,
  label: string,
  scopes: readonly TokenScope[],
  now = new Date(),
): { token: string; stored: StoredToken } {
  const token = `rc.${directory}.${randomBytes(32).toString('base64url')}`;
  return { token, stored: storedToken(token, label, scopes, now) };
}

/** What is to be kept of a token. */
export const storedToken = (token: string, label: string, scopes: readonly TokenScope[], now = new Date()): StoredToken => ({
  id: randomUUID(),
  sha256: digest(token).toString('hex'),
  label,
  scopes,
  createdAt: now.toISOString(),
});

/** The directory that a token says it is for; `undefined` for what is no token. */
export function directoryOf(token: string): string | undefined {
  const name = TOKEN.exec(token)?.[1];
  return name !== undefined && isDirectoryName(name) ? name : undefined;
}

/** Is compared where there is no stored token, and is none: nobody knows a text that has this digest. */
const DECOY = '0'.repeat(64);

/**
 * The one of the stored tokens that this is, unless it has expired. Every comparison takes the same time, and there is always one:
 * a directory without tokens is not told from one that has another.
 */
export function findToken(tokens: readonly StoredToken[], token: string, now: Date): StoredToken | undefined {
  const given = digest(token);
  const isGiven = ({ sha256 }: Pick<StoredToken, 'sha256'>) => {
    const stored = Buffer.from(sha256, 'hex');
    return stored.length === given.length && timingSafeEqual(stored, given);
  };
  if (tokens.length === 0) isGiven({ sha256: DECOY });
  const matching = tokens.filter(isGiven);
  return matching.find((stored) => isLive(stored, now));
}

/** Whether a token has not expired. What is no date is over. */
export const isLive = ({ expiresAt }: Pick<StoredToken, 'expiresAt'>, now: Date): boolean =>
  expiresAt === undefined || Date.parse(expiresAt) > now.getTime();

const digest = (token: string): Buffer => createHash('sha256').update(token).digest();
