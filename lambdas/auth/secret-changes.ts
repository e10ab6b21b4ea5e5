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
import { describeSecret, serialized } from './secret-life.ts';

/** Others kept changing a secret. */
export class SecretBusyError extends Error {
  override readonly name = 'SecretBusyError';
}

/** Makes of a secret what it is to become. It is called anew for each try, and may throw. */
export type SecretChange = (secret: DirectorySecret) => DirectorySecret;

/** A secret at a moment, as far as a change needs to know. */
interface Versions {
  readonly current: string;
  readonly previous: string | undefined;
  /** The private labels that changes have put on versions, and on which. */
  readonly privateStages: readonly (readonly [stage: string, versionId: string])[];
}

/** What a change has written, by version, while it cannot know whether it came to count. */
type Written = Map<string, DirectorySecret>;

const MAX_TRIES = 30;

/** Milliseconds, with full jitter. Long beside a change on AWS, since each try that is overtaken leaves a version there for a day. */
const pauseAfter = (attempt: number): number => Math.random() * Math.min(2_000, 250 * 2 ** attempt);

/** A change takes seconds: whoever left a private label that long ago has died. */
const STALE_AFTER = 60 * 60 * 1_000;

/**
 * Changes what a secret holds, so that of changes at the same time none is lost: the new value is put under a private label, and
 * counts when the label AWSCURRENT moves to it from the version that was read, which Secrets Manager does only while it is there.
 * Gives what was written, or what was there if the change gives back the very same object; `undefined` if there is no secret, or
 * it is being deleted. Throws, with nothing changed, if the secret is malformed or would be too large, or others keep changing it.
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
  let cause: unknown;
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    if (attempt > 0) await sleep(pauseAfter(attempt));
    const versions = await versionsOf(secrets, directory);
    if (!versions) return undefined;
    const done = written.get(versions.current) ?? written.get(versions.previous ?? '');
    if (done) return done;
    try {
      return await changeOnce({ secrets, directory, change, now, written }, versions);
    } catch (error) {
      if (!isOvertaken(error)) throw error;
      cause = error;
    }
  }
  const why = cause instanceof LimitExceededException ? 'its labels are used up' : 'others keep changing it';
  throw new SecretBusyError(`the secret ${secretName(secrets, directory)} could not be changed, since ${why}: try again later`, { cause });
}

interface Changing {
  readonly secrets: Secrets;
  readonly directory: string;
  readonly change: SecretChange;
  readonly now: () => number;
  readonly written: Written;
}

/** One try, from the version that is current. Throws what `isOvertaken` knows if others were faster. */
async function changeOnce(
  { secrets, directory, change, now, written }: Changing,
  { current, privateStages }: Versions,
): Promise<DirectorySecret> {
  const SecretId = secretName(secrets, directory);
  const { SecretString } = await secrets.client.send(new GetSecretValueCommand({ SecretId, VersionId: current }));
  const secret = parseDirectorySecret(SecretString);
  const changed = change(secret);
  if (changed === secret) return secret;
  const value = serialized(SecretId, changed);
  for (const [stage, version] of privateStages) if (isStale(stage, now())) await removeStage(secrets, SecretId, stage, version);

  const VersionId = randomUUID();
  const stage = `rollcall-${now()}-${randomUUID()}`;
  written.set(VersionId, changed);
  try {
    await secrets.client.send(
      new PutSecretValueCommand({ SecretId, ClientRequestToken: VersionId, SecretString: value, VersionStages: [stage] }),
    );
    await makeCurrent(secrets, directory, current, VersionId);
  } finally {
    await removeStage(secrets, SecretId, stage, VersionId);
  }
  return changed;
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

/** Nothing depends on it: somebody else may have done it, and a label that stays is removed by a later change. */
async function removeStage({ client }: Secrets, SecretId: string, VersionStage: string, RemoveFromVersionId: string): Promise<void> {
  await client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage, RemoveFromVersionId })).catch(() => {});
}

async function versionsOf(secrets: Secrets, directory: string): Promise<Versions | undefined> {
  const { VersionIdsToStages = {}, DeletedDate } = (await describeSecret(secrets, directory)) ?? {};
  const labels = Object.entries(VersionIdsToStages).flatMap(([id, stages]) => stages.map((stage) => [stage, id] as const));
  const holderOf = (label: string) => labels.find(([stage]) => stage === label)?.[1];
  const current = holderOf('AWSCURRENT');
  if (current === undefined || DeletedDate) return undefined;
  return { current, previous: holderOf('AWSPREVIOUS'), privateStages: labels.filter(([stage]) => PRIVATE_STAGE.test(stage)) };
}

const PRIVATE_STAGE = /^rollcall-(\d+)-/;

const isStale = (stage: string, now: number): boolean => Number(PRIVATE_STAGE.exec(stage)?.[1]) < now - STALE_AFTER;

/** Whether a beginning from the secret as it is by now may end otherwise: it has moved on, it is gone, or its labels were used up. */
const isOvertaken = (error: unknown): boolean =>
  [InvalidParameterException, InvalidRequestException, LimitExceededException, ResourceNotFoundException].some(
    (kind) => error instanceof kind,
  );
