import { InvalidRequestException } from '@aws-sdk/client-secrets-manager';
import { type DirectorySecret, readDirectorySecret, secretName } from '../../lambdas/auth/directory-secret.ts';
import { changeDirectorySecret, SecretBusyError } from '../../lambdas/auth/secret-changes.ts';
import { createDirectorySecret, deleteDirectorySecret, SecretNameHeldError, SecretTooLargeError } from '../../lambdas/auth/secret-life.ts';
import { getDirectory } from '../../lambdas/store/directories.ts';
import { reasonOf } from '../reason.ts';
import type { Deployment } from './deployment.ts';
import { OperatorError } from './operator-error.ts';
import { beingDeleted, scopeOf } from './rows.ts';

/** The secret of a directory; `undefined` if it is gone, or on its way out. Throws `OperatorError` if it is damaged. */
export const readSecret = ({ secrets }: Deployment, directory: string): Promise<DirectorySecret | undefined> =>
  readDirectorySecret(secrets, directory).catch((error: unknown) => {
    if (error instanceof InvalidRequestException) return undefined;
    throw forPeople(directory, error);
  });

/** See `changeDirectorySecret`. Throws `OperatorError` where the secret is damaged, would be too large, or is never left alone. */
export const changeSecret = (
  { secrets }: Deployment,
  directory: string,
  change: (secret: DirectorySecret) => DirectorySecret,
): Promise<DirectorySecret | undefined> =>
  changeDirectorySecret(secrets, directory, change).catch((error: unknown) => {
    throw forPeople(directory, error);
  });

/**
 * Makes the secret of a directory that has none, and takes it away again if the directory is not in use any more: who deletes it may
 * have looked for a secret before. Throws `OperatorError` for that, and where the name is held; `SecretExistsError` where somebody
 * else was faster.
 */
export async function makeSecret(deployment: Deployment, directory: string, secret: DirectorySecret): Promise<void> {
  const { secrets, table } = deployment;
  await createDirectorySecret(secrets, directory, secret).catch((error: unknown) => {
    throw error instanceof SecretNameHeldError ? secretHeld(deployment, directory, error.until) : forPeople(directory, error);
  });
  const row = await getDirectory(table, scopeOf(directory));
  if (row?.state === 'active') return;
  await deleteDirectorySecret(secrets, directory, { recoveryDays: 0 });
  throw beingDeleted(directory);
}

/** Where the name of a secret is held by one that was deleted. */
export function secretHeld({ secrets }: Deployment, directory: string, until: Date | undefined): OperatorError {
  const name = secretName(secrets, directory);
  const end = until ? ` until about ${until.toISOString()}` : ', for some time longer';
  return new OperatorError(
    `Secrets Manager holds the name of the deleted secret ${name}${end}. ` +
      `To have it back with its tokens: aws secretsmanager restore-secret --secret-id ${name}. ` +
      `To have the name free: aws secretsmanager delete-secret --force-delete-without-recovery --secret-id ${name}`,
  );
}

/** Secrets are written by the service alone: what they hold is not repeated, where somebody else has changed it. */
const DAMAGED: ReadonlySet<unknown> = new Set(['SyntaxError', '$ZodError']);

function forPeople(directory: string, error: unknown): unknown {
  if (error instanceof SecretTooLargeError || error instanceof SecretBusyError) return new OperatorError(error.message, { cause: error });
  if (!DAMAGED.has(Object(error).name)) return error;
  return new OperatorError(
    `the secret of ${directory} is damaged (${reasonOf(error)}): bring back its last version with aws secretsmanager update-secret-version-stage; or delete it with --force-delete-without-recovery, and token create ${directory} makes a new one`,
    { cause: error },
  );
}
