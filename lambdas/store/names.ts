import type { Scope } from '../directory/store.ts';
import { isIdOf } from '../scim/ids.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { getItems } from './batch-get.ts';
import { fromItem, type ResourceItem } from './items.ts';
import { resourceKey } from './keys.ts';
import type { Table } from './table.ts';

/** A name may be as long as an item holds. Of one that is longer nobody looks at the end. */
const MAX_CHARACTERS = 1_000;

/** What resources are called, by their ids; those that are gone are left out. Nothing else of them is sent. */
export async function namesOf(table: Table, scope: Scope, type: ResourceType, ids: readonly string[]): Promise<Map<string, string>> {
  const keys = ids.filter((id) => isIdOf(type, id)).map((id) => resourceKey(scope.directory, type, id));
  const attributes = [['format'], ...type.naming.map((name) => ['body', name])];
  const items = await getItems<ResourceItem>(table, scope, keys, { attributes });
  return new Map(
    [...items.values()].map((item) => {
      // One that has none of these attributes comes without a body.
      const { id, body = {} } = fromItem(item);
      return [id, String(type.naming.map((name) => body[name]).find((name) => name !== undefined) ?? id).slice(0, MAX_CHARACTERS)];
    }),
  );
}
