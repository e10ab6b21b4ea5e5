import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  LimitExceededException,
  PutSecretValueCommand,
  ResourceNotFoundException,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { type DirectorySecret, parseDirectorySecret, type Secrets, secretName } from './directory-secret.ts';
import { serialized } from './secret-life.ts';
import { isAnothersTurn, newPrivateStage, removeStage, removeStaleStages, takeTurn, type Versions, versionsOf } from './secret-turns.ts';

/** Others kept changing a secret, or it can take no more changes for some time. */
export class SecretBusyError extends Error {
  override readonly name = 'SecretBusyError';
}

/** Makes of a secret what it is to become. It is called anew for each try, and may throw. */
export type SecretChange = (secret: DirectorySecret) => DirectorySecret;

/** What a change has written, by version, while it cannot know whether it came to count. */
type Written = Map<string, DirectorySecret>;

/** What may keep a change from being made, how often it is borne, and what is said then. What is used up, the SDK has asked for thrice. */
const HINDRANCES = {
  turn: { tries: 60, why: 'others keep changing it: try again later' },
  overtaken: { tries: 20, why: 'others keep changing it: try again later' },
  labels: { tries: 5, why: 'its staging labels are used up: try again in an hour, or take off those that nobody needs' },
  versions: {
    tries: 2,
    why:
      'it has as many versions as it may have, and each is kept for 24 hours: try again when the oldest are older, ' +
      'or delete it for good and make it anew, which ends all of its tokens at once',
  },
} as const;

type Hindrance = keyof typeof HINDRANCES;

/** Milliseconds, with full jitter: some changes fit into the longest. */
const pauseAfter = (attempt: number): number => Math.random() * Math.min(2_000, 250 * 2 ** attempt);

/**
 * Changes what a secret holds, so that of changes at the same time none is lost: the new value is put under a private label, and
 * counts when the label AWSCURRENT moves to it from the version that was read, which Secrets Manager does only while it is there.
 * Gives what was written, or what was there if the change gives back the very same object; `undefined` if there is no secret, or
 * it is being deleted. Throws, with nothing changed, if the secret is malformed or would be too large; a `SecretBusyError` if others
 * keep changing it, or its labels or versions are used up.
 *
 * Where an answer was lost and two others changed the secret before that was noticed, `change` is given a value that has its
 * change already: whatever it adds should have a name by which to see that.
 */
export async function changeDirectorySecret(
  secrets: Secrets,
  directory: string,
  change: SecretChange,
  now: () => number = Date.now,
): Promise<DirectorySecret | undefined> {
  const written: Written = new Map();
  const met: Record<Hindrance, number> = { turn: 0, overtaken: 0, labels: 0, versions: 0 };
  for (let attempt = 0; ; attempt++) {
    if (attempt > 0) await sleep(pauseAfter(attempt));
    const versions = await versionsOf(secrets, directory);
    if (!versions) return undefined;
    const done = written.get(versions.current) ?? written.get(versions.previous ?? '');
    if (done) return done;
    const { changed, hindrance, cause } = await tryOnce({ secrets, directory, change, now, written }, versions);
    if (changed) return changed;
    const { tries, why } = HINDRANCES[hindrance];
    if (++met[hindrance] === tries)
      throw new SecretBusyError(`the secret ${secretName(secrets, directory)} could not be changed, since ${why}`, { cause });
  }
}

interface Changing {
  readonly secrets: Secrets;
  readonly directory: string;
  readonly change: SecretChange;
  readonly now: () => number;
  readonly written: Written;
}

type Outcome =
  | { readonly changed: DirectorySecret; readonly hindrance?: never; readonly cause?: never }
  | { readonly changed?: never; readonly hindrance: Hindrance; readonly cause?: unknown };

/** One try, from the version that is current. Throws what another try would meet again. */
async function tryOnce(changing: Changing, versions: Versions): Promise<Outcome> {
  if (isAnothersTurn(versions, changing.now())) return { hindrance: 'turn' };
  try {
    const changed = await changeOnce(changing, versions);
    return changed ? { changed } : { hindrance: 'turn' };
  } catch (error) {
    const hindrance = await hindranceOf(error, changing, versions.current);
    if (!hindrance) throw error;
    return { hindrance, cause: error };
  }
}

/** `undefined`, with nothing written, if others came first. */
async function changeOnce(
  { secrets, directory, change, now, written }: Changing,
  versions: Versions,
): Promise<DirectorySecret | undefined> {
  const { current } = versions;
  const SecretId = secretName(secrets, directory);
  const { SecretString } = await secrets.client.send(new GetSecretValueCommand({ SecretId, VersionId: current }));
  const secret = parseDirectorySecret(SecretString);
  const changed = change(secret);
  if (changed === secret) return secret;
  const value = serialized(SecretId, changed);
  await removeStaleStages(secrets, directory, versions, now());

  const VersionId = randomUUID();
  const stage = newPrivateStage(now());
  try {
    if (!(await takeTurn(secrets, directory, current, stage, now()))) return undefined;
    written.set(VersionId, changed);
    await putVersion(secrets, { SecretId, ClientRequestToken: VersionId, SecretString: value, VersionStages: [stage] });
    await makeCurrent(secrets, directory, current, VersionId);
  } finally {
    await removeStage(secrets, directory, stage, written.has(VersionId) ? [VersionId, current] : [current]);
  }
  return changed;
}

/** A version more than there may be. Of labels there are no more than before: the private one moves to the new version. */
class VersionsUsedUp extends Error {}

async function putVersion({ client }: Secrets, version: ConstructorParameters<typeof PutSecretValueCommand>[0]): Promise<void> {
  try {
    await client.send(new PutSecretValueCommand(version));
  } catch (error) {
    throw error instanceof LimitExceededException ? new VersionsUsedUp(error.message, { cause: error }) : error;
  }
}

/** Moves AWSCURRENT, unless it has moved. What is refused or lost may have been done all the same, by an earlier try of the SDK's. */
async function makeCurrent(secrets: Secrets, directory: string, from: string, to: string): Promise<void> {
  const move = { SecretId: secretName(secrets, directory), VersionStage: 'AWSCURRENT', RemoveFromVersionId: from, MoveToVersionId: to };
  try {
    await secrets.client.send(new UpdateSecretVersionStageCommand(move));
  } catch (error) {
    const versions = await versionsOf(secrets, directory).catch(() => undefined);
    if (versions?.current !== to && versions?.previous !== to) throw error;
  }
}

/** What a refusal tells, if a beginning from the secret as it is by now may end otherwise. */
async function hindranceOf(error: unknown, { secrets, directory }: Changing, from: string): Promise<Hindrance | undefined> {
  if (error instanceof VersionsUsedUp) return 'versions';
  if (error instanceof LimitExceededException) return 'labels';
  if (!REFUSALS.some((kind) => error instanceof kind)) return undefined;
  return (await versionsOf(secrets, directory))?.current === from ? undefined : 'overtaken';
}

/** What Secrets Manager says where the secret has moved on or is gone; but not only then. */
const REFUSALS = [InvalidParameterException, InvalidRequestException, ResourceNotFoundException];
