import pMap from 'p-map';
import type { StoredResource } from '../scim/resource.ts';
import { inBatches } from './batches.ts';
import { readCounts, totalOf } from './counts.ts';
import { shardsOf } from './keys.ts';
import { idsOf, type Search } from './lookup.ts';
import type { AccessPath } from './plan.ts';
import { collectionPages, getResources } from './read.ts';

/** Those of some resources that match, in their order. */
export type Select = (resources: readonly StoredResource[]) => Promise<StoredResource[]>;

const RESOURCES_PER_BATCH = 100;
/** How many batches are under way at once. The answer to one has up to 16 MB, and a function has 1 GB for all that it does. */
const BATCHES = 4;

/** The resources that an access path leads to and that match, in the order of ids. */
export async function candidates(search: Search, path: AccessPath, matching: Select): Promise<StoredResource[]> {
  if (path.kind === 'walk') return walk(search, matching);
  const { table, scope, type, budget } = search;
  const ids = [...(await idsOf(search, path))].sort();
  const readBatch = async (batch: readonly string[]) => {
    const found = await getResources(table, scope, type, batch);
    budget.read(found);
    return matching(found);
  };
  return (await pMap(inBatches(ids, RESOURCES_PER_BATCH), readBatch, { concurrency: BATCHES })).flat();
}

/** Reads every resource of a type, all collections at once, if there are not too many of them. */
async function walk({ table, scope, type, budget }: Search, matching: Select): Promise<StoredResource[]> {
  budget.walk(totalOf(await readCounts(table, scope, type)));
  const shards = await Promise.all(
    shardsOf(type).map(async (shard) => {
      const found: StoredResource[] = [];
      for await (const page of collectionPages(table, scope, type, shard)) {
        budget.read(page);
        found.push(...(await matching(page)));
      }
      return found;
    }),
  );
  return shards.flat();
}
