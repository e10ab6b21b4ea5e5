import pMap from 'p-map';
import type { ResourceType } from '../../scim/schemas/resource-type.ts';
import type { Table } from '../table.ts';
import { recount, type Tally, tally } from './recount.ts';
import type { ScanOptions } from './scan.ts';
import { ofKind, type Survey, survey } from './survey.ts';
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
  /** Index entries that were removed, since their resource is gone or does not hold their value. */
  readonly swept: number;
  /** Counts and entries that seemed wrong, and were left, since others kept changing them: a later repair looks again. */
  readonly busy: number;
  /** Index entries of attributes that their type does not declare: see `dropUndeclared`. */
  readonly undeclared: number;
}

const PAUSE_MS = 500;
/** How much is done at the same time: for each page of a segment, and of recounts. */
const BATCHES_PER_PAGE = 2;
const RECOUNTS = 8;

/**
 * Puts right what a process that died midway, or a mistake, has left in a table: counts that do not tell how many resources
 * there are, and index entries that lead nowhere. Others may use the table meanwhile. Where nothing is wrong, nothing is written.
 */
export async function repair(table: Table, types: readonly ResourceType[], options: RepairOptions = {}): Promise<RepairReport> {
  const { pause = PAUSE_MS, dropUndeclared = false } = options;
  const tallies = new Map<string, Tally>();
  const done = { recounted: 0, swept: 0, busy: 0, undeclared: 0 };
  const surveyed = await survey(table, types, options, async (located) => {
    for (const one of located) tally(tallies, one);
    const entries = ofKind(located, 'entry');
    done.undeclared += entries.filter(({ item, type }) => isUndeclared(item, type)).length;
    const sweepBatch = async (owners: ReturnType<typeof ownersOf>[number]) => {
      const { swept, busy } = await sweep(table, owners, dropUndeclared);
      done.swept += swept;
      done.busy += busy;
    };
    await pMap(ownersOf(entries), sweepBatch, { concurrency: BATCHES_PER_PAGE });
  });
  // Where others were at work during the scan, a count that is right may look wrong: the recount tells.
  const suspects = [...tallies.values()].filter(({ resources, counted }) => resources !== counted);
  const recountOne = async (suspect: Tally) => {
    const outcome = await recount(table, suspect, pause);
    if (outcome !== 'right') done[outcome]++;
  };
  await pMap(suspects, recountOne, { concurrency: RECOUNTS });
  return { ...surveyed, ...done };
}
