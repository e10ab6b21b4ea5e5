import type { Scope } from '../directory/store.ts';
import { type Candidate, Catalogue } from '../scim/catalogue.ts';
import { getItems } from './batch-get.ts';
import { type CountItem, fromItem, type ResourceItem } from './items.ts';
import { countKey, type Key, resourceKey, textOf } from './keys.ts';
import type { Table } from './table.ts';

/** Reads some resources, and the counts of their types, at once. */
export async function readCatalogue(table: Table, scope: Scope, candidates: readonly Candidate[]): Promise<Catalogue> {
  const types = [...new Set(candidates.map(({ type }) => type))];
  const keyOf = ({ type, id }: Candidate) => resourceKey(scope.directory, type.name, id);
  const counts = types.map((type) => ({ name: type.name, key: countKey(scope.directory, type.name, '-') }));
  const items = await getItems<Key>(table, scope, [...counts.map(({ key }) => key), ...candidates.map(keyOf)]);
  const found = candidates.flatMap((candidate) => {
    const item = items.get(textOf(keyOf(candidate)));
    return item ? [{ ...candidate, stored: fromItem(item as ResourceItem) }] : [];
  });
  const totals = counts.map(({ name, key }) => [name, (items.get(textOf(key)) as CountItem | undefined)?.n ?? 0] as const);
  return new Catalogue(candidates, found, new Map(totals));
}
