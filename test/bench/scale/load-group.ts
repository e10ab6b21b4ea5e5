import { type Scope, startTrace } from '../../../lambdas/directory/store.ts';
import { group } from '../../../lambdas/scim/schemas/group.ts';
import { DEFAULT_SETTINGS } from '../../../lambdas/scim/schemas/settings.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { indexEntries } from '../../../lambdas/store/index-entries.ts';
import { claim, FORMAT, type MembershipItem, newStamp, type ResourceItem, toItem } from '../../../lambdas/store/items.ts';
import { collectionKey, countKey, membershipKey, resourceKey, SPREAD, shardsOf } from '../../../lambdas/store/keys.ts';
import { GROUP_LIMITS } from '../../../lambdas/store/member-writes.ts';
import { queryPages } from '../../../lambdas/store/read.ts';
import type { Table } from '../../../lambdas/store/table.ts';
import { writeItems } from './load.ts';

/** A group of all users that a directory has. */
export interface LoadedGroup {
  readonly id: string;
  /** The ids of its members, in the order in which they joined. */
  readonly members: readonly string[];
}

export const GROUP_ID = '5ca1ab1e-0000-4000-a000-000000000000';
export const GROUP_NAME = 'Everybody';

/** A million members take some minutes. */
const LOADING_MS = 3_600_000;

const CREATED = '2026-01-01T00:00:00.000Z';

interface Options {
  readonly onMember?: (joined: number) => void;
  /** With more members than that, rows are spread. */
  readonly unspread?: number;
}

/**
 * Has all users of a directory join a new group, as if they had done it one after the other: in an order that their ids do not tell. The
 * directory has no other group.
 */
export async function loadGroup(
  table: Table,
  directory: string,
  { onMember = () => {}, unspread = GROUP_LIMITS.unspread }: Options = {},
): Promise<LoadedGroup> {
  const scope = scopeOf(directory);
  const members = (await idsOf(table, scope)).toSorted((a, b) => (a.slice(-12) < b.slice(-12) ? -1 : 1));
  // Who takes the group past that number has the last row where they were.
  const places = new Map(members.map((id, n) => [id, n <= unspread ? 1 : SPREAD]));
  let joined = 0;
  for (const shard of shardsOf(user)) {
    for await (const users of queryPages<ResourceItem>(table, scope, collectionKey(directory, user, shard))) {
      await writeItems(
        table,
        users.flatMap((item) => [joining(item), rowOf(directory, item.sk, places.get(item.sk) ?? 1)]),
      );
      joined += users.length;
      onMember(joined);
    }
  }
  await writeItems(table, groupItems(scope, members.length, members.length > unspread ? SPREAD : 1));
  return { id: GROUP_ID, members };
}

const scopeOf = (directory: string): Scope => ({
  directory,
  credential: '',
  settings: DEFAULT_SETTINGS,
  deadline: Date.now() + LOADING_MS,
  trace: startTrace('load'),
});

async function idsOf(table: Table, scope: Scope): Promise<string[]> {
  const ids: string[] = [];
  for (const shard of shardsOf(user))
    for await (const users of queryPages<ResourceItem>(table, scope, collectionKey(scope.directory, user, shard)))
      for (const { sk } of users) ids.push(sk);
  return ids;
}

const joining = (item: ResourceItem): ResourceItem => ({ ...item, groupIds: new Set([GROUP_ID]), version: item.version + 1 });

const rowOf = (directory: string, id: string, fan: number): MembershipItem => ({
  ...membershipKey(directory, GROUP_ID, fan, id),
  type: user.name,
  format: FORMAT,
});

/** The group, its index entries, and its count. */
function groupItems(scope: Scope, size: number, fan: number): object[] {
  const { directory } = scope;
  const body = { displayName: GROUP_NAME };
  const stored = { id: GROUP_ID, rev: 1, version: 1 + size, created: CREATED, lastModified: CREATED, body, size, fan };
  const spread = fan > 1 ? { ...stored, spreadAt: Date.parse(CREATED) } : stored;
  const entries = indexEntries(directory, group, GROUP_ID, body).map((entry) => claim(entry, GROUP_ID).Put?.Item ?? {});
  const count = { ...countKey(directory, group, GROUP_ID), n: 1, changes: 1, format: FORMAT };
  return [toItem(resourceKey(directory, group, GROUP_ID), spread, newStamp(scope)), ...entries, count];
}
