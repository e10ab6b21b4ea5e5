import type { StoredResource } from '../../scim/resource.ts';
import { group } from '../../scim/schemas/group.ts';
import { inBatches } from '../batches.ts';
import { fromItem, isNewer, type MembershipItem, type ResourceItem } from '../items.ts';
import { membersKeys, resourceKey } from '../keys.ts';
import { isHeld, release } from '../lease.ts';
import { appliedTo } from '../marks.ts';
import { getItem, queryPages } from '../read.ts';
import type { Table } from '../table.ts';
import { forget, markedBy, tidy } from '../tidy.ts';
import { type GroupPlace, nameOf } from './links.ts';
import { scopeOfStep } from './scan.ts';
import { type Located, ofKind } from './survey.ts';

/** What became of what large changes have left of a group. */
export interface Settled {
  /** How many rows had marks, and what else had to be tidied up. */
  readonly tidied: number;
  /** Whether somebody is changing many of its members, who is left alone. */
  readonly isHeld: boolean;
}

export type Settle = (place: GroupPlace) => Promise<Settled>;

/** Tidies up groups, of which each is met in many places: one after the other there. */
export function settler(table: Table): Settle {
  const turns = new Map<string, Promise<Settled>>();
  return (place) => {
    const act = () => settle(table, place);
    const turn = (turns.get(nameOf(place)) ?? Promise.resolve()).then(act, act);
    turns.set(nameOf(place), turn);
    return turn;
  };
}

/** The groups among some items that say themselves that there is something to be tidied up. */
export const unsettled = (located: readonly Located[]): GroupPlace[] =>
  ofKind(located, 'resource').flatMap(({ item, place: { directory, type, id } }) => {
    if (type !== group.name) return [];
    const { applied, changing } = fromItem(item as unknown as ResourceItem);
    const isEnded = changing !== undefined && !isHeld({ changing } as StoredResource);
    return applied || isEnded ? [{ directory, groupId: id }] : [];
  });

/** So many rows are tidied up in one step: a partition takes 1,000 writes a second, and a step has half a minute. */
const ROWS_PER_STEP = 1_000;

/**
 * Makes of the marks of a group what they say if they count, and takes away those that never will. We have no lease, and others may begin
 * a change at any time; what is done is right all the same:
 *
 * - A lease that has ended by our clock is removed first, on the condition that it is the one that we read. So its holder, should
 *   it live, cannot commit any more, and all of its change is undone. If the holder was first, the lease is gone, and its change counts.
 * - A mark is judged by a group that was read after it. If its change is applied, it counts from now on, until it is tidied up. If not,
 *   and nobody has a lease, its change had the lease before that, and cannot commit any more: the mark is dead, or was tidied up in
 *   between. In that case it is not there any more, and will not be again, on which every write is conditional.
 * - Whoever takes a lease after that writes marks that have other names.
 * - The names that were applied before the rows were read are given up when these have been tidied up: none of their marks is written later.
 */
async function settle(table: Table, place: GroupPlace): Promise<Settled> {
  const { directory, groupId } = place;
  const before = await readGroup(table, place);
  if (!before) return { tidied: 0, isHeld: false };
  if (isHeld(before)) return { tidied: 0, isHeld: true };
  if (before.changing) {
    await release(table, scopeOfStep(directory), before);
    const rest = await settle(table, place);
    return { ...rest, tidied: rest.tidied + 1 };
  }
  let tidied = 0;
  const rows = await markedRows(table, directory, before);
  // Of one partition key at a time: a batch takes an item once, and a member may have two rows under two.
  const steps = rows.flatMap((ofOne) => inBatches(ofOne, ROWS_PER_STEP));
  for (const some of steps) {
    const now = await readGroup(table, place);
    if (!now) return { tidied, isHeld: false };
    if (now.changing) return { tidied, isHeld: true };
    const marked = some.flatMap((row) => (isNewer(row) ? [] : (markedBy(now, row) ?? [])));
    await tidy(table, scopeOfStep(directory), { id: groupId, fan: now.fan ?? 1 }, marked, appliedTo(now));
    tidied += marked.length;
  }
  if (!before.applied || rows.flat().some(isNewer)) return { tidied, isHeld: false };
  await forget(table, scopeOfStep(directory), groupId, before.applied);
  return { tidied: tidied + 1, isHeld: false };
}

/** None that a newer version has written. */
async function readGroup(table: Table, { directory, groupId }: GroupPlace): Promise<StoredResource | undefined> {
  const item = await getItem<ResourceItem>(table, scopeOfStep(directory), resourceKey(directory, group, groupId));
  return item && !isNewer(item) ? fromItem(item) : undefined;
}

/** For each partition key. */
async function markedRows(table: Table, directory: string, { id, fan = 1 }: StoredResource): Promise<MembershipItem[][]> {
  const rows: MembershipItem[][] = [];
  for (const pk of membersKeys(directory, id, fan)) {
    const found: MembershipItem[] = [];
    for await (const some of queryPages<MembershipItem>(table, scopeOfStep(directory), pk, { having: 'mark' })) found.push(...some);
    rows.push(found);
  }
  return rows;
}
