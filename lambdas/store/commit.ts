import type { Scope } from '../directory/store.ts';
import { transact, type Write } from './send.ts';
import type { Table } from './table.ts';

/**
 * Commits some writes and gives up some more, all or none. Gives back the positions of the writes whose condition failed. What is
 * given up need not be there: two resources may share a value from before it had to be unique, and what is the other's is left to it.
 */
export async function commit(
  scope: Scope,
  table: Table,
  writes: readonly Write[],
  givenUp: readonly Write[],
  stamp?: string,
): Promise<readonly number[]> {
  const failed = await transact(scope, table, [...writes, ...givenUp], stamp);
  const ours = failed.filter((position) => position < writes.length);
  if (failed.length === 0 || ours.length > 0) return ours;
  const left = givenUp.filter((_, i) => !failed.includes(writes.length + i));
  return commit(scope, table, writes, left, stamp);
}
