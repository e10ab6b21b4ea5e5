import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  type DescribeSecretResponse,
  InvalidRequestException,
  ResourceExistsException,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { type DirectorySecret, type Secrets, secretName } from './directory-secret.ts';

/** Whether a directory has a secret. One that was deleted holds its name until its recovery window ends, and some time longer. */
export type SecretState = { readonly state: 'none' } | { readonly state: 'live' } | { readonly state: 'deleted'; readonly until: Date };

export class SecretExistsError extends Error {
  override readonly name = 'SecretExistsError';
}

/** A secret cannot be made, since one of its name is scheduled for deletion. */
export class SecretNameHeldError extends Error {
  override readonly name = 'SecretNameHeldError';

  /** The end of the recovery window, unless Secrets Manager does not tell it any more. */
  readonly until: Date | undefined;

  constructor(message: string, until?: Date) {
    super(message);
    this.until = until;
  }
}

export class SecretTooLargeError extends Error {
  override readonly name = 'SecretTooLargeError';
}

/** In bytes. Secrets Manager takes no more. */
const MAX_SIZE = 65_536;

/** A secret as it is sent. Throws a SecretTooLargeError. */
export function serialized(name: string, secret: DirectorySecret): string {
  const text = JSON.stringify(secret);
  const size = Buffer.byteLength(text);
  if (size <= MAX_SIZE) return text;
  throw new SecretTooLargeError(`the secret ${name} would have ${size} bytes, and may have ${MAX_SIZE}: revoke tokens that are not needed`);
}

export async function describeSecret(secrets: Secrets, directory: string): Promise<DescribeSecretResponse | undefined> {
  try {
    return await secrets.client.send(new DescribeSecretCommand({ SecretId: secretName(secrets, directory) }));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

export async function secretStateOf(secrets: Secrets, directory: string): Promise<SecretState> {
  const described = await describeSecret(secrets, directory);
  if (!described) return { state: 'none' };
  return described.DeletedDate ? { state: 'deleted', until: described.DeletedDate } : { state: 'live' };
}

/** Throws a SecretExistsError or a SecretNameHeldError where the name is not free, and a SecretTooLargeError. */
export async function createDirectorySecret(secrets: Secrets, directory: string, secret: DirectorySecret): Promise<void> {
  const Name = secretName(secrets, directory);
  const SecretString = serialized(Name, secret);
  try {
    // The SDK repeats a request whose answer was lost; with the same token it is done once.
    await secrets.client.send(new CreateSecretCommand({ Name, SecretString, ClientRequestToken: randomUUID() }));
  } catch (error) {
    if (error instanceof ResourceExistsException) throw new SecretExistsError(`there is a secret ${Name} already`, { cause: error });
    if (!(error instanceof InvalidRequestException)) throw error;
    const found = await secretStateOf(secrets, directory);
    const held = `the name of the secret ${Name} is held by one that is being deleted`;
    if (found.state === 'deleted') throw new SecretNameHeldError(held, found.until);
    // Secrets Manager removes what was deleted in the background, and may hold its name when it does not show it any more.
    throw /scheduled for deletion/.test(error.message) ? new SecretNameHeldError(held) : error;
  }
}

/**
 * Deletes a secret, for good or so that it can be restored for some days. One that is not there or is being deleted already is
 * well; without recovery, the days of the latter end at once.
 */
export async function deleteDirectorySecret(
  secrets: Secrets,
  directory: string,
  { recoveryDays }: { readonly recoveryDays: number },
): Promise<void> {
  if (recoveryDays !== 0 && !(Number.isInteger(recoveryDays) && recoveryDays >= 7 && recoveryDays <= 30))
    throw new RangeError(`recoveryDays is ${recoveryDays}, and should be 0 or from 7 to 30`);
  const how = recoveryDays === 0 ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: recoveryDays };
  try {
    await secrets.client.send(new DeleteSecretCommand({ SecretId: secretName(secrets, directory), ...how }));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return;
    if (error instanceof InvalidRequestException && (await secretStateOf(secrets, directory)).state !== 'live') return;
    throw error;
  }
}
