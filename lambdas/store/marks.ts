import type { Member, Membership, Row } from '../directory/store.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { MembershipItem } from './items.ts';
import { isUnspread } from './keys.ts';
import { byId } from './read.ts';

/*
 * A large change marks the rows of all members that it is about, and notes the same among what they themselves have `staged`, before
 * one write of the group commits it all by putting the change's name among those that are `applied`. A mark counts if and only if
 * its change is applied: `<change>` makes a member of who has none without it, `<change>-` takes away one who is. What has no mark is
 * a member.
 *
 * A group loses the name of an applied change when none of its marks is left, and no request that could write one is under way any more
 * when a change is applied (see `stage`). So a mark that does not count by a group that was read before it is one of a change that was not
 * committed then; by a group that was read after it, it may be one of a change that has been tidied up in between.
 */

export type Kind = 'joins' | 'leaves';

const LEAVING = '-';

export const markFor = (change: string, kind: Kind): string => (kind === 'joins' ? change : change + LEAVING);

export const kindOf = (mark: string): Kind => (mark.endsWith(LEAVING) ? 'leaves' : 'joins');

export const changeOf = (mark: string): string => (kindOf(mark) === 'leaves' ? mark.slice(0, -LEAVING.length) : mark);

/** The changes of a group that count. */
export type Applied = ReadonlySet<string>;

export const appliedTo = ({ applied }: Pick<StoredResource, 'applied'>): Applied => new Set(applied);

export const counts = (mark: string, applied: Applied): boolean => applied.has(changeOf(mark));

/** Whether who has a row with this mark, or without one, is a member. */
export const isMember = (mark: string | undefined, applied: Applied): boolean =>
  mark === undefined || counts(mark, applied) === (kindOf(mark) === 'joins');

const SEPARATOR = '~';

/** What a member has staged of a group. */
export const stagedEntry = (groupId: string, mark: string): string => groupId + SEPARATOR + mark;

/** The group and the mark of what a member has staged. */
export function partsOf(entry: string): { readonly groupId: string; readonly mark: string } {
  const end = entry.indexOf(SEPARATOR);
  return { groupId: entry.slice(0, end), mark: entry.slice(end + 1) };
}

/** The ids of all groups that a resource may be a member of, as far as it says itself. */
export const namedGroups = ({ groupIds = [], staged = [] }: Pick<StoredResource, 'groupIds' | 'staged'>): string[] => [
  ...new Set([...groupIds, ...staged.map((entry) => partsOf(entry).groupId)]),
];

/** Whether a mark is one of a change that is being made: part of it has that name. */
export const isUnderWay = (mark: string, { changing }: Pick<StoredResource, 'changing'>): boolean =>
  changing !== undefined && changeOf(mark).startsWith(changing.id);

/**
 * Gives a group with those who are its members by rows of it. Of the two that one may have it is the row of a member, else the one whose mark
 * counts: what the other one has is of a change that was given up.
 */
export function membershipOf(stored: StoredResource, items: readonly MembershipItem[]): Membership {
  const applied = appliedTo(stored);
  const found = new Map<string, { readonly row: Row; readonly isIn: boolean; readonly isCounting: boolean }>();
  for (const item of items) {
    const isIn = isMember(item.mark, applied);
    const isCounting = isIn || (item.mark !== undefined && counts(item.mark, applied));
    const other = found.get(item.sk);
    if (!other || isIn || (isCounting && !other.isCounting)) found.set(item.sk, { row: rowOf(stored, item), isIn, isCounting });
  }
  const members: Member[] = [];
  const rows = new Map<string, Row>();
  for (const [id, { row, isIn }] of found) {
    if (isIn) members.push({ id, type: row.type });
    if (row.mark !== undefined || row.isOld) rows.set(id, row);
  }
  return { stored, members: members.sort(byId), rows };
}

/** A row of a group, as it is where that is read. */
export const rowOf = ({ fan = 1 }: StoredResource, { pk, type, mark }: MembershipItem): Row => ({
  type,
  ...(mark !== undefined && { mark }),
  ...(fan > 1 && isUnspread(pk) && { isOld: true }),
});
