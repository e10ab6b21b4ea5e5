import { randomUUID } from 'node:crypto';
import { Refusal, type Secret, versionOf, withMovedLabel, withVersion } from './secret-versions.ts';
import { PSEUDO } from './template.ts';

/** Where the secrets are. */
export interface Keeper {
  /** By its name or its ARN. */
  find(id: string): Secret | undefined;
  keep(secret: Secret): void;
  remove(secret: Secret): void;
}

interface Input {
  readonly Name?: string;
  readonly SecretId?: string;
  readonly SecretString?: string;
  readonly ClientRequestToken?: string;
  readonly VersionId?: string;
  readonly VersionStage?: string;
  readonly VersionStages?: readonly string[];
  readonly RemoveFromVersionId?: string;
  readonly MoveToVersionId?: string;
  readonly RecoveryWindowInDays?: number;
  readonly ForceDeleteWithoutRecovery?: boolean;
}

export type Actions = Readonly<Record<string, (input: Input) => unknown>>;

/** What Secrets Manager does, by the names of its API. Each looks, changes and keeps in one go, or throws a Refusal. */
export function secretActions(keeper: Keeper, now: () => number): Actions {
  const seconds = () => now() / 1_000;
  const find = ({ SecretId = '' }: Input): Secret => {
    const found = keeper.find(SecretId);
    if (!found) throw new Refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    return found;
  };
  const findLive = (input: Input): Secret => {
    const secret = find(input);
    if (secret.DeletedDate === undefined) return secret;
    throw new Refusal('InvalidRequestException', "You can't perform this operation on the secret because it was marked for deletion.");
  };
  const put = (secret: Secret, { ClientRequestToken = randomUUID(), SecretString = '', VersionStages = ['AWSCURRENT'] }: Input) => {
    const version = { SecretString, CreatedDate: seconds(), VersionStages: [...VersionStages] };
    const changed = withVersion(secret, ClientRequestToken, version);
    if (changed !== secret) keeper.keep(changed);
    return { ...nameOf(changed), VersionId: ClientRequestToken, VersionStages: changed.Versions[ClientRequestToken]?.VersionStages };
  };
  return {
    CreateSecret: (input) =>
      put(nameable(keeper, input) ?? newSecret(input.Name ?? '', seconds()), { ...input, VersionStages: ['AWSCURRENT'] }),
    PutSecretValue: (input) => put(findLive(input), input),
    GetSecretValue(input) {
      const secret = findLive(input);
      const [VersionId, version] = versionOf(secret, input);
      return { ...nameOf(secret), VersionId, ...version };
    },
    DescribeSecret(input) {
      const { Versions, ...secret } = find(input);
      const stages = Object.entries(Versions).flatMap(([id, { VersionStages }]) => (VersionStages.length > 0 ? [[id, VersionStages]] : []));
      return { ...secret, VersionIdsToStages: Object.fromEntries(stages) };
    },
    UpdateSecretVersionStage(input) {
      const secret = findLive(input);
      keeper.keep(withMovedLabel(secret, input.VersionStage ?? '', input.RemoveFromVersionId, input.MoveToVersionId));
      return nameOf(secret);
    },
    DeleteSecret: (input) =>
      deleteSecret(keeper, input, seconds(), () => (input.ForceDeleteWithoutRecovery ? find(input) : findLive(input))),
    RestoreSecret(input) {
      const { DeletedDate, ...secret } = find(input);
      keeper.keep(secret);
      return nameOf(secret);
    },
  };
}

const DAY = 24 * 60 * 60;

/** Removes a secret at once, also one whose recovery window runs, or begins that window. What is to be removed need not be there. */
function deleteSecret(keeper: Keeper, input: Input, now: number, find: () => Secret) {
  const { SecretId = '', RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force = false } = input;
  if (force && days !== undefined)
    throw new Refusal('InvalidParameterException', "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  if (days !== undefined && !(days >= 7 && days <= 30))
    throw new Refusal('InvalidParameterException', 'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
  if (force && !keeper.find(SecretId)) return { ARN: arnOf(SecretId), Name: SecretId, DeletionDate: now };
  const secret = find();
  const DeletedDate = now + (force ? 0 : (days ?? 30) * DAY);
  if (force) keeper.remove(secret);
  else keeper.keep({ ...secret, DeletedDate });
  return { ...nameOf(secret), DeletionDate: DeletedDate };
}

/** The secret that an earlier try of the same request has made, if there is one. Throws where the name is not free. */
function nameable(keeper: Keeper, { Name = '', ClientRequestToken = '' }: Input): Secret | undefined {
  const there = keeper.find(Name);
  if (there?.DeletedDate !== undefined)
    throw new Refusal(
      'InvalidRequestException',
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  if (there && !there.Versions[ClientRequestToken])
    throw new Refusal('ResourceExistsException', `The operation failed because the secret ${Name} already exists.`);
  return there;
}

const newSecret = (Name: string, CreatedDate: number): Secret => ({ ARN: arnOf(Name), Name, CreatedDate, Versions: {} });

const nameOf = ({ ARN, Name }: Secret) => ({ ARN, Name });

/** As in AWS, six random characters follow the name. */
const arnOf = (name: string) =>
  `arn:aws:secretsmanager:${PSEUDO['AWS::Region']}:${PSEUDO['AWS::AccountId']}:secret:${name}-${randomUUID().slice(0, 6)}`;
