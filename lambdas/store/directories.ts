import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Scope } from '../directory/store.ts';
import type { Settings } from '../scim/schemas/settings.ts';
import { FORMAT } from './items.ts';
import { directoryKey } from './keys.ts';
import { getItem } from './read.ts';
import { send } from './send.ts';
import type { Table } from './table.ts';

/** The row of a directory: what a listing shows. Its credentials are in its secret. */
export interface DirectoryRow {
  readonly name: string;
  readonly state: 'active' | 'deleting';
  /**
   * Those that were chosen, as in its secret: requests go by the secret, and what goes through the table by the row. Where they are
   * not the defaults, the row is there before the first resource is.
   */
  readonly settings?: Partial<Settings> | undefined;
}

export const getDirectory = (table: Table, scope: Scope): Promise<DirectoryRow | undefined> =>
  getItem<DirectoryRow>(table, scope, directoryKey(scope.directory));

export async function putDirectory(table: Table, scope: Scope, row: DirectoryRow): Promise<void> {
  const command = new PutCommand({ TableName: table.name, Item: { ...directoryKey(scope.directory), ...row, format: FORMAT } });
  await send(scope, (options) => table.client.send(command, options));
}
