import type { Member, Scope } from '../directory/store.ts';
import { uniqueness } from '../scim/errors.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { indexEntries, moves } from './index-entries.ts';
import { addToCount, claim, newStamp, requireFitting, toItem } from './items.ts';
import { resourceKey } from './keys.ts';
import { transact, type Write } from './send.ts';
import type { Table } from './table.ts';

/** Stores a resource, claims its index entries and counts it, or does nothing of that. */
export async function createResource(
  table: Table,
  scope: Scope,
  type: ResourceType,
  resource: StoredResource,
  _members: readonly Member[] = [],
): Promise<StoredResource> {
  requireFitting(resource);
  const { directory } = scope;
  const { id, body } = resource;
  const { added } = moves([], indexEntries(directory, type, id, body));
  const stamp = newStamp(scope);
  const put: Write = {
    Put: {
      Item: toItem(resourceKey(directory, type.name, id), resource, stamp),
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
  const writes = [put, ...added.map((entry) => claim(entry, id)), addToCount(directory, type.name, id, 1)];

  const [failed] = await transact(scope, table, writes, stamp);
  if (failed !== undefined) throw uniqueness(added[failed - 1]?.attribute ?? 'id');
  return resource;
}
