import type { Scope } from '../../lambdas/directory/store.ts';
import { type DirectoryRow, getDirectory } from '../../lambdas/store/directories.ts';
import { scopeOfStep } from '../../lambdas/store/upkeep/scan.ts';
import type { Deployment } from './deployment.ts';
import { requireId } from './directory-name.ts';
import { OperatorError } from './operator-error.ts';

/** The scope of one step of the operator's: it is nobody's credential, and its use is not noted. */
export const scopeOf = (directory: string): Scope => scopeOfStep(directory);

/** The row of a directory. Throws if there is none. */
export async function requireRow({ table }: Deployment, directory: string): Promise<DirectoryRow> {
  const row = await getDirectory(table, scopeOf(requireId(directory)));
  if (!row) throw new OperatorError(`there is no directory ${directory}: list shows those that there are`);
  return row;
}

/** The row of a directory that is to be worked with. Throws if there is none, or if it is on its way out. */
export async function requireActive(deployment: Deployment, directory: string): Promise<DirectoryRow> {
  const row = await requireRow(deployment, directory);
  if (row.state === 'deleting') throw beingDeleted(directory);
  return row;
}

export const beingDeleted = (directory: string): OperatorError =>
  new OperatorError(`${directory} is being deleted: delete ${directory} finishes that, and its id is free after it`);

export const writtenByNewer = (directory: string): OperatorError =>
  new OperatorError(
    `the row of ${directory} was written by a newer version of Rollcall, or is being changed: look at it with that version`,
  );
