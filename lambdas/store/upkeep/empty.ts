import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { conflict } from '../../scim/errors.ts';
import { inBatches } from '../batches.ts';
import { getDirectory } from '../directories.ts';
import type { Key } from '../keys.ts';
import { send } from '../send.ts';
import { deletion, executeStatements } from '../statements.ts';
import type { Table } from '../table.ts';
import { type ScanOptions, scanTable, scopeOfStep } from './scan.ts';

export interface EmptyOptions extends Pick<ScanOptions, 'segments'> {
  /** Is told how many items of the table have been read, those of other directories among them, and how many were removed. */
  readonly onProgress?: (progress: { readonly seen: number; readonly removed: number }) => void;
}

/** So many items are removed in one step: a partition takes 1,000 writes a second, and a step has half a minute. */
const ITEMS_PER_STEP = 1_000;

/**
 * Removes all that a directory holds, whatever it is and whichever version has written it: everything whose key begins with the
 * directory. Its row stays, as it is what says that this is not finished. Gives how many items it removed; where two do this at once,
 * both may count the same one. Throws 409 where the row says that the directory is in use, also if it came to be so meanwhile, when
 * somebody else had finished and its id was given to a new one.
 */
export async function emptyDirectory(table: Table, directory: string, { segments, onProgress }: EmptyOptions = {}): Promise<number> {
  const progress = { seen: 0, removed: 0 };
  const tell = (seen: number) => {
    progress.seen = seen;
    onProgress?.({ ...progress });
  };
  const options: ScanOptions = { directory, keysOnly: true, onProgress: tell, ...(segments !== undefined && { segments }) };
  await requireUnused(table, directory);
  await scanTable(table, options, async (items) => {
    for (const some of inBatches(items, ITEMS_PER_STEP)) {
      await requireUnused(table, directory);
      await removeItems(table, directory, some);
      progress.removed += some.length;
    }
  });
  return progress.removed;
}

async function requireUnused(table: Table, directory: string): Promise<void> {
  const row = await getDirectory(table, scopeOfStep(directory));
  if (row && row.state !== 'deleting') throw conflict(`${directory}: the directory is in use, expected one that is being deleted`);
}

async function removeItems(table: Table, directory: string, items: readonly Key[]): Promise<void> {
  const statements = items.map((item) => deletion(table, item));
  const codes = (await executeStatements(table, scopeOfStep(directory), statements)).filter((code) => code !== undefined);
  if (codes.length > 0) throw new Error(`${codes.length} items of ${directory} could not be removed: ${[...new Set(codes)].join(', ')}`);
}

const DENIED = 'AccessDeniedException';

/**
 * About how many items a table has, for a progress bar. DynamoDB counts them every six hours or so; 0 where it has not yet, or where
 * the credentials lack `dynamodb:DescribeTable`, as nothing depends on it.
 */
export async function approximateItems({ client, name }: Table): Promise<number> {
  const command = new DescribeTableCommand({ TableName: name });
  // To the SDK it may as well be our clock, so that `send` would try it again.
  const nothingIfDenied = (error: unknown) => {
    if (Object(error).name !== DENIED) throw error;
  };
  const described = await send(scopeOfStep(), (options) => client.send(command, options).catch(nothingIfDenied));
  return described?.Table?.ItemCount ?? 0;
}
