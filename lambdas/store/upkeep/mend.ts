import type { ResourceType } from '../../scim/schemas/resource-type.ts';
import { inBatches } from '../batches.ts';
import { isNewer } from '../items.ts';
import { type Key, textOf } from '../keys.ts';
import { transact, type Write } from '../send.ts';
import type { Table } from '../table.ts';
import { type Ends, groupKey, type Known, type Link, memberKey, readEnds, rowKeys } from './links.ts';
import { scopeOfStep } from './scan.ts';

/** What can be wrong with a link: its group is gone, the member of a row is gone, and so on. */
type Damage = 'groupGone' | 'memberGone' | 'otherType' | 'notListed' | 'rowGone';

interface Mending {
  /** What is required of the group of some links, or becomes of it. */
  readonly ofGroup: (Key: Key, links: number) => Write;
  /** What becomes of the row and the member of one of these links, if they are what they were: three writes at most. */
  readonly ofLink: (ends: Ends) => Write[];
  readonly counts: 'swept' | 'mended';
}

const isThere = (Key: Key): Write => ({ ConditionCheck: { Key, ConditionExpression: 'attribute_exists(pk)' } });
const isGone = (Key: Key): Write => ({ ConditionCheck: { Key, ConditionExpression: 'attribute_not_exists(pk)' } });

/** The row is there, and says what it said. */
const sameRow = ({ type, row }: Link) => ({
  Key: row as Key,
  ConditionExpression: '#type = :type',
  ExpressionAttributeNames: { '#type': 'type' },
  ExpressionAttributeValues: { ':type': type },
});

const leave = ({ link }: Ends): Write => ({
  Update: {
    Key: memberKey(link),
    UpdateExpression: 'ADD version :one DELETE groupIds :groups',
    ConditionExpression: 'contains(groupIds, :group)',
    ExpressionAttributeValues: { ':one': 1, ':group': link.groupId, ':groups': new Set([link.groupId]) },
  },
});

const join = ({ link, type }: Ends): Write => ({
  Update: {
    Key: memberKey(link, type),
    UpdateExpression: 'ADD version :one, groupIds :groups',
    ConditionExpression: 'attribute_exists(pk) AND NOT contains(groupIds, :group)',
    ExpressionAttributeValues: { ':one': 1, ':group': link.groupId, ':groups': new Set([link.groupId]) },
  },
});

const dropRow = ({ link }: Ends): Write => ({ Delete: sameRow(link) });

const setType = ({ link, type }: Ends): Write => {
  const row = sameRow(link);
  return {
    Update: { ...row, UpdateExpression: 'SET #type = :is', ExpressionAttributeValues: { ...row.ExpressionAttributeValues, ':is': type } },
  };
};

/** What a group says of its members changes, and their number by `change`. */
const changeGroup = (Key: Key, change: number): Write => ({
  Update: {
    Key,
    UpdateExpression: 'ADD version :one, #size :change',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeNames: { '#size': 'size' },
    ExpressionAttributeValues: { ':one': 1, ':change': change },
  },
});

const MENDINGS: Readonly<Record<Damage, Mending>> = {
  groupGone: { ofGroup: isGone, ofLink: (ends) => [ends.link.row ? dropRow(ends) : leave(ends)], counts: 'swept' },
  memberGone: {
    ofGroup: (key, links) => changeGroup(key, -links),
    ofLink: (ends) => [dropRow(ends), isGone(memberKey(ends.link))],
    counts: 'mended',
  },
  otherType: {
    ofGroup: (key) => changeGroup(key, 0),
    ofLink: (ends) => [setType(ends), isListed(ends) ? isThere(memberKey(ends.link, ends.type)) : join(ends)],
    counts: 'mended',
  },
  notListed: { ofGroup: isThere, ofLink: (ends) => [{ ConditionCheck: sameRow(ends.link) }, join(ends)], counts: 'mended' },
  rowGone: { ofGroup: isThere, ofLink: (ends) => [...rowKeys(ends.link).map(isGone), leave(ends)], counts: 'mended' },
};

/** Whether the member names the group. */
const isListed = ({ link, member }: Ends): boolean => member?.groupIds?.has(link.groupId) ?? false;

/** What is wrong with a link, if anything is. What a newer version has written is right, whatever it says. */
function damageOf(ends: Ends): Damage | undefined {
  const { link, group, row, member, type } = ends;
  if ([group, row, member].some((item) => item && isNewer(item))) return undefined;
  // What said so may not say it any more.
  if (link.row ? row?.type !== link.type : !isListed(ends)) return undefined;
  if (!group) return 'groupGone';
  if (!link.row) return row ? undefined : 'rowGone';
  if (!member) return 'memberGone';
  if (type !== link.type) return 'otherType';
  return isListed(ends) ? undefined : 'notListed';
}

/** What became of some links. */
export interface Mended {
  /** Rows and entries that were removed, since their group is gone. */
  readonly swept: number;
  /** Links to a group that is there, of which one end was missing or wrong. */
  readonly mended: number;
  /** Links that seemed wrong, and were left, since others kept changing them. */
  readonly busy: number;
  /** The groups that are of another size now. */
  readonly shrunk: readonly Link[];
}

const ATTEMPTS = 5;

/**
 * Puts right some links, of which `known` items were read a moment ago. All that is written is conditional on what makes it
 * right: whatever others change in between is not undone, but read and judged anew.
 */
export async function mend(table: Table, links: readonly Link[], types: readonly ResourceType[], known: Known): Promise<Mended> {
  const total = { swept: 0, mended: 0, busy: 0, shrunk: [] as Link[] };
  let left = links;
  for (let attempt = 1; left.length > 0; attempt++) {
    const damages = damagesOf(await readEnds(table, left, types, attempt === 1 ? known : new Map()));
    left = damages.flatMap(({ ends }) => ends.map(({ link }) => link));
    if (attempt > ATTEMPTS) return { ...total, busy: left.length };
    for (const { damage, ends } of damages) {
      if (!(await mendTogether(table, damage, ends))) continue;
      left = left.filter((link) => !ends.some((one) => one.link === link));
      total[MENDINGS[damage].counts] += ends.length;
      if (damage === 'memberGone') total.shrunk.push(...ends.map(({ link }) => link).slice(0, 1));
    }
  }
  return total;
}

/** A transaction takes 100 items: those of so many links, three of each, and their group. */
const LINKS_PER_TRANSACTION = 33;

/**
 * What is to be put right together: of one group, and in one way. A transaction takes an item once, and a member that by mistake
 * has two rows has them under two partition keys.
 */
function damagesOf(ends: readonly Ends[]): { readonly damage: Damage; readonly ends: readonly Ends[] }[] {
  const together = new Map<string, { damage: Damage; ends: Ends[] }>();
  for (const one of ends) {
    const damage = damageOf(one);
    if (!damage) continue;
    const name = [damage, textOf(groupKey(one.link)), one.link.row?.pk].join('\n');
    const others = together.get(name) ?? { damage, ends: [] };
    others.ends.push(one);
    together.set(name, others);
  }
  return [...together.values()].flatMap(({ damage, ends: all }) =>
    inBatches(all, LINKS_PER_TRANSACTION).map((batch) => ({ damage, ends: batch })),
  );
}

/** All or none; none, and false, if one of them has changed since it was read. */
async function mendTogether(table: Table, damage: Damage, ends: readonly Ends[]): Promise<boolean> {
  const [{ link }] = ends as [Ends];
  const { ofGroup, ofLink } = MENDINGS[damage];
  const group = groupKey(link);
  const ofLinks = ends.flatMap(ofLink);
  // Of a group that is a member of itself, what becomes of the member is enough.
  const writes = ofLinks.some((write) => isAt(write, group)) ? ofLinks : [ofGroup(group, ends.length), ...ofLinks];
  return (await transact(scopeOfStep(link.directory), table, writes)).length === 0;
}

const isAt = (write: Write, key: Key): boolean =>
  Object.values(write).some((input) => 'Key' in input && textOf(input.Key as Key) === textOf(key));
