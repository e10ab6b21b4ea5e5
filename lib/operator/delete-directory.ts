import { deleteDirectorySecret, secretStateOf } from '../../lambdas/auth/secret-life.ts';
import { type DirectoryRow, getDirectory, markDeleting, noteRevoked, removeDirectory } from '../../lambdas/store/directories.ts';
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
  await requireRow(deployment, directory);
  const row = await markDeleting(table, scopeOf(directory), new Date());
  // Somebody else has finished it.
  if (!row) return { items: 0 };
  if (row.state !== 'deleting') throw writtenByNewer(directory);
  let items = 0;
  // Once more where somebody has brought the secret back meanwhile: its tokens were good again.
  for (let revoked = row; ; revoked = { ...row, revokedAt: undefined }) {
    await deleteDirectorySecret(secrets, directory, { recoveryDays });
    // Not when the deletion began: if that died before the secret was deleted, requests were served until now.
    await untilSettled(deployment, await noteRevoked(table, scopeOf(directory), revoked, new Date()), onProgress);
    items += await empty(deployment, directory, onProgress);
    if ((await secretStateOf(secrets, directory)).state !== 'live') break;
    if (await isOver(deployment, directory, row)) return { items };
  }
  await removeDirectory(table, scopeOf(directory));
  return { items };
}

async function empty({ table }: Deployment, directory: string, onProgress: OnProgress): Promise<number> {
  const total = await approximateItems(table);
  return emptyDirectory(table, directory, {
    onProgress: ({ seen }) => onProgress('Removing what is in the directory', seen, Math.max(seen, total), 'items looked at'),
  });
}

/** Whether somebody else has finished a deletion, and may have given the id to a new directory, whose secret is not ours to delete. */
async function isOver({ table }: Deployment, directory: string, { deletingSince }: DirectoryRow): Promise<boolean> {
  return (await getDirectory(table, scopeOf(directory)))?.deletingSince !== deletingSince;
}
