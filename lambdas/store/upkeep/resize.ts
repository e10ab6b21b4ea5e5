import { setTimeout as sleep } from 'node:timers/promises';
import { isNewer, type ResourceItem } from '../items.ts';
import { GROUP, membersKeys, resourceKey } from '../keys.ts';
import { countItems, getItem } from '../read.ts';
import { transact } from '../send.ts';
import type { Table } from '../table.ts';
import type { Link } from './links.ts';
import { scopeOfStep } from './scan.ts';
import type { Located } from './survey.ts';

/** What a scan found of a group: how many members it has, and how many it says. */
export interface Sizing {
  readonly directory: string;
  readonly groupId: string;
  rows: number;
  /** None as long as the group itself was not seen. */
  size?: number;
  /** Whether members were removed meanwhile, so that nobody knows when what was seen was so. */
  isMoved: boolean;
}

type Sizings = Map<string, Sizing>;

function sizingOf(sizings: Sizings, { directory, groupId }: Pick<Link, 'directory' | 'groupId'>): Sizing {
  const name = [directory, groupId].join('#');
  const noted = sizings.get(name) ?? { directory, groupId, rows: 0, isMoved: false };
  sizings.set(name, noted);
  return noted;
}

/** Notes one item among the sizes of groups. */
export function noteSize(sizings: Sizings, { item, place }: Located): void {
  if (place.kind === 'membership') sizingOf(sizings, place).rows++;
  if (place.kind !== 'resource' || place.type !== GROUP.name) return;
  sizingOf(sizings, { directory: place.directory, groupId: place.id }).size = Number(item.size ?? 0);
}

export function noteMoved(sizings: Sizings, link: Link): void {
  sizingOf(sizings, link).isMoved = true;
}

/** Of a group that the scan has not seen the rows say nothing. */
export const seemsWrong = ({ rows, size, isMoved }: Sizing): boolean => size !== undefined && (isMoved || size !== rows);

const ATTEMPTS = 5;

/**
 * Counts the rows of a group's members, and sets its `size` if it is wrong. Whoever adds or removes a member moves the group's
 * `version` in the same transaction, so that this is done as a recount is, and with the same pause: see `recount`.
 */
export async function resize(table: Table, { directory, groupId }: Sizing, pause: number): Promise<'right' | 'resized' | 'busy'> {
  const readGroup = () => getItem<ResourceItem>(table, scopeOfStep(directory), resourceKey(directory, GROUP, groupId));
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const read = await readGroup();
    if (!read || isNewer(read)) return 'right';
    await sleep(pause);
    let rows = 0;
    for (const pk of membersKeys(directory, groupId, read.fan ?? 1)) rows += await countItems(table, scopeOfStep(directory), pk);
    if (rows !== (read.size ?? 0)) {
      if (await setIfUnmoved(table, directory, read, 'size', rows)) return 'resized';
    } else if ((await readGroup())?.version === read.version) return 'right';
  }
  return 'busy';
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
