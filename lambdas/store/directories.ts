import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Scope } from '../directory/store.ts';
import { isObject } from '../scim/json.ts';
import { DEFAULT_SETTINGS, type Settings, settingsOf } from '../scim/schemas/settings.ts';
import { getItems } from './batch-get.ts';
import { FORMAT, isNewer, newStamp } from './items.ts';
import { DIRECTORIES, directoryKey, type Key, textOf } from './keys.ts';
import { getItem, queryPages } from './read.ts';
import { send, transact, type Write } from './send.ts';
import type { Table } from './table.ts';
import { scopeOfStep } from './upkeep/scan.ts';

/** The row of a directory: what a listing shows. Its credentials are in its secret. */
export interface DirectoryRow {
  readonly name: string;
  readonly state: 'active' | 'deleting';
  /**
   * Those that were chosen, as in its secret: requests go by the secret, and what goes through the table by the row. Where they are
   * not the defaults, the row is there before the first resource is; where they are chosen otherwise, it says so before the secret does.
   */
  readonly settings?: Partial<Settings> | undefined;
  /** ISO 8601, UTC, as all times of a row are. */
  readonly createdAt?: string | undefined;
  /** Since when the directory is being deleted. */
  readonly deletingSince?: string | undefined;
  /** Since when its secret is deleted, and so when nobody was let in any more who was not remembered. */
  readonly revokedAt?: string | undefined;
  /**
   * Since when its settings are being changed: some requests still go by the old ones, and what is kept may not be as the new ones
   * have it. As long as it says so, nothing but `reshape` puts right what the directory holds.
   */
  readonly changing?: string | undefined;
  /** While they are being changed: since when its secret says so too. */
  readonly toldAt?: string | undefined;
}

/** A directory in a listing. */
export interface ListedDirectory extends DirectoryRow {
  readonly directory: string;
  /** Whether a newer version of the service has written the row: what it says may mean something else, and this one does not change it. */
  readonly isNewer: boolean;
}

/** A row as it lies in the table; another version of the service may have written it. */
type RawRow = Key & DirectoryRow & { readonly stamp?: string; readonly format?: unknown };

const toRow = ({ pk: _, sk: __, stamp: ___, format: ____, ...row }: RawRow): DirectoryRow => row;

export async function getDirectory(table: Table, scope: Scope): Promise<DirectoryRow | undefined> {
  const row = await getItem<RawRow>(table, scope, directoryKey(scope.directory));
  return row && toRow(row);
}

/** Writes a row, whatever is there. */
export async function putDirectory(table: Table, scope: Scope, row: DirectoryRow): Promise<void> {
  const command = new PutCommand({ TableName: table.name, Item: { ...directoryKey(scope.directory), ...row, format: FORMAT } });
  await send(scope, (options) => table.client.send(command, options));
}

/** Every directory that has a row, in the order of ids. */
export async function listDirectories(table: Table): Promise<ListedDirectory[]> {
  const listed: ListedDirectory[] = [];
  for await (const rows of queryPages<RawRow>(table, scopeOfStep(), DIRECTORIES))
    for (const row of rows) listed.push({ ...toRow(row), directory: row.sk, isNewer: isNewer(row) });
  return listed;
}

/** Writes the row of a new directory. Gives the one that is there, if there is one, and writes nothing then. */
export async function createDirectory(table: Table, scope: Scope, row: DirectoryRow): Promise<DirectoryRow | undefined> {
  const stamp = newStamp(scope);
  const put: Write = {
    Put: {
      Item: { ...directoryKey(scope.directory), ...row, stamp, format: FORMAT },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
  for (;;) {
    if (await isWritten(table, scope, put, stamp)) return undefined;
    const there = await getDirectory(table, scope);
    if (there) return there;
  }
}

/** What of a row can be changed. A member that is there and `undefined` is taken out of the row. */
export type DirectoryChanges = Partial<Pick<DirectoryRow, 'name' | 'settings' | 'changing' | 'toldAt'>>;

/**
 * Changes the row of a directory that is in use, and leaves in it what only another version knows. With `expected`, only if the row
 * says that since then its settings are being changed, or that they are not: who begins or ends a change is not to begin or end
 * another one. Gives the row as it is after that; `undefined`, and nothing written, if there is none like that, or a newer version has
 * written it.
 */
export async function updateDirectory(
  table: Table,
  scope: Scope,
  changes: DirectoryChanges,
  expected: { readonly changing?: string | undefined } = {},
): Promise<DirectoryRow | undefined> {
  const isChanged = await updateRow(table, scope, changes, { state: 'active', ...expected });
  return isChanged ? getDirectory(table, scope) : undefined;
}

/**
 * Says of a directory that it is being deleted, since `now` unless that was said before. Gives its row, which is still another's to
 * decide about if a newer version has written it: its state says so. `undefined` if there is none.
 */
export async function markDeleting(table: Table, scope: Scope, now: Date): Promise<DirectoryRow | undefined> {
  await updateRow(table, scope, { state: 'deleting', deletingSince: now.toISOString() }, { state: 'active' });
  return getDirectory(table, scope);
}

/** Says since when the secret of a directory is deleted, of which a row says that it is being deleted. Gives what it says then. */
export async function noteRevoked(table: Table, scope: Scope, row: DirectoryRow, now: Date): Promise<string> {
  const revokedAt = row.revokedAt ?? now.toISOString();
  if (!row.revokedAt) await updateRow(table, scope, { revokedAt }, { state: 'deleting', deletingSince: row.deletingSince });
  return revokedAt;
}

/** Removes the row of a directory that is being deleted. False, and nothing removed, if it is in use; none is as good as removed. */
export async function removeDirectory(table: Table, scope: Scope): Promise<boolean> {
  const remove: Write = {
    Delete: {
      Key: directoryKey(scope.directory),
      ConditionExpression: `attribute_not_exists(pk) OR (#state = :deleting AND ${KNOWN_FORMAT})`,
      ExpressionAttributeNames: { '#state': 'state', '#format': 'format' },
      ExpressionAttributeValues: { ':deleting': 'deleting', ':format': FORMAT },
    },
  };
  return isWritten(table, scope, remove);
}

const KNOWN_FORMAT = '(attribute_not_exists(#format) OR #format <= :format)';

/** A transaction of one: repeated after a lost answer, it is not refused for what it has done itself. */
const isWritten = async (table: Table, scope: Scope, write: Write, stamp?: string): Promise<boolean> =>
  (await transact(scope, table, [write], stamp)).length === 0;

/** Changes a row of which some attributes are what is expected; `undefined` expects that there is none. */
async function updateRow(table: Table, scope: Scope, changes: Partial<DirectoryRow>, expected: Partial<DirectoryRow>): Promise<boolean> {
  const stamp = newStamp(scope);
  const all = Object.entries({ ...changes, stamp });
  const set = all.filter(([, value]) => value !== undefined);
  const cleared = all.filter(([, value]) => value === undefined);
  const conditions = Object.entries(expected);
  const valued = conditions.filter(([, value]) => value !== undefined);
  const update: Write = {
    Update: {
      Key: directoryKey(scope.directory),
      UpdateExpression: [
        `SET ${set.map(([name]) => `#${name} = :${name}`).join(', ')}`,
        ...(cleared.length > 0 ? [`REMOVE ${cleared.map(([name]) => `#${name}`).join(', ')}`] : []),
      ].join(' '),
      ConditionExpression: [
        ...conditions.map(([name, value]) => (value === undefined ? `attribute_not_exists(#${name})` : `#${name} = :is_${name}`)),
        KNOWN_FORMAT,
      ].join(' AND '),
      ExpressionAttributeNames: Object.fromEntries([...all, ...conditions, ['format']].map(([name]) => [`#${name}`, String(name)])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
        ...Object.fromEntries(valued.map(([name, value]) => [`:is_${name}`, value])),
        ':format': FORMAT,
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
  return isWritten(table, scope, update, stamp);
}

/** What the row of a directory says of its settings. */
export interface ChosenSettings {
  /** `undefined` where only another version of the service can read them. */
  readonly settings: Settings | undefined;
  readonly isChanging: boolean;
}

/** What the rows of some directories say of their settings, by the ids of these. */
export async function getSettings(table: Table, scope: Scope, directories: Iterable<string>): Promise<ReadonlyMap<string, ChosenSettings>> {
  const names = [...new Set(directories)];
  const rows = await getItems<RawRow>(table, scope, names.map(directoryKey));
  return new Map(
    names.map((name) => {
      const row = rows.get(textOf(directoryKey(name)));
      return [name, { settings: settingsIn(row), isChanging: row?.changing !== undefined }];
    }),
  );
}

/** A directory without a row, or with one from before there were settings, has the defaults. */
function settingsIn(row: RawRow | undefined): Settings | undefined {
  const settings: unknown = row?.settings ?? {};
  if ((row && isNewer(row)) || !isObject(settings)) return undefined;
  const defaults: Readonly<Record<string, unknown>> = { ...DEFAULT_SETTINGS };
  const isKnown = Object.entries(settings).every(
    ([name, value]) => Object.hasOwn(defaults, name) && typeof value === typeof defaults[name],
  );
  return isKnown ? settingsOf(settings) : undefined;
}
