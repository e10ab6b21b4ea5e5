import pMap from 'p-map';
import { memberTypes } from '../../scim/schemas/registry.ts';
import type { ResourceType } from '../../scim/schemas/resource-type.ts';
import { textOf } from '../keys.ts';
import type { Table } from '../table.ts';
import { type GroupPlace, linksOf, nameOf } from './links.ts';
import { mend } from './mend.ts';
import { type Assignment, noteAssignments, reassign, seemsMiscounted } from './reassign.ts';
import { recount, type Tally, tally } from './recount.ts';
import { sweepReservations } from './reservations.ts';
import { noteMoved, noteSize, resize, type Sizing, seemsWrong } from './resize.ts';
import type { ScanOptions } from './scan.ts';
import { type Settle, settler, unsettled } from './settle.ts';
import { type Located, ofKind, type Survey, survey } from './survey.ts';
import { isUndeclared, ownersOf, sweep } from './sweep.ts';

export interface RepairOptions extends ScanOptions {
  /** Milliseconds in which a transaction that is being committed ends: see `recount`. */
  readonly pause?: number;
  /**
   * Whether entries of attributes that their type does not declare are removed from resources that are there. An index that was
   * given up leaves such entries; so does a newer version, which finds nothing any more by what is removed here.
   *
   * @default false
   */
  readonly dropUndeclared?: boolean;
}

export interface RepairReport extends Survey {
  /** Counts that were wrong, and are right now. */
  readonly recounted: number;
  /** Sizes of groups that were not the number of their members, and are right now. */
  readonly resized: number;
  /** Numbers of assignments that were not how many have it, and are right now; of types that are counted. */
  readonly reassigned: number;
  /**
   * What was removed, since it leads nowhere: index entries whose resource is gone or does not hold their value; rows of
   * members whose group is gone; ids of such groups among the `groupIds` of a resource, and what is staged of them; and what
   * reserved a group that nobody creates any more.
   */
  readonly swept: number;
  /**
   * Members of groups that are there, of which the row and the member did not say the same. A member that has a row is one, and is
   * told so; one that has none is none; and a row whose member is gone is removed.
   */
  readonly mended: number;
  /**
   * What large changes of groups had left: rows that had marks, members who had staged what was to become of none, leases that had
   * ended, and groups that still had the names of changes that count.
   */
  readonly tidied: number;
  /**
   * What seemed wrong, and was left, since others kept changing it, and groups that somebody is making a large change of, or creating: a later
   * repair looks again.
   */
  readonly busy: number;
  /** Index entries of attributes that their type does not declare: see `dropUndeclared`. */
  readonly undeclared: number;
}

const PAUSE_MS = 500;
/** How much is done at the same time: for each page of a segment, and of what is counted anew. */
const BATCHES_PER_PAGE = 2;
const RECOUNTS = 8;

/** What was found and done so far. */
interface Progress {
  readonly tallies: Map<string, Tally>;
  readonly sizings: Map<string, Sizing>;
  readonly assignments: Map<string, Assignment>;
  readonly settle: Settle;
  /** The groups that are left alone, as others are busy with them. */
  readonly held: Set<string>;
  readonly done: {
    recounted: number;
    resized: number;
    reassigned: number;
    swept: number;
    mended: number;
    tidied: number;
    busy: number;
    undeclared: number;
  };
}

/**
 * Puts right what a process that died midway, or a mistake, has left in a table: counts that do not tell how many resources
 * there are, or how many have one, index entries that lead nowhere, and groups and members that do not know of each other. Others
 * may use the table meanwhile. Where nothing is wrong, nothing is written.
 */
export async function repair(table: Table, types: readonly ResourceType[], options: RepairOptions = {}): Promise<RepairReport> {
  const { pause = PAUSE_MS, dropUndeclared = false } = options;
  const progress: Progress = {
    tallies: new Map(),
    sizings: new Map(),
    assignments: new Map(),
    settle: settler(table),
    held: new Set(),
    done: { recounted: 0, resized: 0, reassigned: 0, swept: 0, mended: 0, tidied: 0, busy: 0, undeclared: 0 },
  };
  const surveyed = await survey(table, types, options, async (located) => {
    for (const one of located) {
      tally(progress.tallies, one);
      noteSize(progress.sizings, one);
      noteAssignments(progress.assignments, types, one);
    }
    await sweepEntries(table, located, dropUndeclared, progress);
    await mendMembers(table, types, located, progress);
  });
  await countAnew(table, types, pause, progress);
  const { done, held } = progress;
  return { ...surveyed, ...done, busy: done.busy + held.size };
}

async function sweepEntries(table: Table, located: readonly Located[], dropUndeclared: boolean, { done }: Progress): Promise<void> {
  const entries = ofKind(located, 'entry');
  done.undeclared += entries.filter(({ item, type }) => isUndeclared(item, type)).length;
  const sweepBatch = async (owners: ReturnType<typeof ownersOf>[number]) => {
    const { swept, busy } = await sweep(table, owners, { dropUndeclared });
    done.swept += swept;
    done.busy += busy;
  };
  await pMap(ownersOf(entries), sweepBatch, { concurrency: BATCHES_PER_PAGE });
}

/** What groups and members say of each other. Where the type of a group or of a member was not named, nobody can judge that. */
async function mendMembers(table: Table, types: readonly ResourceType[], located: readonly Located[], progress: Progress): Promise<void> {
  const { done, sizings, settle } = progress;
  if (!memberTypes.every(({ name }) => types.some((type) => type.name === name))) return;
  const hold = (place: GroupPlace) => progress.held.add(nameOf(place));
  for (const place of unsettled(located)) {
    noteMoved(sizings, place);
    const { tidied, isHeld } = await settle(place);
    done.tidied += tidied;
    if (isHeld) hold(place);
  }
  const { swept, held } = await sweepReservations(table, located);
  done.swept += swept;
  held.forEach(hold);
  const known = new Map([...ofKind(located, 'membership'), ...ofKind(located, 'resource')].map(({ item }) => [textOf(item), item]));
  const mendBatch = async (links: ReturnType<typeof linksOf>[number]) => {
    const mended = await mend(table, links, types, known, settle);
    done.swept += mended.swept;
    done.mended += mended.mended;
    done.tidied += mended.tidied;
    done.busy += mended.busy;
    mended.held.forEach(hold);
    for (const place of mended.moved) noteMoved(sizings, place);
  };
  await pMap(linksOf(located, types), mendBatch, { concurrency: BATCHES_PER_PAGE });
}

/** Where others were at work during the scan, a number that is right may look wrong: counting anew tells. */
async function countAnew(table: Table, types: readonly ResourceType[], pause: number, progress: Progress): Promise<void> {
  const { tallies, sizings, assignments, held, done } = progress;
  const counts = [...tallies.values()].filter(({ resources, counted }) => resources !== counted);
  const sizes = [...sizings.values()].filter(seemsWrong);
  const steps = [
    ...counts.map((suspect) => () => recount(table, suspect, pause)),
    ...sizes.map((suspect) => async () => {
      const outcome = await resize(table, suspect, pause);
      if (outcome === 'busy') held.add(nameOf(suspect));
      return outcome === 'busy' ? 'right' : outcome;
    }),
    ...[...assignments.values()].filter(seemsMiscounted).map((suspect) => () => reassign(table, types, suspect, pause)),
  ];
  const countOne = async (step: (typeof steps)[number]) => {
    const outcome = await step();
    if (outcome !== 'right') done[outcome]++;
  };
  await pMap(steps, countOne, { concurrency: RECOUNTS });
}
