import type { Scope } from '../directory/store.ts';
import type { IndexEntry } from './index-entries.ts';
import { release } from './items.ts';
import { transact, type Write } from './send.ts';
import type { Table } from './table.ts';

/** The index entries that a resource gives up with some writes. */
interface GivenUp {
  readonly id: string;
  readonly entries: readonly IndexEntry[];
}

/**
 * Commits some writes and gives up some index entries, all or none. Gives back the positions of the writes whose condition failed.
 * Two resources may share a value from before it had to be unique: what is the other's is left to it.
 */
export async function commit(
  scope: Scope,
  table: Table,
  writes: readonly Write[],
  { id, entries }: GivenUp,
  stamp?: string,
): Promise<readonly number[]> {
  const failed = await transact(scope, table, [...writes, ...entries.map((entry) => release(entry, id))], stamp);
  const ours = failed.filter((position) => position < writes.length);
  if (failed.length === 0 || ours.length > 0) return ours;
  const left = entries.filter((_, i) => !failed.includes(writes.length + i));
  return commit(scope, table, writes, { id, entries: left }, stamp);
}
