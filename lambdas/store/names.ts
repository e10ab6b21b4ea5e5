import type { Scope } from '../directory/store.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { getItems } from './batch-get.ts';
import { fromItem, type ResourceItem } from './items.ts';
import { resourceKey } from './keys.ts';
import { isId } from './read.ts';
import type { Table } from './table.ts';

/** How many batches of names are read at once: without the rest of the resources they are small. */
const BATCHES = 16;

/** What resources are called, by their ids; those that are gone are left out. Nothing else of them is sent. */
export async function namesOf(table: Table, scope: Scope, type: ResourceType, ids: readonly string[]): Promise<Map<string, string>> {
  const keys = ids.filter(isId).map((id) => resourceKey(scope.directory, type.name, id));
  const attributes = [['format'], ...type.naming.map((name) => ['body', name])];
  const items = await getItems<ResourceItem>(table, scope, keys, { attributes, concurrency: BATCHES });
  return new Map(
    [...items.values()].map((item) => {
      // One that has none of these attributes comes without a body.
      const { id, body = {} } = fromItem(item);
      return [id, String(type.naming.map((name) => body[name]).find((name) => name !== undefined) ?? id)];
    }),
  );
}
