import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Member } from '../../lambdas/directory/store.ts';
import { FORMAT } from '../../lambdas/store/items.ts';
import { membershipKey, resourceKey } from '../../lambdas/store/keys.ts';
import type { Table } from '../../lambdas/store/table.ts';

/*
 * Members of groups as they lie in the table, written item by item: also as no request leaves them.
 */

/** The row of a member. Where rows are spread, `fan` is 16; a row that is older than that has 1. */
export const putRow = (table: Table, directory: string, groupId: string, { id, type }: Member, fan = 1) =>
  table.client.send(
    new PutCommand({ TableName: table.name, Item: { ...membershipKey(directory, groupId, fan, id), type, format: FORMAT } }),
  );

/** What a member says of the groups that it is a member of. */
export const putGroupId = (table: Table, directory: string, groupId: string, { id, type }: Member) =>
  table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: resourceKey(directory, { name: type }, id),
      UpdateExpression: 'ADD groupIds :group',
      ExpressionAttributeValues: { ':group': new Set([groupId]) },
    }),
  );

/** What a group says of its members: how many they are, and over how many partition keys they are spread. */
export const putSize = (table: Table, directory: string, groupId: string, size: number, fan = 1) =>
  table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: resourceKey(directory, { name: 'Group' }, groupId),
      UpdateExpression: 'SET #size = :size, #keys = :size, fan = :fan',
      ExpressionAttributeNames: { '#size': 'size', '#keys': 'keys' },
      ExpressionAttributeValues: { ':size': size, ':fan': fan },
    }),
  );

/** Gives a group its members. Of one that is spread, the first joined before it was. */
export async function giveMembers(table: Table, directory: string, groupId: string, members: readonly Member[], fan = 1): Promise<void> {
  await putSize(table, directory, groupId, members.length, fan);
  for (const [i, member] of members.entries()) {
    await putRow(table, directory, groupId, member, i === 0 ? 1 : fan);
    await putGroupId(table, directory, groupId, member);
  }
}
