import type { Scope } from '../directory/store.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { getResources } from './read.ts';
import type { Table } from './table.ts';

/** What resources are called, by their ids; those that are gone are left out. */
export async function namesOf(table: Table, scope: Scope, type: ResourceType, ids: readonly string[]): Promise<Map<string, string>> {
  const resources = await getResources(table, scope, type, ids);
  return new Map(
    resources.map(({ id, body }) => [id, String(type.naming.map((name) => body[name]).find((name) => name !== undefined) ?? id)]),
  );
}
