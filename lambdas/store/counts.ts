import type { Scope } from '../directory/store.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import type { CountItem } from './items.ts';
import { countsBeginWith, countsKey } from './keys.ts';
import { queryPages } from './read.ts';
import type { Table } from './table.ts';

/** How many resources of a type have ids that are counted together: see `prefixOf`. */
export interface Count {
  readonly prefix: string;
  readonly n: number;
}

/** In the order of prefixes; where there was never a resource, there is no count. */
export async function readCounts(table: Table, scope: Scope, type: ResourceType): Promise<Count[]> {
  const counts: Count[] = [];
  const range = { is: 'beginningWith', sk: countsBeginWith(type) } as const;
  for await (const items of queryPages<CountItem>(table, scope, countsKey(scope.directory), { range }))
    counts.push(...items.map(({ sk, n }) => ({ prefix: sk.slice(range.sk.length), n })));
  return counts;
}

export const totalOf = (counts: readonly Count[]): number => counts.reduce((sum, { n }) => sum + n, 0);

/** The prefix under which the n-th resource is counted (n counts from 1), and how many of those come before it. `undefined` if there are fewer. */
export function locate(counts: readonly Count[], n: number): { readonly prefix: string; readonly offset: number } | undefined {
  let before = 0;
  for (const { prefix, n: here } of counts) {
    if (before + here >= n) return { prefix, offset: n - 1 - before };
    before += here;
  }
  return undefined;
}
