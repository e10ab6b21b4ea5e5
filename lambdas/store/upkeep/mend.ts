import type { ResourceType } from '../../scim/schemas/resource-type.ts';
import { inBatches } from '../batches.ts';
import { type Key, textOf } from '../keys.ts';
import { transact, type Write } from '../send.ts';
import type { Table } from '../table.ts';
import { clearUp } from './clear-up.ts';
import { type Ends, type GroupPlace, groupKey, type Known, type Link, readEnds } from './links.ts';
import { type Damage, type Finding, findingOf, MENDINGS } from './mendings.ts';
import { scopeOfStep } from './scan.ts';
import type { Settle } from './settle.ts';

/** What became of some links. */
export interface Mended {
  /** Rows and entries that were removed, since their group is gone. */
  readonly swept: number;
  /** Links to a group that is there, of which one end was missing or wrong. */
  readonly mended: number;
  /** What large changes had left, and was tidied up. */
  readonly tidied: number;
  /** Links that seemed wrong, and were left, since others kept changing them. */
  readonly busy: number;
  /** The groups that somebody is making a large change of. */
  readonly held: readonly GroupPlace[];
  /** The groups that may be of another size now, or not of the one that they seemed to be of. */
  readonly moved: readonly GroupPlace[];
}

const ATTEMPTS = 5;

/**
 * Puts right some links, of which `known` items were read a moment ago. All that is written is conditional on what makes it
 * right: whatever others change in between is not undone, but read and judged anew. So are links of what has marks, once these have
 * been tidied up.
 */
export async function mend(
  table: Table,
  links: readonly Link[],
  types: readonly ResourceType[],
  known: Known,
  settle: Settle,
): Promise<Mended> {
  const total = { swept: 0, mended: 0, tidied: 0, held: [] as GroupPlace[], moved: [] as GroupPlace[] };
  let left = links;
  for (let attempt = 1; left.length > 0; attempt++) {
    const found = findingsOf(await readEnds(table, left, types, attempt === 1 ? known : new Map()));
    left = found.flatMap(({ ends }) => ends.map(({ link }) => link));
    if (attempt > ATTEMPTS) return { ...total, busy: left.length };
    const cleared = await clearUp(table, settle, endsOf(found, 'marked'), endsOf(found, 'reserved'));
    total.tidied += cleared.tidied;
    total.swept += cleared.swept;
    total.held.push(...cleared.held);
    total.moved.push(...endsOf(found, 'marked').map(({ link }) => link));
    const done = new Set(cleared.leftAlone);
    for (const { finding, ends } of found) {
      if (!isDamage(finding) || !(await mendTogether(table, finding, ends))) continue;
      for (const { link } of ends) done.add(link);
      total[MENDINGS[finding].counts] += ends.length;
      if (finding === 'memberGone') total.moved.push(...ends.map(({ link }) => link).slice(0, 1));
    }
    left = left.filter((link) => !done.has(link));
  }
  return { ...total, busy: 0 };
}

/** What is to be put right together. */
interface Found {
  readonly finding: Finding;
  readonly ends: readonly Ends[];
}

const isDamage = (finding: Finding): finding is Damage => finding in MENDINGS;

const endsOf = (found: readonly Found[], wanted: Finding): Ends[] =>
  found.filter(({ finding }) => finding === wanted).flatMap(({ ends }) => ends);

/** A transaction takes 100 items: those of so many links, three of each, and their group. */
const LINKS_PER_TRANSACTION = 33;

/**
 * What is to be put right together: of one group, and in one way. A transaction takes an item once, and a member that by mistake
 * has two rows has them under two partition keys.
 */
function findingsOf(ends: readonly Ends[]): Found[] {
  const together = new Map<string, { finding: Finding; ends: Ends[] }>();
  for (const one of ends) {
    const finding = findingOf(one);
    if (!finding) continue;
    const name = [finding, textOf(groupKey(one.link)), one.link.row?.pk].join('\n');
    const others = together.get(name) ?? { finding, ends: [] };
    others.ends.push(one);
    together.set(name, others);
  }
  return [...together.values()].flatMap(({ finding, ends: all }) =>
    inBatches(all, LINKS_PER_TRANSACTION).map((batch) => ({ finding, ends: batch })),
  );
}

/** All or none; none, and false, if one of them has changed since it was read. */
async function mendTogether(table: Table, damage: Damage, ends: readonly Ends[]): Promise<boolean> {
  const [{ link }] = ends as [Ends];
  const { ofGroup, ofLink } = MENDINGS[damage];
  const ofLinks = ends.flatMap(ofLink);
  // Of a group that is a member of itself, what becomes of the member is enough.
  const writes = ofLinks.some((write) => isAt(write, groupKey(link))) ? ofLinks : [...ofGroup(link, ends.length), ...ofLinks];
  return (await transact(scopeOfStep(link.directory), table, writes)).length === 0;
}

const isAt = (write: Write, key: Key): boolean =>
  Object.values(write).some((input) => 'Key' in input && textOf(input.Key as Key) === textOf(key));
