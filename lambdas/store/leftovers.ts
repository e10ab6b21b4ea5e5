import type { Scope } from '../directory/store.ts';
import { failureOf } from '../log/failure.ts';
import type { StoredResource } from '../scim/resource.ts';
import { allEnded } from './all-ended.ts';
import type { IndexEntry } from './index-entries.ts';
import type { MembershipItem } from './items.ts';
import { type Key, membersKeys, resourceKey } from './keys.ts';
import { queryPages } from './read.ts';
import { BATCHES, deletion, executeStatements, requireDecided, type Statement } from './statements.ts';
import type { Table } from './table.ts';
import { markedBy, tidy } from './tidy.ts';

/*
 * What a resource leaves behind that is gone already, and whose id does not come again, or a change that has been made or given up. None of
 * it is ever believed for more than it is, so that it is no reason to fail if it cannot be removed now: `repair` does that later.
 */

export async function removeEntries(table: Table, scope: Scope, entries: readonly IndexEntry[]): Promise<void> {
  const deletions = entries.map(({ key }) => deletion(table, key));
  await attempt(scope, 'index entries of a removed resource', async () => requireDecided(await executeStatements(table, scope, deletions)));
}

/** How long an answer waits for those to forget a group who were its members. */
const PATIENCE_MS = 10_000;

/** Removes the rows of a group that is gone, and its id from those who were its members. */
export async function forgetMembers(table: Table, scope: Scope, group: StoredResource): Promise<void> {
  const { id, fan = 1 } = group;
  const hurried = { ...scope, deadline: Math.min(scope.deadline, Date.now() + PATIENCE_MS) };
  const partitions = membersKeys(scope.directory, id, fan);
  // Of each, DynamoDB takes 1,000 writes a second.
  const concurrency = Math.ceil(BATCHES / partitions.length);
  const forget = async (pk: string) => {
    for await (const rows of queryPages<MembershipItem>(table, hurried, pk)) {
      // As what is staged for a group that is not there: nothing of it counts.
      const marked = rows.flatMap((row) => markedBy(group, row) ?? []);
      await tidy(table, hurried, { id, fan }, marked, new Set(), { concurrency });
      const memories = rows.map(({ sk, type }) => forgetting(table, resourceKey(scope.directory, { name: type }, sk), id));
      const deletions = rows.map((row) => deletion(table, row));
      for (const statements of [memories, deletions]) requireDecided(await executeStatements(table, hurried, statements, { concurrency }));
    }
  };
  await attempt(scope, 'members of a removed resource', () => allEnded(partitions.map(forget)));
}

/** Takes a group from those that a resource is a member of, if that is so; its version moves, since it is shown otherwise. */
const forgetting = ({ name }: Table, { pk, sk }: Key, groupId: string): Statement => ({
  Statement: `UPDATE "${name}" SET groupIds = set_delete(groupIds, ?) SET version = version + 1 WHERE contains(groupIds, ?) AND pk = ? AND sk = ?`,
  Parameters: [new Set([groupId]), groupId, pk, sk],
});

/** Whatever goes wrong is said in the log. */
export async function attempt({ trace: { requestId } }: Scope, what: string, act: () => Promise<unknown>): Promise<void> {
  await act().catch((error: unknown) => {
    const { name, code } = failureOf(error);
    console.warn({ message: `left: ${what}`, requestId, name, code });
  });
}
