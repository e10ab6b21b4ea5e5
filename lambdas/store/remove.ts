import type { Scope } from '../directory/store.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { commit } from './commit.ts';
import { type IndexEntry, indexEntries } from './index-entries.ts';
import { addToCount } from './items.ts';
import { resourceKey } from './keys.ts';
import { deletion, executeStatements } from './statements.ts';
import type { Table } from './table.ts';

/**
 * Removes a resource with its unique entries and counts it no more, in one transaction; its other entries after that, since
 * a lookup reads the resource behind an entry anyway. False, and nothing removed, if it has changed since it was read.
 */
export async function removeResource(
  table: Table,
  scope: Scope,
  type: ResourceType,
  { id, rev, body }: StoredResource,
  _isExact: boolean,
): Promise<boolean> {
  const { directory } = scope;
  const entries = indexEntries(directory, type, id, body);
  const writes = [
    {
      Delete: {
        Key: resourceKey(directory, type.name, id),
        ConditionExpression: '#rev = :read',
        ExpressionAttributeNames: { '#rev': 'rev' },
        ExpressionAttributeValues: { ':read': rev },
      },
    },
    addToCount(directory, type.name, id, -1),
  ];
  const { unique = [], others = [] } = Object.groupBy(entries, (entry) => (entry.unique ? 'unique' : 'others'));
  const failed = await commit(scope, table, writes, { id, entries: unique });
  if (failed.length > 0) return false;

  await removeLater(table, scope, others);
  return true;
}

/** The resource is gone already: entries that cannot be removed now are never believed, and no reason to fail. */
async function removeLater(table: Table, scope: Scope, entries: readonly IndexEntry[]): Promise<void> {
  const statements = entries.map(({ key }) => deletion(table, key));
  const outcomes = await executeStatements(table, scope, statements).catch((error: unknown) => statements.map(() => Object(error).name));
  const codes = outcomes.filter((code) => code !== undefined);
  const { requestId } = scope.trace;
  if (codes.length > 0)
    console.warn({ message: 'index entries of a removed resource are left', requestId, left: codes.length, codes: [...new Set(codes)] });
}
