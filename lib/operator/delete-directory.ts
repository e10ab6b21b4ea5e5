import { deleteDirectorySecret } from '../../lambdas/auth/secret-life.ts';
import { getDirectory, markDeleting, noteRevoked, removeDirectory } from '../../lambdas/store/directories.ts';
import { approximateItems, emptyDirectory } from '../../lambdas/store/upkeep/empty.ts';
import type { Deployment } from './deployment.ts';
import { requireRow, scopeOf, writtenByNewer } from './rows.ts';
import { type OnProgress, untilSettled } from './settling.ts';

export interface DeleteOptions {
  /**
   * For how many days Secrets Manager keeps the secret, from 7 to 30, in which it can be restored, and its name is not free; 0
   * for not at all.
   *
   * @default 7
   */
  readonly recoveryDays?: number | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Removes a directory: its credentials first, then, once nobody acts by them any more, all that is in it, and its row last. Until
 * then it is `deleting`, and the same call again goes on with it. Gives how many items were removed.
 */
export async function deleteDirectory(
  deployment: Deployment,
  directory: string,
  { recoveryDays = 7, onProgress = () => {} }: DeleteOptions = {},
): Promise<{ readonly items: number }> {
  const { table, secrets } = deployment;
  const scope = () => scopeOf(directory);
  await requireRow(deployment, directory);
  const row = await markDeleting(table, scope(), new Date());
  if (row?.state !== 'deleting') throw writtenByNewer(directory);
  await deleteDirectorySecret(secrets, directory, { recoveryDays });
  // Not when the deletion began: if that died before the secret was deleted, requests were served until now.
  await untilSettled(deployment, await noteRevoked(table, scope(), row, new Date()), onProgress);
  const total = await approximateItems(table);
  const items = await emptyDirectory(table, directory, {
    onProgress: ({ seen }) => onProgress('Removing what is in the directory', seen, Math.max(seen, total), 'items looked at'),
  });
  // A token that was made while the deletion began may have brought the secret back. Not that of a new directory, though, if somebody
  // else has finished this deletion and given the id away.
  if ((await getDirectory(table, scope()))?.deletingSince === row.deletingSince) {
    await deleteDirectorySecret(secrets, directory, { recoveryDays });
    await removeDirectory(table, scope());
  }
  return { items };
}
