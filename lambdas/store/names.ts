import type { Named, Scope } from '../directory/store.ts';
import { isIdOf } from '../scim/ids.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { getItems } from './batch-get.ts';
import { fromItem, type ResourceItem } from './items.ts';
import { resourceKey } from './keys.ts';
import type { Table } from './table.ts';

/** A name may be as long as an item holds. Of one that is longer nobody looks at the end. */
const MAX_CHARACTERS = 1_000;

/** What resources are called, by their ids; those that are gone are left out. Nothing else of them is sent. */
export const namesOf = async (table: Table, scope: Scope, type: ResourceType, ids: readonly string[]): Promise<Map<string, string>> =>
  new Map((await namedItems(table, scope, type, ids)).map(({ id, name }) => [id, name]));

interface NamedItem extends Named {
  readonly item: ResourceItem;
}

/** Resources with what they are called, and of their items what is wanted beside that. */
export async function namedItems(
  table: Table,
  scope: Scope,
  type: ResourceType,
  ids: readonly string[],
  wanted: readonly (readonly string[])[] = [],
): Promise<NamedItem[]> {
  const keys = ids.filter((id) => isIdOf(type, id)).map((id) => resourceKey(scope.directory, type, id));
  const attributes = [['format'], ...type.naming.map((name) => ['body', name]), ...wanted];
  const items = await getItems<ResourceItem>(table, scope, keys, { attributes });
  return [...items.values()].map((item) => {
    // One that has none of these attributes comes without a body.
    const { id, body = {} } = fromItem(item);
    const name = String(type.naming.map((attribute) => body[attribute]).find((value) => value !== undefined) ?? id);
    return { id, name: name.slice(0, MAX_CHARACTERS), item };
  });
}
