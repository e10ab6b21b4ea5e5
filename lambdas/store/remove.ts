import type { Scope } from '../directory/store.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { type IndexEntry, indexEntries } from './index-entries.ts';
import { addToCount, release } from './items.ts';
import { resourceKey } from './keys.ts';
import { transact } from './send.ts';
import { deletion, executeStatements } from './statements.ts';
import type { Table } from './table.ts';

/**
 * Removes a resource with its unique entries and counts it no more, in one transaction; its other entries after that, since
 * a lookup reads the resource behind an entry anyway. False, and nothing removed, if it has changed since it was read.
 */
export async function removeResource(table: Table, scope: Scope, type: ResourceType, resource: StoredResource): Promise<boolean> {
  const entries = indexEntries(scope.directory, type, resource.id, resource.body);
  const { unique = [], others = [] } = Object.groupBy(entries, (entry) => (entry.unique ? 'unique' : 'others'));
  if (!(await removeWithUnique(table, scope, type, resource, unique))) return false;

  await removeEntries(table, scope, others);
  return true;
}

async function removeWithUnique(
  table: Table,
  scope: Scope,
  type: ResourceType,
  resource: StoredResource,
  unique: readonly IndexEntry[],
): Promise<boolean> {
  const { directory } = scope;
  const { id, rev } = resource;
  const writes = [
    {
      Delete: {
        Key: resourceKey(directory, type.name, id),
        ConditionExpression: '#rev = :read',
        ExpressionAttributeNames: { '#rev': 'rev' },
        ExpressionAttributeValues: { ':read': rev },
      },
    },
    ...unique.map((entry) => release(entry, id)),
    addToCount(directory, type.name, id, -1),
  ];
  const failed = await transact(scope, table, writes);
  if (failed.length === 0) return true;
  if (failed.includes(0)) return false;
  // Two resources may share a value from before it had to be unique: what is the other's is not ours to give up.
  const ours = unique.filter((_, i) => !failed.includes(1 + i));
  return removeWithUnique(table, scope, type, resource, ours);
}

/** The resource is gone already: entries that cannot be removed now are never believed, and no reason to fail. */
async function removeEntries(table: Table, scope: Scope, entries: readonly IndexEntry[]): Promise<void> {
  const statements = entries.map(({ key }) => deletion(table, key));
  const outcomes = await executeStatements(table, scope, statements).catch((error: unknown) => statements.map(() => Object(error).name));
  const codes = outcomes.filter((code) => code !== undefined);
  const { requestId } = scope.trace;
  if (codes.length > 0)
    console.warn({ message: 'index entries of a removed resource are left', requestId, left: codes.length, codes: [...new Set(codes)] });
}
