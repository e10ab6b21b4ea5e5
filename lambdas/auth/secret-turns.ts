import { randomUUID } from 'node:crypto';
import { UpdateSecretVersionStageCommand } from '@aws-sdk/client-secrets-manager';
import { type Secrets, secretName } from './directory-secret.ts';
import { describeSecret } from './secret-life.ts';

/*
 * Who changes a secret takes turns with others, since Secrets Manager keeps each version for a day, also those that came to nothing,
 * and takes only so many. Whose turn it is, private labels say: one with a time and a name of its own for each change. It is on the
 * version that a change is made of, and then on the one that it has written.
 *
 * Turns save versions, and no more: two may think at the same time that it is theirs, where their clocks differ or an answer is late.
 */

/** A secret at a moment, as far as a change needs to know. */
export interface Versions {
  readonly current: string;
  readonly previous: string | undefined;
  /** The private labels that changes have put on versions, and on which. */
  readonly privateStages: readonly (readonly [stage: string, versionId: string])[];
}

const PRIVATE_STAGE = /^rollcall-(\d+)-/;

/** In milliseconds. Who put a label that long ago has died, most likely: nobody waits any longer. */
const FRESH_FOR = 10_000;

/** Who put a label that long ago has died for sure, also if clocks differ: it is removed. */
const STALE_AFTER = 60 * 60 * 1_000;

export const newPrivateStage = (now: number): string => `rollcall-${now}-${randomUUID()}`;

const ageOf = (stage: string, now: number): number => now - Number(PRIVATE_STAGE.exec(stage)?.[1]);

/** `undefined` if there is no secret, or it is being deleted. */
export async function versionsOf(secrets: Secrets, directory: string): Promise<Versions | undefined> {
  const { VersionIdsToStages = {}, DeletedDate } = (await describeSecret(secrets, directory)) ?? {};
  const labels = Object.entries(VersionIdsToStages).flatMap(([id, stages]) => stages.map((stage) => [stage, id] as const));
  const holderOf = (label: string) => labels.find(([stage]) => stage === label)?.[1];
  const current = holderOf('AWSCURRENT');
  if (current === undefined || DeletedDate) return undefined;
  return { current, previous: holderOf('AWSPREVIOUS'), privateStages: labels.filter(([stage]) => PRIVATE_STAGE.test(stage)) };
}

/** Whether somebody else is at it, or came before the label that is one's own: who has written a version already has come before all. */
export function isAnothersTurn({ current, privateStages }: Versions, now: number, own?: string): boolean {
  const others = privateStages.filter(([stage]) => stage !== own && Math.abs(ageOf(stage, now)) < FRESH_FOR);
  return others.some(([stage, version]) => own === undefined || version !== current || stage < own);
}

/** Says with a label that somebody is about to change what is current, and whether it is the turn of that one. */
export async function takeTurn(secrets: Secrets, directory: string, current: string, stage: string, now: number): Promise<boolean> {
  const claim = { SecretId: secretName(secrets, directory), VersionStage: stage, MoveToVersionId: current };
  await secrets.client.send(new UpdateSecretVersionStageCommand(claim));
  const versions = await versionsOf(secrets, directory);
  return versions?.current === current && !isAnothersTurn(versions, now, stage);
}

/** Takes a label off the first of these versions that has it. Nothing depends on it: one that stays is removed by a later change. */
export async function removeStage(secrets: Secrets, directory: string, stage: string, versionIds: readonly string[]): Promise<void> {
  const SecretId = secretName(secrets, directory);
  for (const RemoveFromVersionId of versionIds) {
    const removal = new UpdateSecretVersionStageCommand({ SecretId, VersionStage: stage, RemoveFromVersionId });
    if (await secrets.client.send(removal).then(Boolean, () => false)) return;
  }
}

/** Removes the labels that the dead have left, of which a secret may have so many only. */
export async function removeStaleStages(secrets: Secrets, directory: string, { privateStages }: Versions, now: number): Promise<void> {
  for (const [stage, version] of privateStages)
    if (ageOf(stage, now) > STALE_AFTER) await removeStage(secrets, directory, stage, [version]);
}
