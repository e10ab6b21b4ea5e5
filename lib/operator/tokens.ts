import type { DirectorySecret } from '../../lambdas/auth/directory-secret.ts';
import { newSealKey } from '../../lambdas/auth/directory-secret.ts';
import { createDirectorySecret } from '../../lambdas/auth/secret-life.ts';
import { isLive, mintToken, type StoredToken } from '../../lambdas/auth/token.ts';
import type { TokenScope } from '../../lambdas/scim/token-scopes.ts';
import { readTokenUses } from '../../lambdas/store/token-use.ts';
import type { Deployment } from './deployment.ts';
import { requireText } from './directory-name.ts';
import { OperatorError } from './operator-error.ts';
import { requireActive, scopeOf } from './rows.ts';
import { changeSecret, readSecret } from './secrets.ts';

/** What may be told of a token: all but what it is recognised by. */
export interface TokenView extends Omit<StoredToken, 'sha256'> {
  readonly state: 'live' | 'expired';
  /** ISO 8601; to the hour. Absent if it was not used in the last 400 days. */
  readonly lastUsedAt?: string | undefined;
}

/** A token whose text is told this once. */
export interface NewToken {
  readonly token: string;
  readonly view: TokenView;
}

export interface TokenOptions {
  /** @default 'token' */
  readonly label?: string | undefined;
  /** @default 'provision' */
  readonly scope?: TokenScope | undefined;
  /** Milliseconds until it expires; never if absent. */
  readonly lifetime?: number | undefined;
}

/** An expired token stays on the list for a while, so that it can be told why a client is refused. */
const LISTED_AFTER_EXPIRY_MS = 30 * 86_400_000;

/** Makes a token beside those that there are. It is good at once, or where its directory was just guessed at, in a minute. */
export async function createToken(deployment: Deployment, directory: string, options: TokenOptions = {}): Promise<NewToken> {
  const row = await requireActive(deployment, directory);
  const { token, stored } = mint(directory, options);
  const add = (secret: DirectorySecret): DirectorySecret =>
    isIn(secret, stored) ? secret : { ...secret, tokens: [...listed(secret), stored] };
  // A directory whose secret was lost, or never made, is given a new one.
  if (!(await changeSecret(deployment, directory, add)))
    await createDirectorySecret(deployment.secrets, directory, { tokens: [stored], settings: row.settings, sealKey: newSealKey() });
  return { token, view: viewOf(stored) };
}

/** A token that was just made, with what is kept of it. Throws for a label that is none. */
export function mint(directory: string, { label = 'token', scope = 'provision', lifetime }: TokenOptions, now = new Date()) {
  const { token, stored } = mintToken(directory, requireText('label', label), [scope], now);
  return { token, stored: lifetime === undefined ? stored : { ...stored, expiresAt: after(now, lifetime) } };
}

/** The tokens of a directory, the oldest first. Throws if its secret is gone or malformed. */
export async function listTokens(deployment: Deployment, directory: string): Promise<TokenView[]> {
  const [secret, uses] = await Promise.all([readSecret(deployment, directory), readTokenUses(deployment.table, scopeOf(directory))]);
  if (!secret) throw lost(directory);
  return secret.tokens.map((stored) => viewOf(stored, uses.get(stored.id)));
}

export interface RotateOptions {
  /** Which token, by its id, how that begins, or its label; need not be said where only one is live. */
  readonly token?: string | undefined;
  /** Milliseconds for which the old one stays good; it ends at once if absent. */
  readonly overlap?: number | undefined;
  /** Milliseconds until the new one expires; as long as the old one was made for if absent. */
  readonly lifetime?: number | undefined;
}

/** Makes a token in the place of another one, with its label and scopes. Both, in one write. */
export async function rotateToken(
  deployment: Deployment,
  directory: string,
  { token: wanted, overlap = 0, lifetime }: RotateOptions = {},
): Promise<NewToken & { readonly old: TokenView }> {
  await requireActive(deployment, directory);
  const now = new Date();
  const { token, stored: blank } = mintToken(directory, '', [], now);
  let rotated: { readonly old: StoredToken; readonly stored: StoredToken } | undefined;
  const secret = await changeSecret(deployment, directory, (read) => {
    if (isIn(read, blank)) return read;
    const old = wanted === undefined ? onlyLive(read, directory, now) : tokenOf(read, directory, wanted);
    const expiresAt = lifetime === undefined ? renewed(old, now) : after(now, lifetime);
    const stored = { ...old, ...blank, label: old.label, scopes: old.scopes, expiresAt };
    const ending = { ...old, expiresAt: earliest(old.expiresAt, after(now, overlap)) };
    rotated = { old: ending, stored };
    const others = listed(read).flatMap((one) => (one.id !== old.id ? [one] : overlap > 0 ? [ending] : []));
    return { ...read, tokens: [...others, stored] };
  });
  if (!secret || !rotated) throw lost(directory);
  return { token, view: viewOf(rotated.stored), old: viewOf(rotated.old) };
}

/** Ends a token. It may be good for as long as it is remembered: see `forgottenAfter`. Gives it, and how many are left. */
export async function revokeToken(
  deployment: Deployment,
  directory: string,
  wanted: string,
): Promise<{ readonly revoked: TokenView; readonly live: number }> {
  await requireActive(deployment, directory);
  let revoked: StoredToken | undefined;
  const secret = await changeSecret(deployment, directory, (read) => {
    if (revoked && !isIn(read, revoked)) return read;
    const token = tokenOf(read, directory, wanted);
    revoked = token;
    return { ...read, tokens: listed(read).filter(({ id }) => id !== token.id) };
  });
  if (!secret || !revoked) throw lost(directory);
  return { revoked: viewOf(revoked), live: secret.tokens.filter((token) => isLive(token, new Date())).length };
}

/** What is changed may be what this very change has left, where the answer to it was lost. */
const isIn = ({ tokens }: DirectorySecret, { id }: Pick<StoredToken, 'id'>): boolean => tokens.some((token) => token.id === id);

const after = (now: Date, milliseconds: number): string => new Date(now.getTime() + milliseconds).toISOString();

const earliest = (a: string | undefined, b: string): string => (a !== undefined && Date.parse(a) < Date.parse(b) ? a : b);

/** A token that was made to last for some time is followed by one that lasts as long. */
const renewed = ({ createdAt, expiresAt }: StoredToken, now: Date): string | undefined =>
  expiresAt === undefined ? undefined : after(now, Math.max(0, Date.parse(expiresAt) - Date.parse(createdAt)));

const listed = ({ tokens }: DirectorySecret): StoredToken[] =>
  tokens.filter(({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > Date.now() - LISTED_AFTER_EXPIRY_MS);

const viewOf = ({ sha256: _, ...stored }: StoredToken, lastUsedAt?: string): TokenView => ({
  ...stored,
  state: isLive(stored, new Date()) ? 'live' : 'expired',
  ...(lastUsedAt && { lastUsedAt }),
});

/** The one token that somebody means, by its id, how that begins, or its label. */
function tokenOf({ tokens }: DirectorySecret, directory: string, wanted: string): StoredToken {
  const byId = tokens.filter(({ id }) => wanted !== '' && id.startsWith(wanted));
  const found = byId.length > 0 ? byId : tokens.filter(({ label }) => label === wanted);
  const [token] = found;
  if (token && found.length === 1) return token;
  const problem = token ? `${found.length} tokens of ${directory} are meant by` : `${directory} has no token`;
  throw new OperatorError(`${problem} ${JSON.stringify(wanted)}: token list ${directory} shows their ids`);
}

function onlyLive({ tokens }: DirectorySecret, directory: string, now: Date): StoredToken {
  const live = tokens.filter((token) => isLive(token, now));
  const [token] = live;
  if (token && live.length === 1) return token;
  if (!token) throw new OperatorError(`${directory} has no live token: token create ${directory} makes one`);
  const named = live.map(({ id, label, scopes }) => `${id} (${label}, ${scopes.join(' ')})`).join(', ');
  throw new OperatorError(`${directory} has ${live.length} live tokens, say which one: ${named}`);
}

const lost = (directory: string) =>
  new OperatorError(`the secret of ${directory} is gone, and its tokens with it: token create ${directory} makes a new one`);
