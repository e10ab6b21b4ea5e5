import { GetCommand, QueryCommand, type QueryCommandInput, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import type { Scope } from '../directory/store.ts';
import { isIdOf } from '../scim/ids.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { getItems } from './batch-get.ts';
import { fromItem, type ResourceItem } from './items.ts';
import { collectionKey, type Key, resourceKey } from './keys.ts';
import { send } from './send.ts';
import type { Table } from './table.ts';

/** Every read is strongly consistent: an identity provider that has just created a user finds it. */
export async function getItem<T>(table: Table, scope: Scope, key: Key): Promise<T | undefined> {
  const command = new GetCommand({
    TableName: table.name,
    Key: key,
    ConsistentRead: true,
  });
  const { Item } = await send(scope, (options) => table.client.send(command, options));
  return Item as T | undefined;
}

export async function getResource(table: Table, scope: Scope, type: ResourceType, id: string): Promise<StoredResource | undefined> {
  if (!isIdOf(type, id)) return undefined;
  const item = await getItem<ResourceItem>(table, scope, resourceKey(scope.directory, type, id));
  return item && fromItem(item);
}

/** The resources of some ids, in the order of ids; those that are gone are left out. */
export async function getResources(table: Table, scope: Scope, type: ResourceType, ids: Iterable<string>): Promise<StoredResource[]> {
  const keys = [...ids].filter((id) => isIdOf(type, id)).map((id) => resourceKey(scope.directory, type, id));
  const items = await getItems<ResourceItem>(table, scope, keys);
  return [...items.values()].map(fromItem).sort(byId);
}

/** How often is read what is to be so at one moment, and others keep changing. */
export const READINGS = 3;

/** Resources, and what stands for them, come in the order of ids. */
export const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);

/** Which sort keys of a partition key are wanted. */
const RANGES = {
  all: 'pk = :pk',
  beginningWith: 'pk = :pk AND begins_with(sk, :sk)',
  from: 'pk = :pk AND sk >= :sk',
  after: 'pk = :pk AND sk > :sk',
  upTo: 'pk = :pk AND sk <= :sk',
};

export interface Range {
  readonly is: Exclude<keyof typeof RANGES, 'all'>;
  readonly sk: string;
}

interface QueryOptions {
  /** All of them if absent. */
  readonly range?: Range | undefined;
  /** How many items one page has at most; there are more pages behind it. */
  readonly limit?: number;
  /** From the last one on. */
  readonly backwards?: boolean;
  /** The name of an attribute, without which items are left out. */
  readonly having?: string;
}

/** Some items of one partition key in the order of sort keys, page by page: DynamoDB ends each at 1 MB. */
export async function* queryPages<T>(table: Table, scope: Scope, pk: string, options: QueryOptions = {}): AsyncGenerator<T[]> {
  for await (const { Items = [] } of answers(table, scope, pk, options)) yield Items as T[];
}

/** How many items of one partition key there are, without them. */
export async function countItems(table: Table, scope: Scope, pk: string, range?: Range): Promise<number> {
  let total = 0;
  for await (const { Count = 0 } of answers(table, scope, pk, { range }, { Select: 'COUNT' })) total += Count;
  return total;
}

async function* answers(
  table: Table,
  scope: Scope,
  pk: string,
  { range, limit, backwards = false, having }: QueryOptions,
  input: Pick<QueryCommandInput, 'Select'> = {},
): AsyncGenerator<QueryCommandOutput> {
  let start: QueryCommandOutput['LastEvaluatedKey'];
  do {
    const command = new QueryCommand({
      ...input,
      TableName: table.name,
      ConsistentRead: true,
      KeyConditionExpression: RANGES[range?.is ?? 'all'],
      ExpressionAttributeValues: { ':pk': pk, ...(range && { ':sk': range.sk }) },
      ScanIndexForward: !backwards,
      ...(limit !== undefined && { Limit: limit }),
      ...(having !== undefined && { FilterExpression: 'attribute_exists(#having)', ExpressionAttributeNames: { '#having': having } }),
      ...(start && { ExclusiveStartKey: start }),
    });
    const answer = await send(scope, (options) => table.client.send(command, options));
    yield answer;
    start = answer.LastEvaluatedKey;
  } while (start);
}

/** The resources of one collection. */
export async function* collectionPages(
  table: Table,
  scope: Scope,
  type: ResourceType,
  shard: string,
  options: QueryOptions = {},
): AsyncGenerator<StoredResource[]> {
  const pk = collectionKey(scope.directory, type, shard);
  for await (const items of queryPages<ResourceItem>(table, scope, pk, options)) yield items.map(fromItem);
}
