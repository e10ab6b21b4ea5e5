import pMap from 'p-map';
import type { ResourceType } from '../../scim/schemas/resource-type.ts';
import type { Table } from '../table.ts';
import { type ReindexReport, reindex } from './reindex.ts';
import { type RepairOptions, type RepairReport, repair } from './repair.ts';
import type { ScanOptions } from './scan.ts';
import { ofKind, survey } from './survey.ts';
import { ownersOf, sweep } from './sweep.ts';

/** Each of three passes tells `onProgress` anew how many items it has read. */
export type ReshapeOptions = Pick<RepairOptions, 'segments' | 'pause' | 'onProgress'>;

export interface Reshaped {
  /** What still misses its entries, and which resources share a value that must be unique. */
  readonly reindex: ReindexReport;
  /** `undefined` if it was left undone: others kept changing some resources, and it has to be done again. */
  readonly repair: RepairReport | undefined;
}

const ATTEMPTS = 3;
const BATCHES_PER_PAGE = 2;

/**
 * Makes what a directory holds what it is by its settings, when these were chosen otherwise and nobody goes by the old choice any
 * more. Others may use it meanwhile, and find everything: first, what leads to resources that do not hold the value is removed, as it
 * would keep a unique value from its owner; then entries are added as the settings have them; and when none is missing, those go that
 * are as the settings had them. What dies midway is finished by doing it again, and where all is done nothing is written.
 */
export async function reshape(
  table: Table,
  types: readonly ResourceType[],
  directory: string,
  options: ReshapeOptions = {},
): Promise<Reshaped> {
  const own = { ...options, directory, evenIfChanging: true };
  for (let attempt = 1; ; attempt++) {
    const busy = await sweepAstray(table, types, own);
    const reindexed = await reindex(table, types, own);
    if (busy + reindexed.busy === 0) return { reindex: reindexed, repair: await repair(table, types, own) };
    if (attempt === ATTEMPTS) return { reindex: reindexed, repair: undefined };
  }
}

/** Removes entries of either kind that lead to a resource which is gone or does not hold the value. Gives how many were left. */
async function sweepAstray(table: Table, types: readonly ResourceType[], options: ScanOptions): Promise<number> {
  let left = 0;
  await survey(table, types, options, async (located) => {
    const sweepBatch = async (owners: ReturnType<typeof ownersOf>[number]) => {
      const { busy } = await sweep(table, owners, { keepsEitherKind: true });
      left += busy;
    };
    await pMap(ownersOf(ofKind(located, 'entry')), sweepBatch, { concurrency: BATCHES_PER_PAGE });
  });
  return left;
}
