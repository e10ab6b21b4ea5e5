import type { Scope } from '../directory/store.ts';
import { failureOf } from '../log/failure.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { IndexEntry } from './index-entries.ts';
import type { MembershipItem } from './items.ts';
import { type Key, membersKeys, resourceKey } from './keys.ts';
import { queryPages } from './read.ts';
import { deletion, executeStatements, type Statement } from './statements.ts';
import type { Table } from './table.ts';

/*
 * What a resource leaves behind that is gone already, and whose id does not come again. None of it is ever believed, so that it is
 * no reason to fail if it cannot be removed now: `repair` does that later.
 */

export async function removeEntries(table: Table, scope: Scope, entries: readonly IndexEntry[]): Promise<void> {
  await attempt(scope, 'index entries', () =>
    executeStatements(
      table,
      scope,
      entries.map(({ key }) => deletion(table, key)),
    ),
  );
}

/** How long an answer waits for those to forget a group who were its members. */
const PATIENCE_MS = 10_000;

/** The code of a statement about somebody who is gone, or knows nothing of the group any more. */
const NOT_THERE = 'ConditionalCheckFailed';

/** Removes the rows of a group that is gone, and its id from those who were its members. */
export async function forgetMembers(table: Table, scope: Scope, { id, fan = 1 }: StoredResource): Promise<void> {
  const hurried = { ...scope, deadline: Math.min(scope.deadline, Date.now() + PATIENCE_MS) };
  await attempt(scope, 'members', async () => {
    const outcomes: (string | undefined)[] = [];
    for (const pk of membersKeys(scope.directory, id, fan))
      for await (const rows of queryPages<MembershipItem>(table, hurried, pk)) {
        const memories = rows.map(({ sk, type }) => forgetting(table, resourceKey(scope.directory, { name: type }, sk), id));
        const deletions = rows.map((row) => deletion(table, row));
        for (const statements of [memories, deletions]) outcomes.push(...(await executeStatements(table, hurried, statements)));
      }
    return outcomes.filter((code) => code !== NOT_THERE);
  });
}

/** Takes a group from those that a resource is a member of, if that is so; its version moves, since it is shown otherwise. */
const forgetting = ({ name }: Table, { pk, sk }: Key, groupId: string): Statement => ({
  Statement: `UPDATE "${name}" SET groupIds = set_delete(groupIds, ?) SET version = version + 1 WHERE contains(groupIds, ?) AND pk = ? AND sk = ?`,
  Parameters: [new Set([groupId]), groupId, pk, sk],
});

/** Whatever goes wrong is said in the log. */
async function attempt({ trace: { requestId } }: Scope, what: string, act: () => Promise<readonly (string | undefined)[]>): Promise<void> {
  const outcomes = await act().catch((error: unknown) => [failureOf(error).name]);
  const codes = outcomes.filter((code) => code !== undefined);
  if (codes.length > 0) console.warn({ message: `${what} of a removed resource are left`, requestId, codes: [...new Set(codes)] });
}
