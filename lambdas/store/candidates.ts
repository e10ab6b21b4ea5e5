import pMap from 'p-map';
import type { Scope } from '../directory/store.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { inBatches } from './batches.ts';
import type { Budget } from './budget.ts';
import { readCounts, totalOf } from './counts.ts';
import { SHARDS } from './keys.ts';
import { idsOf } from './lookup.ts';
import type { AccessPath } from './plan.ts';
import { collectionPages, getResources } from './read.ts';
import type { Table } from './table.ts';

type Matches = (stored: StoredResource) => boolean;

const RESOURCES_PER_BATCH = 100;
/** How many batches are under way at once. The answer to one has up to 16 MB, and a function has 1 GB for all that it does. */
const BATCHES = 4;

/** The resources that an access path leads to and that match, in the order of ids. */
export async function candidates(
  table: Table,
  scope: Scope,
  type: ResourceType,
  path: AccessPath,
  matches: Matches,
  budget: Budget,
): Promise<StoredResource[]> {
  if (path.kind === 'walk') return walk(table, scope, type, matches, budget);
  const ids = [...(await idsOf({ table, scope, type, budget }, path))].sort();
  const readBatch = async (batch: readonly string[]) => {
    const found = await getResources(table, scope, type, batch);
    budget.read(found);
    return found.filter(matches);
  };
  return (await pMap(inBatches(ids, RESOURCES_PER_BATCH), readBatch, { concurrency: BATCHES })).flat();
}

/** Reads every resource of a type, all collections at once, if there are not too many of them. */
async function walk(table: Table, scope: Scope, type: ResourceType, matches: Matches, budget: Budget): Promise<StoredResource[]> {
  budget.walk(totalOf(await readCounts(table, scope, type)));
  const shards = await Promise.all(
    SHARDS.map(async (shard) => {
      const found: StoredResource[] = [];
      for await (const page of collectionPages(table, scope, type, shard)) {
        budget.read(page);
        found.push(...page.filter(matches));
      }
      return found;
    }),
  );
  return shards.flat();
}
