import { InvalidRequestException } from '@aws-sdk/client-secrets-manager';
import { type DirectorySecret, readDirectorySecret } from '../../lambdas/auth/directory-secret.ts';
import { changeDirectorySecret, SecretBusyError } from '../../lambdas/auth/secret-changes.ts';
import { SecretTooLargeError } from '../../lambdas/auth/secret-life.ts';
import { reasonOf } from '../local/files.ts';
import type { Deployment } from './deployment.ts';
import { OperatorError } from './operator-error.ts';

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

/** Secrets are written by the service alone: what they hold is not repeated, where somebody else has changed it. */
const DAMAGED: ReadonlySet<unknown> = new Set(['SyntaxError', '$ZodError']);

function forPeople(directory: string, error: unknown): unknown {
  if (error instanceof SecretTooLargeError || error instanceof SecretBusyError) return new OperatorError(error.message, { cause: error });
  if (!DAMAGED.has(Object(error).name)) return error;
  return new OperatorError(
    `the secret of ${directory} is damaged (${reasonOf(error)}): bring back its last version, or delete it, and token create ${directory} makes a new one`,
    { cause: error },
  );
}
