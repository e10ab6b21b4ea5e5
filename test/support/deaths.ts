import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Directory } from '../../lambdas/directory/operations.ts';
import { inBatches } from '../../lambdas/store/batches.ts';
import { type Seen, seenIn } from './seen-groups.ts';
import type { RawItem, TestTable } from './test-table.ts';
import type { World } from './worlds.ts';

/*
 * How operations die: at each of their requests, each time in a directory of its own, which is a copy of one.
 */

export interface Death {
  /** Of the directory. */
  readonly name: string;
  readonly n: number;
  readonly when: 'before' | 'after';
}

/** Opens a directory of a table for one request. */
export type Open = (name: string) => Directory;

const itemsOf = (items: readonly RawItem[], directory: string) => items.filter(({ pk }) => pk.startsWith(`${directory}#`));

/** Puts what one directory holds, of some items, into another one. */
export async function copyItems(table: TestTable, items: readonly RawItem[], from: string, to: string): Promise<void> {
  const puts = itemsOf(items, from).map((item) => ({ PutRequest: { Item: { ...item, pk: to + item.pk.slice(from.length) } } }));
  for (const batch of inBatches(puts, 25)) await table.client.send(new BatchWriteCommand({ RequestItems: { [table.name]: batch } }));
}

/** What there is before an operation and after it, if nothing happens to it, and how it dies: each time in a directory of its own. */
export async function deathsOf(table: TestTable, open: Open, world: World, act: (directory: Directory) => Promise<unknown>) {
  await world(open('origin'), table);
  const items = await table.items();
  const copyTo = (to: string) => copyItems(table, items, 'origin', to);
  await copyTo('done');
  const { requests } = await table.measure(() => act(open('done')));
  const deaths = (['before', 'after'] as const).flatMap((when) =>
    Array.from({ length: requests }, (_, i): Death => ({ when, n: i + 1, name: `${when}-${i + 1}` })),
  );
  const [before, after]: readonly Seen[][] = await Promise.all(['origin', 'done'].map((name) => seenIn(open, name)));
  return { before: before ?? [], after: after ?? [], requests, deaths, copyTo };
}

/** What is another one each time, though the same was done. */
const CHANCE: readonly string[] = ['created', 'lastModified', 'stamp', 'until'];

/** Those of some deaths that have left different things, whatever was chosen by chance. */
export function distinct(deaths: readonly Death[], items: readonly RawItem[]): Death[] {
  const textOf = ({ name }: Death) => {
    const own = itemsOf(items, name).map((item) => ({ ...item, pk: item.pk.slice(name.length) }));
    const sorted = own.toSorted((a, b) => (a.pk + a.sk < b.pk + b.sk ? -1 : 1));
    const text = JSON.stringify(sorted, (key, value) => {
      if (CHANCE.includes(key)) return undefined;
      return value instanceof Set ? [...value].sort() : value;
    });
    const changes = [...new Set(text.match(/[0-9a-f]{32}/g))];
    return changes.reduce((all, change, i) => all.replaceAll(change, `change ${i}`), text);
  };
  return [...new Map(deaths.map((death) => [textOf(death), death])).values()];
}
