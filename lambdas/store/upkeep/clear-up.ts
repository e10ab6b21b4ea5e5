import { getItems } from '../batch-get.ts';
import { isNewer, type ResourceItem } from '../items.ts';
import { type Key, textOf } from '../keys.ts';
import { counts, isUnderWay, partsOf } from '../marks.ts';
import { endReservation } from '../reservation.ts';
import { executeStatements, requireDecided } from '../statements.ts';
import type { Table } from '../table.ts';
import { unstaging } from '../tidy.ts';
import { type Ends, entriesOf, type GroupPlace, groupKey, type Link, memberKey, nameOf } from './links.ts';
import { isOver } from './reservations.ts';
import { scopeOfStep } from './scan.ts';
import type { Settle } from './settle.ts';

/** What became of what has to be cleared up before links can be judged. */
interface Cleared {
  readonly tidied: number;
  readonly swept: number;
  /** The groups that somebody is making a large change of, or creating, as far as anybody can tell. */
  readonly held: readonly GroupPlace[];
  /** The links to those. */
  readonly leftAlone: readonly Link[];
}

/** Tidies up the groups of links that have marks, and ends the reservations of groups that nobody creates any more. */
export async function clearUp(table: Table, settle: Settle, marked: readonly Ends[], reserved: readonly Ends[]): Promise<Cleared> {
  const held = new Map<string, GroupPlace>();
  let [tidied, swept] = [0, 0];
  for (const { link } of onePerGroup(marked)) {
    const settled = await settle(link);
    tidied += settled.tidied;
    if (settled.isHeld) held.set(nameOf(link), link);
  }
  tidied += await dropEntries(table, marked);
  for (const { link, reservation } of onePerGroup(reserved)) {
    if (!reservation || !isOver(reservation)) held.set(nameOf(link), link);
    else if (await endReservation(table, scopeOfStep(link.directory), link.groupId)) swept++;
  }
  const links = [...marked, ...reserved].map(({ link }) => link);
  return { tidied, swept, held: [...held.values()], leftAlone: links.filter((link) => held.has(nameOf(link))) };
}

const onePerGroup = (ends: readonly Ends[]): Ends[] => [...new Map(ends.map((one) => [nameOf(one.link), one])).values()];

/**
 * Takes from members what they have staged and what never will count: their rows may not have such marks at all. It is judged by groups
 * that are read after the members, as `settle` does it. Gives how many members had any.
 */
async function dropEntries(table: Table, marked: readonly Ends[]): Promise<number> {
  const withEntries = marked.filter((ends) => entriesOf(ends).length > 0);
  const groups = await getItems<ResourceItem>(
    table,
    scopeOfStep(),
    withEntries.map(({ link }) => groupKey(link)),
  );
  // A batch takes an item once.
  const dead = new Map<string, { readonly key: Key; readonly entries: Set<string> }>();
  for (const ends of withEntries) {
    const group = groups.get(textOf(groupKey(ends.link)));
    const key = memberKey(ends.link, ends.type);
    const { entries } = dead.get(textOf(key)) ?? { entries: new Set<string>() };
    for (const entry of entriesOf(ends)) if (group && !isNewer(group) && isDead(entry, group)) entries.add(entry);
    if (entries.size > 0) dead.set(textOf(key), { key, entries });
  }
  const statements = [...dead.values()].map(({ key, entries }) => unstaging(table.name, key, [...entries]));
  const codes = await executeStatements(table, scopeOfStep(), statements);
  requireDecided(codes);
  return codes.filter((code) => code === undefined).length;
}

const isDead = (entry: string, { applied = new Set(), changing }: ResourceItem): boolean => {
  const { mark } = partsOf(entry);
  return !counts(mark, applied) && !isUnderWay(mark, { changing });
};
