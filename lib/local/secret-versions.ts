import * as z from 'zod/mini';

/*
 * What Secrets Manager keeps of a secret, and what it does with it, as AWS documents it: versions that have staging labels, of
 * which each is on one version only; and for a day, or as long as there is room, versions that have lost theirs, which count as well.
 * Of the latter AWS keeps the values too, and here they are forgotten: nobody needs them, and the file would grow.
 */

const versionFormat = z.object({
  /** Missing if the version has no label. */
  SecretString: z.optional(z.string()),
  CreatedDate: z.number(),
  VersionStages: z.array(z.string()),
});

const format = z.object({
  ARN: z.string(),
  Name: z.string(),
  CreatedDate: z.number(),
  /** When the recovery window of a deleted secret ends. Dates are seconds since 1970, as on the wire. */
  DeletedDate: z.optional(z.number()),
  Versions: z.record(z.string(), versionFormat),
});

const formerFormat = z.object({ VersionId: z.string(), SecretString: z.string(), CreatedDate: z.number() });

/** A secret as it is kept in a file: today's form, or the one before, which had a single version. */
export const secretFormat = z.pipe(
  z.transform((kept: unknown) => {
    const former = z.safeParse(formerFormat, kept);
    if (!former.success) return kept;
    const { VersionId, SecretString, CreatedDate } = former.data;
    return { ...(kept as object), Versions: { [VersionId]: { SecretString, CreatedDate, VersionStages: ['AWSCURRENT'] } } };
  }),
  format,
);

export type Secret = Readonly<z.infer<typeof format>>;
export type Version = Readonly<z.infer<typeof versionFormat>>;

/** What Secrets Manager refuses, in its own words. */
export class Refusal extends Error {
  readonly code: `${string}Exception`;

  constructor(code: `${string}Exception`, message: string) {
    super(message);
    this.code = code;
  }
}

/** As many labels may there be on all versions of a secret together. */
const MAX_LABELS = 20;

const MAX_VERSIONS = 100;

/** In seconds. A version that is younger is not removed. */
const KEPT_FOR = 24 * 60 * 60;

/** The version that has a label, if any has. */
export const holderOf = ({ Versions }: Secret, stage: string): string | undefined =>
  Object.entries(Versions).find(([, { VersionStages }]) => VersionStages.includes(stage))?.[0];

/** The version that is asked for by its id, its label, or both. */
export function versionOf(secret: Secret, { VersionId, VersionStage }: { VersionId?: string; VersionStage?: string }): [string, Version] {
  const id = VersionId ?? holderOf(secret, VersionStage ?? 'AWSCURRENT');
  const version = id === undefined ? undefined : secret.Versions[id];
  if (
    id !== undefined &&
    version?.SecretString !== undefined &&
    (VersionStage === undefined || version.VersionStages.includes(VersionStage))
  )
    return [id, version];
  const which = VersionId === undefined ? `staging label: ${VersionStage ?? 'AWSCURRENT'}` : `VersionId: ${VersionId}`;
  throw new Refusal('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for ${which}`);
}

/**
 * Adds a version and moves labels to it. The same version again changes nothing; its id with another value is refused, as long as the
 * value is known.
 */
export function withVersion(secret: Secret, id: string, version: Version): Secret {
  if (id.length < 32 || id.length > 64)
    throw new Refusal('InvalidParameterException', 'ClientRequestToken must have 32 to 64 characters, as a UUID has.');
  const there = secret.Versions[id];
  if (there && (there.SecretString ?? version.SecretString) === version.SecretString) return secret;
  if (there)
    throw new Refusal(
      'ResourceExistsException',
      `You can't use ClientRequestToken ${id} because that value is already in use for a version.`,
    );
  const { VersionStages, ...value } = version;
  const kept = withRoom(secret, version.CreatedDate);
  const added = { ...kept, Versions: { ...kept.Versions, [id]: { ...value, VersionStages: [] } } };
  return checked(VersionStages.reduce((changed, stage) => withLabel(changed, stage, id), added));
}

/** Moves a label from a version to another, puts it on one while none has it, or takes it off. */
export function withMovedLabel(secret: Secret, stage: string, from: string | undefined, to: string | undefined): Secret {
  if (to !== undefined) versionOf(secret, { VersionId: to });
  const holder = holderOf(secret, stage);
  if (to === undefined && from === undefined)
    throw new Refusal('InvalidParameterException', 'RemoveFromVersionId or MoveToVersionId must be given.');
  if (to === undefined && stage === 'AWSCURRENT')
    throw new Refusal('InvalidParameterException', "You can only move AWSCURRENT to a different version. It can't be completely removed.");
  if (from === undefined ? holder !== undefined && holder !== to : holder !== from)
    throw new Refusal(
      'InvalidParameterException',
      `Staging label ${stage} is currently attached to version ${holder ?? '(none)'}: RemoveFromVersionId must name that one.`,
    );
  return checked(withLabel(secret, stage, to));
}

/** A label is on one version at most; where AWSCURRENT was, AWSPREVIOUS follows. */
function withLabel(secret: Secret, stage: string, to: string | undefined): Secret {
  const from = holderOf(secret, stage);
  if (from === to) return secret;
  const relabelled = (id: string, { VersionStages: [...stages], ...value }: Version): Version => ({
    ...value,
    VersionStages: [...stages.filter((other) => other !== stage), ...(id === to ? [stage] : [])],
  });
  const Versions = Object.fromEntries(Object.entries(secret.Versions).map(([id, version]) => [id, relabelled(id, version)]));
  const moved = { ...secret, Versions };
  return stage === 'AWSCURRENT' && from !== undefined ? withLabel(moved, 'AWSPREVIOUS', from) : moved;
}

/** Without the oldest versions that have no label and are of age, if there is no room for another one. */
function withRoom(secret: Secret, now: number): Secret {
  const versions = Object.entries(secret.Versions);
  const removable = versions
    .filter(([, { VersionStages, CreatedDate }]) => VersionStages.length === 0 && CreatedDate <= now - KEPT_FOR)
    .sort(([, a], [, b]) => a.CreatedDate - b.CreatedDate);
  const removed = new Set(removable.slice(0, Math.max(0, versions.length + 1 - MAX_VERSIONS)).map(([id]) => id));
  if (versions.length - removed.size >= MAX_VERSIONS)
    throw new Refusal('LimitExceededException', `A secret can have ${MAX_VERSIONS} versions at most, and keeps each for 24 hours.`);
  return { ...secret, Versions: Object.fromEntries(versions.filter(([id]) => !removed.has(id))) };
}

/** Without the values of versions that have lost their last label. Throws where there are too many labels. */
function checked(secret: Secret): Secret {
  const versions = Object.entries(secret.Versions);
  if (versions.flatMap(([, { VersionStages }]) => VersionStages).length > MAX_LABELS)
    throw new Refusal('LimitExceededException', `A secret can have ${MAX_LABELS} staging labels at most.`);
  const forgotten = ({ SecretString, ...version }: Version): Version =>
    version.VersionStages.length > 0 ? { ...version, SecretString } : version;
  return { ...secret, Versions: Object.fromEntries(versions.map(([id, version]) => [id, forgotten(version)])) };
}
