import { isGone, isThere } from '../conditions.ts';
import { isNewer } from '../items.ts';
import { type Key, reservationKey } from '../keys.ts';
import type { Write } from '../send.ts';
import { type Ends, entriesOf, groupKey, isListed, type Link, memberKey, rowKeys } from './links.ts';

/** What can be wrong with a link: its group is gone, the member of a row is gone, and so on. */
export type Damage = 'groupGone' | 'memberGone' | 'otherType' | 'notListed' | 'rowGone';

interface Mending {
  /** What is required of the group of some links, or becomes of it. */
  readonly ofGroup: (link: Link, links: number) => Write[];
  /** What becomes of the row and the member of one of these links, if they are what they were: three writes at most. */
  readonly ofLink: (ends: Ends) => Write[];
  readonly counts: 'swept' | 'mended';
}

/** The row is there, says what it said, and has the mark that it had: of a group that is there, none. */
const sameRow = ({ link, row }: Ends) => ({
  Key: link.row as Key,
  ConditionExpression: `#type = :type AND ${row?.mark === undefined ? 'attribute_not_exists(mark)' : 'mark = :mark'}`,
  ExpressionAttributeNames: { '#type': 'type' },
  ExpressionAttributeValues: { ':type': link.type, ...(row?.mark !== undefined && { ':mark': row.mark }) },
});

const leave = ({ link }: Ends): Write => ({
  Update: {
    Key: memberKey(link),
    UpdateExpression: 'ADD version :one DELETE groupIds :groups',
    ConditionExpression: 'contains(groupIds, :group)',
    ExpressionAttributeValues: { ':one': 1, ':group': link.groupId, ':groups': new Set([link.groupId]) },
  },
});

/** With all that the member has staged of the group: of one that will never be there, nothing of it counts. */
function leaveForGood(ends: Ends): Write {
  const { link } = ends;
  const entries = entriesOf(ends);
  if (entries.length === 0) return leave(ends);
  const version = isListed(ends) ? ' ADD version :one' : '';
  return {
    Update: {
      Key: memberKey(link),
      UpdateExpression: `DELETE groupIds :groups, staged :staged${version}`,
      ConditionExpression: `contains(staged, :entry) AND ${isListed(ends) ? '' : 'NOT '}contains(groupIds, :group)`,
      ExpressionAttributeValues: {
        ':group': link.groupId,
        ':groups': new Set([link.groupId]),
        ':entry': entries[0],
        ':staged': new Set(entries),
        ...(version && { ':one': 1 }),
      },
    },
  };
}

const join = ({ link, type }: Ends): Write => ({
  Update: {
    Key: memberKey(link, type),
    UpdateExpression: 'ADD version :one, groupIds :groups',
    ConditionExpression: 'attribute_exists(pk) AND NOT contains(groupIds, :group)',
    ExpressionAttributeValues: { ':one': 1, ':group': link.groupId, ':groups': new Set([link.groupId]) },
  },
});

const dropRow = (ends: Ends): Write => ({ Delete: sameRow(ends) });

const setType = (ends: Ends): Write => {
  const row = sameRow(ends);
  return {
    Update: {
      ...row,
      UpdateExpression: 'SET #type = :is',
      ExpressionAttributeValues: { ...row.ExpressionAttributeValues, ':is': ends.type },
    },
  };
};

/** What a group says of its members changes, and their number by `change`. */
const changeGroup = (link: Link, change: number): Write => ({
  Update: {
    Key: groupKey(link),
    UpdateExpression: 'ADD version :one, #size :change',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeNames: { '#size': 'size' },
    ExpressionAttributeValues: { ':one': 1, ':change': change },
  },
});

/** Who is creating a group reserves it before its rows are there: where there is neither, nobody can create it any more. */
const isGoneForGood = (link: Link): Write[] => [isGone(groupKey(link)), isGone(reservationKey(link.directory, link.groupId))];

const groupIsThere = (link: Link): Write[] => [isThere(groupKey(link))];

export const MENDINGS: Readonly<Record<Damage, Mending>> = {
  groupGone: { ofGroup: isGoneForGood, ofLink: (ends) => [ends.link.row ? dropRow(ends) : leaveForGood(ends)], counts: 'swept' },
  memberGone: {
    ofGroup: (link, links) => [changeGroup(link, -links)],
    ofLink: (ends) => [dropRow(ends), isGone(memberKey(ends.link))],
    counts: 'mended',
  },
  otherType: {
    ofGroup: (link) => [changeGroup(link, 0)],
    ofLink: (ends) => [setType(ends), isListed(ends) ? isThere(memberKey(ends.link, ends.type)) : join(ends)],
    counts: 'mended',
  },
  notListed: { ofGroup: groupIsThere, ofLink: (ends) => [{ ConditionCheck: sameRow(ends) }, join(ends)], counts: 'mended' },
  rowGone: { ofGroup: groupIsThere, ofLink: (ends) => [...rowKeys(ends.link).map(isGone), leave(ends)], counts: 'mended' },
};

/** What is the matter with a link: damage, or what has to be cleared up before it can be told whether there is any. */
export type Finding = Damage | 'reserved' | 'marked';

/**
 * What is the matter with a link, if anything is. What a newer version has written is right, whatever it says. Of a row without a mark, and
 * of who has no row, nothing depends on a large change: one settles members before their rows.
 */
export function findingOf(ends: Ends): Finding | undefined {
  const { link, group, reservation, row, member, type } = ends;
  if ([group, row, member].some((item) => item && isNewer(item))) return undefined;
  const entries = entriesOf(ends);
  // What said so may not say it any more.
  const isSaid = link.row ? row?.type === link.type : isListed(ends) || entries.length > 0;
  if (!isSaid) return undefined;
  if (!group) return reservation ? 'reserved' : 'groupGone';
  if (row?.mark !== undefined || entries.length > 0) return 'marked';
  if (!link.row) return row ? undefined : 'rowGone';
  if (!member) return 'memberGone';
  if (type !== link.type) return 'otherType';
  return isListed(ends) ? undefined : 'notListed';
}
