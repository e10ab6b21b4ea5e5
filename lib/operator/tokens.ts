import { type DirectorySecret, newDirectorySecret } from '../../lambdas/auth/directory-secret.ts';
import { SecretExistsError } from '../../lambdas/auth/secret-life.ts';
import { isLive, mintToken, type StoredToken } from '../../lambdas/auth/token.ts';
import type { TokenScope } from '../../lambdas/scim/token-scopes.ts';
import { readTokenUses } from '../../lambdas/store/token-use.ts';
import type { Deployment } from './deployment.ts';
import { requireText } from './directory-name.ts';
import { OperatorError } from './operator-error.ts';
import { requireActive, scopeOf } from './rows.ts';
import { changeSecret, makeSecret, readSecret } from './secrets.ts';

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
  const { settings } = await requireActive(deployment, directory);
  const { token, stored } = mint(directory, options);
  const isAdded = () => addToken(deployment, directory, stored);
  // A directory whose secret was lost, or never made, is given a new one.
  if (!(await isAdded()))
    await makeSecret(deployment, directory, newDirectorySecret([stored], settings)).catch(async (error: unknown) => {
      if (!(error instanceof SecretExistsError) || !(await isAdded())) throw error;
    });
  return { token, view: viewOf(stored) };
}

/** Adds a token to those of a secret. False if there is no secret. */
export async function addToken(deployment: Deployment, directory: string, stored: StoredToken): Promise<boolean> {
  const add = (secret: DirectorySecret): DirectorySecret =>
    isIn(secret, stored) ? secret : { ...secret, tokens: [...listed(secret), stored] };
  return (await changeSecret(deployment, directory, add)) !== undefined;
}

/** A token that was just made, with what is kept of it. Throws for a label that is none. */
export function mint(directory: string, { label = 'token', scope = 'provision', lifetime }: TokenOptions, now = new Date()) {
  const { token, stored } = mintToken(directory, requireText('label', label), [scope], now);
  return { token, stored: lifetime === undefined ? stored : { ...stored, expiresAt: after(now, lifetime) } };
}

/** The tokens of a directory, the oldest first. Throws if its secret is gone or damaged. */
export async function listTokens(deployment: Deployment, directory: string): Promise<TokenView[]> {
  const [secret, uses] = await Promise.all([readSecret(deployment, directory), readTokenUses(deployment.table, scopeOf(directory))]);
  if (!secret) throw lost(directory);
  return tokensIn(secret, uses);
}

/** What a secret has of tokens, with when they were last used. */
export const tokensIn = ({ tokens }: DirectorySecret, uses: ReadonlyMap<string, string>): TokenView[] =>
  tokens.map((stored) => viewOf(stored, uses.get(stored.id)));

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

/** The beginning of an id that nobody types by chance. */
const ID_BEGINNING = /^[0-9a-f]{8}[0-9a-f-]*$/;

/**
 * The one token that somebody means: by its label or its id, or by how that begins. A label may look like the beginning of another
 * token's id, and one that has expired may be called as its successor is.
 */
function tokenOf({ tokens }: DirectorySecret, directory: string, wanted: string, now = new Date()): StoredToken {
  const called = tokens.filter(({ id, label }) => id === wanted || label === wanted);
  const live = called.filter((token) => isLive(token, now));
  const begins = ID_BEGINNING.test(wanted) ? tokens.filter(({ id }) => id.startsWith(wanted)) : [];
  const found = [live, called, begins].find((some) => some.length > 0) ?? [];
  const [token] = found;
  if (token && found.length === 1) return token;
  const problem = token ? `${found.length} tokens of ${directory} are meant by` : `${directory} has no token`;
  throw new OperatorError(
    `${problem} ${JSON.stringify(wanted)}: token list ${directory} shows their ids, of which 8 characters are enough`,
  );
}

function onlyLive({ tokens }: DirectorySecret, directory: string, now: Date): StoredToken {
  const live = tokens.filter((token) => isLive(token, now));
  const [token] = live;
  if (token && live.length === 1) return token;
  if (!token) throw new OperatorError(`${directory} has no live token: token create ${directory} makes one`);
  const named = live.map(({ id, label, scopes }) => `${id} (${label}, ${scopes.join(' ')})`).join(', ');
  throw new OperatorError(`${directory} has ${live.length} live tokens, say which one: ${named}`);
}

export const lost = (directory: string): OperatorError =>
  new OperatorError(
    `the secret of ${directory} is gone, and its tokens with it: restore it if it was deleted a short while ago (aws secretsmanager restore-secret), or token create ${directory} makes a new one`,
  );
