import type { Scope } from '../directory/store.ts';
import { type Candidate, type Catalogue, catalogueOf } from '../scim/catalogue.ts';
import { isIdOf } from '../scim/ids.ts';
import { getItems } from './batch-get.ts';
import { type CountItem, fromItem, type ResourceItem } from './items.ts';
import { countKey, type Key, resourceKey, textOf } from './keys.ts';
import type { Table } from './table.ts';

/** Reads some resources, and the counts of their types, at once. */
export async function readCatalogue(table: Table, scope: Scope, candidates: readonly Candidate[]): Promise<Catalogue> {
  const types = [...new Set(candidates.map(({ type }) => type))];
  const keyOf = ({ type, id }: Candidate) => resourceKey(scope.directory, type, id);
  const counts = types.map((type) => ({ name: type.name, key: countKey(scope.directory, type, '') }));
  const possible = candidates.filter(({ type, id }) => isIdOf(type, id));
  const items = await getItems<Key>(table, scope, [...counts.map(({ key }) => key), ...possible.map(keyOf)]);
  const found = possible.flatMap((candidate) => {
    const item = items.get(textOf(keyOf(candidate)));
    return item ? [{ ...candidate, stored: fromItem(item as ResourceItem) }] : [];
  });
  const totals = counts.map(({ name, key }) => [name, (items.get(textOf(key)) as CountItem | undefined)?.n ?? 0] as const);
  return catalogueOf(candidates, found, new Map(totals));
}
