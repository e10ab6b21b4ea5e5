import type { Page, Scope, Window } from '../directory/store.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { countsKey, SHARDS } from './keys.ts';
import { collectionPages, queryPages } from './read.ts';
import type { Table } from './table.ts';

/** How many resources of a type have ids that begin with two hex digits. */
interface Count {
  readonly prefix: string;
  readonly n: number;
}

/** A page of all resources of a type. The counts tell the total, and where the first of the page is to be looked for. */
export async function listResources(table: Table, scope: Scope, type: ResourceType, { startIndex, count }: Window): Promise<Page> {
  const counts = await readCounts(table, scope, type);
  const totalResults = counts.reduce((sum, { n }) => sum + n, 0);
  if (count === 0 || startIndex > totalResults) return { totalResults, resources: [] };

  const { prefix, offset } = locate(counts, startIndex);
  const resources: StoredResource[] = [];
  let skip = offset;
  for (const shard of SHARDS.slice(SHARDS.indexOf(prefix.slice(0, 1)))) {
    const from = shard === prefix.slice(0, 1) ? prefix : undefined;
    const limit = skip + count - resources.length;
    for await (const page of collectionPages(table, scope, type, shard, {
      ...(from && { from }),
      limit,
    })) {
      resources.push(...page.slice(skip, skip + count - resources.length));
      skip = Math.max(0, skip - page.length);
      if (resources.length === count) return { totalResults, resources };
    }
  }
  return { totalResults, resources };
}

async function readCounts(table: Table, scope: Scope, { name }: ResourceType): Promise<Count[]> {
  const counts: Count[] = [];
  for await (const items of queryPages<{ sk: string; n: number }>(table, scope, { pk: countsKey(scope.directory), from: `${name}#` })) {
    for (const { sk, n } of items) {
      const [type, prefix = ''] = sk.split('#');
      if (type !== name) return counts;
      counts.push({ prefix, n });
    }
  }
  return counts;
}

/** The 256th of the ids in which the n-th resource is (n counts from 1), and how many of it come before. */
function locate(counts: readonly Count[], n: number): { prefix: string; offset: number } {
  let before = 0;
  for (const { prefix, n: here } of counts) {
    if (before + here >= n) return { prefix, offset: n - 1 - before };
    before += here;
  }
  return { prefix: SHARDS[0] ?? '', offset: n - 1 };
}
