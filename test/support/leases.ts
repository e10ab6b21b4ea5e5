import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../../lambdas/store/table.ts';
import type { RawItem, TestTable } from './test-table.ts';

/*
 * As if much time had passed: what requests have reserved that died, or are slow, others may take over from now on.
 */

const endTime = ({ client, name }: Table, { pk, sk }: RawItem, path: string) =>
  client.send(
    new UpdateCommand({
      TableName: name,
      Key: { pk, sk },
      UpdateExpression: `SET ${path} = :past`,
      ExpressionAttributeNames: { '#until': 'until' },
      ExpressionAttributeValues: { ':past': 0 },
    }),
  );

/** The time is over of all who change many members of a group, or create it with many; or of those of one directory. Gives all items. */
export async function endLeases(table: TestTable, directory?: string): Promise<RawItem[]> {
  for (const item of await table.items()) {
    if (directory !== undefined && !item.pk.startsWith(`${directory}#`)) continue;
    if ('changing' in item) await endTime(table, item, 'changing.#until');
    if ('until' in item) await endTime(table, item, '#until');
  }
  return table.items();
}
