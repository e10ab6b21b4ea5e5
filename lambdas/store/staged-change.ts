import type { Scope } from '../directory/store.ts';
import type { StoredResource } from '../scim/resource.ts';
import { FORMAT } from './items.ts';
import { resourceKey } from './keys.ts';
import { stagedEntry } from './marks.ts';
import { keyOfRow, MAX_GROUPS, type MemberChange } from './member-writes.ts';
import type { Statement } from './statements.ts';
import type { Table } from './table.ts';

/** A group whose members nobody else changes meanwhile, of which nothing is applied that has not been tidied up. */
export type Staging = Omit<StoredResource, 'applied'> & Required<Pick<StoredResource, 'fan'>>;

/** Somebody who joins or leaves by a change that is staged. */
export interface StagedChange extends MemberChange {
  /** Whether this is no resource any more, which only a mistake can have brought about. */
  readonly isOrphan?: boolean;
}

/** None where the row has the mark already. */
export function rowStatement(
  { name }: Table,
  { directory }: Scope,
  group: Staging,
  change: StagedChange,
  mark: string,
): Statement | undefined {
  const { member, row } = change;
  if (row?.mark === mark) return undefined;
  const { pk, sk } = keyOfRow(directory, group, change);
  if (!row)
    return {
      Statement: `INSERT INTO "${name}" VALUE {'pk': ?, 'sk': ?, 'type': ?, 'format': ?, 'mark': ?}`,
      Parameters: [pk, sk, member.type, FORMAT, mark],
    };
  const isAsRead = row.mark === undefined ? 'mark IS MISSING' : 'mark = ?';
  return {
    Statement: `UPDATE "${name}" SET mark = ? SET "type" = ? WHERE ${isAsRead} AND pk = ? AND sk = ?`,
    Parameters: [mark, member.type, ...(row.mark === undefined ? [] : [row.mark]), pk, sk],
  };
}

/** Refused for an item that is not there, or is in too many groups; none for somebody of whom there is none. */
export function itemStatement(
  { name }: Table,
  { directory }: Scope,
  { id }: Staging,
  change: StagedChange,
  mark: string,
): Statement | undefined {
  const { member, kind, isOrphan } = change;
  if (isOrphan) return undefined;
  const { pk, sk } = resourceKey(directory, { name: member.type }, member.id);
  const limit = { joins: { condition: '(groupIds IS MISSING OR size(groupIds) < ?) AND ', values: [MAX_GROUPS] }, leaves: NONE }[kind];
  return {
    Statement: `UPDATE "${name}" SET staged = set_add(staged, ?) WHERE ${limit.condition}pk = ? AND sk = ?`,
    Parameters: [new Set([stagedEntry(id, mark)]), ...limit.values, pk, sk],
  };
}

const NONE = { condition: '', values: [] };
