import type { GroupOutcome, MemberChanges, Scope } from '../directory/store.ts';
import { unavailable } from '../scim/errors.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import type { Table } from './table.ts';

export async function updateGroup(
  _table: Table,
  _scope: Scope,
  _type: ResourceType,
  _before: StoredResource,
  _after: StoredResource,
  _changes: MemberChanges,
  _isExact: boolean,
): Promise<GroupOutcome> {
  throw unavailable();
}
