import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Member } from '../../lambdas/directory/store.ts';
import { FORMAT } from '../../lambdas/store/items.ts';
import { GROUP, type Key, membershipKey, reservationKey, resourceKey } from '../../lambdas/store/keys.ts';
import type { Table } from '../../lambdas/store/table.ts';

/*
 * Members of groups as they lie in the table, written item by item: also as no request leaves them.
 */

/** The row of a member, perhaps with the mark of a large change. Where rows are spread, `fan` is 16; one that is older than that has 1. */
export const putRow = (table: Table, directory: string, groupId: string, { id, type }: Member, fan = 1, mark?: string) =>
  table.client.send(
    new PutCommand({
      TableName: table.name,
      Item: { ...membershipKey(directory, groupId, fan, id), type, format: FORMAT, ...(mark !== undefined && { mark }) },
    }),
  );

/** What a member says of the groups that it is a member of. */
export const putGroupId = (table: Table, directory: string, groupId: string, { id, type }: Member) =>
  update(table, resourceKey(directory, { name: type }, id), 'ADD groupIds :group', { ':group': new Set([groupId]) });

/** What a member has staged of a group. */
export const putStaged = (table: Table, directory: string, groupId: string, { id, type }: Member, mark: string) =>
  update(table, resourceKey(directory, { name: type }, id), 'ADD staged :entries', { ':entries': new Set([`${groupId}~${mark}`]) });

/** The names of changes that are applied to a group. */
export const putApplied = (table: Table, directory: string, groupId: string, ...names: string[]) =>
  update(table, resourceKey(directory, GROUP, groupId), 'ADD applied :names', { ':names': new Set(names) });

/** Who is making a large change of a group, and until when. */
export const putLease = (table: Table, directory: string, groupId: string, id: string, until: number) =>
  update(table, resourceKey(directory, GROUP, groupId), 'SET changing = :lease', { ':lease': { id, until } });

/** That a group is being created, and until when. */
export const putReservation = (table: Table, directory: string, groupId: string, until: number) =>
  table.client.send(new PutCommand({ TableName: table.name, Item: { ...reservationKey(directory, groupId), until, format: FORMAT } }));

const update = (
  { client, name }: Table,
  Key: Key,
  UpdateExpression: string,
  ExpressionAttributeValues: Record<string, unknown>,
  ExpressionAttributeNames?: Record<string, string>,
) => client.send(new UpdateCommand({ TableName: name, Key, UpdateExpression, ExpressionAttributeValues, ExpressionAttributeNames }));

/** What a group says of its members: how many they are, and over how many partition keys they are spread. */
export const putSize = (table: Table, directory: string, groupId: string, size: number, fan = 1) =>
  update(
    table,
    resourceKey(directory, GROUP, groupId),
    'SET #size = :size, fan = :fan',
    { ':size': size, ':fan': fan },
    { '#size': 'size' },
  );

/** Gives a group its members. Of one that is spread, the first joined before it was. */
export async function giveMembers(table: Table, directory: string, groupId: string, members: readonly Member[], fan = 1): Promise<void> {
  await putSize(table, directory, groupId, members.length, fan);
  for (const [i, member] of members.entries()) {
    await putRow(table, directory, groupId, member, i === 0 ? 1 : fan);
    await putGroupId(table, directory, groupId, member);
  }
}
