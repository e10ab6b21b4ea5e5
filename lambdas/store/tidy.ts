import type { Member, Row, Scope } from '../directory/store.ts';
import type { StoredResource } from '../scim/resource.ts';
import { allEnded } from './all-ended.ts';
import type { MembershipItem } from './items.ts';
import { GROUP, type Key, membersKeys, resourceKey } from './keys.ts';
import { type Applied, appliedTo, counts, isUnderWay, type Kind, kindOf, rowOf, stagedEntry } from './marks.ts';
import { keyOfRow, type Rows } from './member-writes.ts';
import { queryPages } from './read.ts';
import { transact } from './send.ts';
import { BATCHES, type ExecuteOptions, executeStatements, requireDecided, type Statement } from './statements.ts';
import type { Table } from './table.ts';

/** Somebody whose row has a mark. */
export interface Marked {
  readonly member: Member;
  readonly kind: Kind;
  readonly row: Row & { readonly mark: string };
}

/** Who has a row of a group, if that is marked. */
export const markedBy = (group: StoredResource, item: MembershipItem): Marked | undefined => {
  const { sk: id, type, mark } = item;
  return mark === undefined ? undefined : { member: { id, type }, kind: kindOf(mark), row: { ...rowOf(group, item), mark } };
};

/**
 * Makes of marks what they say, or takes them away where they do not count: first of members, then of rows, so that who has a row without a
 * mark has nothing staged that counts. Each write is conditional on the mark. Others may change the group meanwhile, and the same
 * marks may be tidied up by several at once.
 */
export async function tidy(
  table: Table,
  scope: Scope,
  rows: Rows,
  marked: readonly Marked[],
  applied: Applied,
  options: ExecuteOptions = {},
): Promise<void> {
  for (const statementFor of [settleItem, settleRow]) {
    const statements = marked.map((one) => statementFor(table, scope, rows, one, counts(one.row.mark, applied)));
    requireDecided(await executeStatements(table, scope, statements, options));
  }
}

type Settle = (table: Table, scope: Scope, rows: Rows, marked: Marked, isCounting: boolean) => Statement;

/** The version moves where the groups do that are shown. */
const settleItem: Settle = ({ name }, { directory }, { id }, { member, kind, row }, isCounting) => {
  const key = resourceKey(directory, { name: member.type }, member.id);
  const entry = stagedEntry(id, row.mark);
  if (!isCounting) return unstaging(name, key, [entry]);
  const change = kind === 'joins' ? 'set_add' : 'set_delete';
  return {
    Statement:
      `UPDATE "${name}" SET staged = set_delete(staged, ?) SET groupIds = ${change}(groupIds, ?) SET version = version + 1` +
      ' WHERE contains(staged, ?) AND pk = ? AND sk = ?',
    Parameters: [new Set([entry]), new Set([id]), entry, key.pk, key.sk],
  };
};

/** Takes from a member what it has staged and what does not count, and never will. Refused if the first of it is not there. */
export const unstaging = (tableName: string, { pk, sk }: Key, entries: readonly string[]): Statement => ({
  Statement: `UPDATE "${tableName}" SET staged = set_delete(staged, ?) WHERE contains(staged, ?) AND pk = ? AND sk = ?`,
  Parameters: [new Set(entries), entries[0], pk, sk],
});

const settleRow: Settle = ({ name }, { directory }, rows, marked, isCounting) => {
  const { pk, sk } = keyOfRow(directory, rows, marked);
  const stays = isCounting === (marked.kind === 'joins');
  return {
    Statement: `${stays ? `UPDATE "${name}" REMOVE mark` : `DELETE FROM "${name}"`} WHERE mark = ? AND pk = ? AND sk = ?`,
    Parameters: [marked.row.mark, pk, sk],
  };
};

/**
 * Tidies up all marks that a group has, but those of a change that is being made, and then lets it lose the names of what was applied. For
 * who has the lease of the group alone: a mark that does not count is dead to nobody else, as a change may begin at any time.
 */
export async function tidyGroup(table: Table, scope: Scope, group: StoredResource): Promise<void> {
  const { id, fan = 1 } = group;
  const applied = appliedTo(group);
  const partitions = membersKeys(scope.directory, id, fan);
  const concurrency = Math.ceil(BATCHES / partitions.length);
  const searches = partitions.map(async (pk) => {
    for await (const items of queryPages<MembershipItem>(table, scope, pk, { having: 'mark' })) {
      const marked = items.flatMap((item) => markedBy(group, item) ?? []).filter(({ row }) => !isUnderWay(row.mark, group));
      await tidy(table, scope, { id, fan }, marked, applied, { concurrency });
    }
  });
  await allEnded(searches);
  await forget(table, scope, id, [...applied]);
}

/** Takes the names of changes from those that are applied to a group: none of their marks is left. */
export async function forget(table: Table, scope: Scope, groupId: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const Update = {
    Key: resourceKey(scope.directory, GROUP, groupId),
    UpdateExpression: 'DELETE applied :names',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':names': new Set(names) },
  };
  await transact(scope, table, [{ Update }]);
}
