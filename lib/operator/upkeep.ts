import { resourceTypes } from '../../lambdas/scim/schemas/registry.ts';
import { type ReindexReport, reindex } from '../../lambdas/store/upkeep/reindex.ts';
import { type RepairReport, repair } from '../../lambdas/store/upkeep/repair.ts';
import type { Deployment } from './deployment.ts';
import { requireRow } from './rows.ts';
import type { OnProgress } from './settling.ts';

export interface UpkeepOptions {
  /** The only directory that is looked at; all of them if absent. */
  readonly directory?: string | undefined;
  readonly onProgress?: OnProgress | undefined;
}

const optionsOf = async (deployment: Deployment, { directory, onProgress }: UpkeepOptions) => {
  if (directory !== undefined) await requireRow(deployment, directory);
  const tell = (seen: number) => onProgress?.('Looking at what is in the table', seen, 0, 'items');
  return { directory, onProgress: tell };
};

/** Puts right what should not be: see `repair` of the store. */
export async function repairDirectories(
  deployment: Deployment,
  { dropUndeclared = false, ...options }: UpkeepOptions & { readonly dropUndeclared?: boolean | undefined } = {},
): Promise<RepairReport> {
  return repair(deployment.table, resourceTypes, { ...(await optionsOf(deployment, options)), dropUndeclared });
}

/** Makes index entries that are missing: see `reindex` of the store. */
export async function reindexDirectories(deployment: Deployment, options: UpkeepOptions = {}): Promise<ReindexReport> {
  return reindex(deployment.table, resourceTypes, await optionsOf(deployment, options));
}
