import type { Member, MemberChanges, Membership, Row, Scope } from '../directory/store.ts';
import type { StoredResource } from '../scim/resource.ts';
import { FORMAT, type MembershipItem } from './items.ts';
import { GROUP, type Key, membershipKey, resourceKey } from './keys.ts';
import { asLeased } from './lease.ts';
import { type Kind, stagedEntry } from './marks.ts';
import { MAX_WRITES, type Write } from './send.ts';

/** How many groups a resource may be a direct member of: their ids are on its item. */
export const MAX_GROUPS = 1_000;

/** From which size on a group is another one to the store. */
export interface GroupLimits {
  /** The most members that one transaction adds and removes: each is two items of it. */
  readonly atOnce: number;
  /** With more members than that, its rows are spread: see `SPREAD`. */
  readonly unspread: number;
}

export const GROUP_LIMITS: GroupLimits = { atOnce: 48, unspread: 5_000 };

/** How many members find place in a transaction beside some other writes. */
export const membersBeside = ({ atOnce }: GroupLimits, others: number): number => Math.min(atOnce, Math.floor((MAX_WRITES - others) / 2));

/** Where the rows of a group are that are put from now on. */
export type Rows = Required<Pick<StoredResource, 'id' | 'fan'>>;

/** Somebody who joins or leaves a group, and the row that there is of it. */
export interface MemberChange {
  readonly member: Member;
  readonly kind: Kind;
  /** None, or one that has a mark and does not count, if somebody joins. */
  readonly row: Row | undefined;
}

/** The changes of members by what was read; all rows that were are old ones if those that are put from now on are elsewhere. */
export function memberChanges(
  { rows }: Pick<Membership, 'rows'>,
  { additions, removals }: MemberChanges,
  { isSpreading = false } = {},
): MemberChange[] {
  const seen = (row: Row): Row => (isSpreading ? { ...row, isOld: true } : row);
  const rowOf = ({ id }: Member) => {
    const row = rows?.get(id);
    return row && seen(row);
  };
  return [
    ...removals.map((member): MemberChange => ({ member, kind: 'leaves', row: rowOf(member) ?? seen({ type: member.type }) })),
    ...additions.map((member): MemberChange => ({ member, kind: 'joins', row: rowOf(member) })),
  ];
}

export const keyOfRow = (directory: string, { id, fan }: Rows, { member, row }: Omit<MemberChange, 'kind'>): Key =>
  membershipKey(directory, id, row?.isOld ? 1 : fan, member.id);

/** The write of the row that says so; refused if that is not as it was read. */
export function rowWrite({ directory }: Scope, rows: Rows, change: MemberChange): Write {
  const { member, kind, row } = change;
  const key = keyOfRow(directory, rows, change);
  const condition = {
    ConditionExpression: row ? (row.mark === undefined ? UNMARKED : 'mark = :mark') : 'attribute_not_exists(pk)',
    ...(row?.mark !== undefined && { ExpressionAttributeValues: { ':mark': row.mark } }),
  };
  if (kind === 'leaves') return { Delete: { Key: key, ...condition } };
  const Item: MembershipItem = { ...key, type: member.type, format: FORMAT };
  return { Put: { Item, ...condition } };
}

const UNMARKED = 'attribute_exists(pk) AND attribute_not_exists(mark)';

/** The write of the member's own item: refused if there is none, or it is in too many groups. What is staged with the row goes with that. */
export function itemWrite(scope: Scope, groupId: string, { member, kind, row }: MemberChange): Write {
  const staged = row?.mark === undefined ? [] : [stagedEntry(groupId, row.mark)];
  if (kind === 'leaves') return leavingAll(scope, member, [groupId], staged);
  return {
    Update: {
      Key: resourceKey(scope.directory, { name: member.type }, member.id),
      UpdateExpression: `ADD groupIds :group, version :one${staged.length > 0 ? ' DELETE staged :staged' : ''}`,
      ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(groupIds) OR size(groupIds) < :most)',
      ExpressionAttributeValues: {
        ':group': new Set([groupId]),
        ':one': 1,
        ':most': MAX_GROUPS,
        ...(staged.length > 0 && { ':staged': new Set(staged) }),
      },
    },
  };
}

/** The write by which a member leaves some groups, with what it has staged of them. */
export const leavingAll = (
  { directory }: Scope,
  { id, type }: Member,
  groupIds: readonly string[],
  staged: readonly string[],
): { readonly Update: NonNullable<Write['Update']> } => ({
  Update: {
    Key: resourceKey(directory, { name: type }, id),
    UpdateExpression: `DELETE groupIds :groups${staged.length > 0 ? ', staged :staged' : ''} ADD version :one`,
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: {
      ':groups': new Set(groupIds),
      ':one': 1,
      ...(staged.length > 0 && { ':staged': new Set(staged) }),
    },
  },
});

/** The two writes by which a group loses a member that is going to be removed itself: of the row, and of the group. */
export function losing(scope: Scope, group: StoredResource, member: Member, row: Row): Write[] {
  const { id, fan = 1 } = group;
  const { condition, values, remove } = asLeased(group);
  return [
    rowWrite(scope, { id, fan }, { member, kind: 'leaves', row }),
    {
      Update: {
        Key: resourceKey(scope.directory, GROUP, id),
        UpdateExpression: `SET lastModified = :now ADD #version :one, #size :less${remove}`,
        ConditionExpression: `${condition} AND fan = :fan`,
        ExpressionAttributeNames: { '#version': 'version', '#size': 'size' },
        ExpressionAttributeValues: { ...values, ':now': new Date().toISOString(), ':one': 1, ':less': -1, ':fan': fan },
      },
    },
  ];
}
