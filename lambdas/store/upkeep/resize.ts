import { setTimeout as sleep } from 'node:timers/promises';
import { fromItem, isNewer, type MembershipItem, type ResourceItem } from '../items.ts';
import { GROUP, membersKeys, resourceKey } from '../keys.ts';
import { isHeld } from '../lease.ts';
import { appliedTo, isMember } from '../marks.ts';
import { getItem, queryPages } from '../read.ts';
import { transact } from '../send.ts';
import type { Table } from '../table.ts';
import { type GroupPlace, nameOf } from './links.ts';
import { scopeOfStep } from './scan.ts';
import type { Located } from './survey.ts';

/** What a scan found of a group: how many members it has, and how many it says. */
export interface Sizing extends GroupPlace {
  rows: number;
  /** None as long as the group itself was not seen. */
  size?: number;
  /** Whether members were removed meanwhile, or have marks, so that nobody knows when what was seen was so, or what of it counts. */
  isMoved: boolean;
}

type Sizings = Map<string, Sizing>;

function sizingOf(sizings: Sizings, place: GroupPlace): Sizing {
  const { directory, groupId } = place;
  const noted = sizings.get(nameOf(place)) ?? { directory, groupId, rows: 0, isMoved: false };
  sizings.set(nameOf(place), noted);
  return noted;
}

/** Notes one item among the sizes of groups. */
export function noteSize(sizings: Sizings, { item, place }: Located): void {
  if (place.kind === 'membership') {
    if (item.mark === undefined) sizingOf(sizings, place).rows++;
    else noteMoved(sizings, place);
  }
  if (place.kind !== 'resource' || place.type !== GROUP.name) return;
  sizingOf(sizings, { directory: place.directory, groupId: place.id }).size = Number(item.size ?? 0);
}

export function noteMoved(sizings: Sizings, place: GroupPlace): void {
  sizingOf(sizings, place).isMoved = true;
}

/** Of a group that the scan has not seen the rows say nothing. */
export const seemsWrong = ({ rows, size, isMoved }: Sizing): boolean => size !== undefined && (isMoved || size !== rows);

const ATTEMPTS = 5;

/**
 * Counts the members of a group by its rows, and sets its `size` if it is wrong. Whoever adds or removes a member moves the group's
 * `version` in the same transaction, so that this is done as a recount is, and with the same pause: see `recount`. So does a large change
 * with the write that makes its marks count, whether these are there already or not, so that a group tells of all rows that
 * are read after it. What is not right while somebody makes a large change is left alone: the version may be what that depends on.
 */
export async function resize(table: Table, { directory, groupId }: GroupPlace, pause: number): Promise<'right' | 'resized' | 'busy'> {
  const readGroup = () => getItem<ResourceItem>(table, scopeOfStep(directory), resourceKey(directory, GROUP, groupId));
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const read = await readGroup();
    if (!read || isNewer(read)) return 'right';
    await sleep(pause);
    const members = await countMembers(table, directory, read);
    if (members !== (read.size ?? 0)) {
      if (isHeld(fromItem(read))) return 'busy';
      if (await setIfUnmoved(table, directory, read, 'size', members)) return 'resized';
    } else if ((await readGroup())?.version === read.version) return 'right';
  }
  return 'busy';
}

/** How many rows of a group count. */
async function countMembers(table: Table, directory: string, item: ResourceItem): Promise<number> {
  const stored = fromItem(item);
  const applied = appliedTo(stored);
  let members = 0;
  for (const pk of membersKeys(directory, stored.id, stored.fan ?? 1))
    for await (const rows of queryPages<MembershipItem>(table, scopeOfStep(directory), pk))
      members += rows.filter(({ mark }) => isMember(mark, applied)).length;
  return members;
}

/** Sets a number that a resource says of others. False, and nothing written, if it has changed since it was read. */
export async function setIfUnmoved(
  table: Table,
  directory: string,
  { pk, sk, version }: ResourceItem,
  attribute: 'size' | 'assigned',
  n: number,
): Promise<boolean> {
  const update = {
    Key: { pk, sk },
    UpdateExpression: 'SET #attribute = :n ADD version :one',
    ConditionExpression: 'version = :version',
    ExpressionAttributeNames: { '#attribute': attribute },
    ExpressionAttributeValues: { ':n': n, ':one': 1, ':version': version },
  };
  // A transaction of one: repeated after a lost answer, it is not refused for what it has done itself.
  const failed = await transact(scopeOfStep(directory), table, [{ Update: update }]);
  return failed.length === 0;
}
