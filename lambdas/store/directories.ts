import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Scope } from '../directory/store.ts';
import { isObject } from '../scim/json.ts';
import { DEFAULT_SETTINGS, type Settings, settingsOf } from '../scim/schemas/settings.ts';
import { getItems } from './batch-get.ts';
import { FORMAT, isNewer } from './items.ts';
import { directoryKey, type Key, textOf } from './keys.ts';
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

/** A row as another version of the service may have written it. */
type RawRow = Key & { readonly settings?: unknown; readonly format?: unknown };

/** The settings of some directories, by their names; `undefined` for those that only another version of the service can read. */
export async function getSettings(
  table: Table,
  scope: Scope,
  directories: Iterable<string>,
): Promise<ReadonlyMap<string, Settings | undefined>> {
  const names = [...new Set(directories)];
  const rows = await getItems<RawRow>(table, scope, names.map(directoryKey));
  return new Map(names.map((name) => [name, settingsIn(rows.get(textOf(directoryKey(name))))]));
}

/** A directory without a row, or with one from before there were settings, has the defaults. */
function settingsIn(row: RawRow | undefined): Settings | undefined {
  const { settings = {} } = row ?? {};
  if ((row && isNewer(row)) || !isObject(settings)) return undefined;
  const defaults: Readonly<Record<string, unknown>> = { ...DEFAULT_SETTINGS };
  const isKnown = Object.entries(settings).every(
    ([name, value]) => Object.hasOwn(defaults, name) && typeof value === typeof defaults[name],
  );
  return isKnown ? settingsOf(settings) : undefined;
}
