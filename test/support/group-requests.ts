import { expect } from '@jest/globals';
import pMap from 'p-map';
import { create, type Directory, get, type Precondition, patch, remove, replace } from '../../lambdas/directory/operations.ts';
import { withRelations } from '../../lambdas/directory/relations.ts';
import { etag, type StoredResource } from '../../lambdas/scim/resource.ts';
import { group, groupSchema } from '../../lambdas/scim/schemas/group.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import type { GroupLimits } from '../../lambdas/store/member-writes.ts';
import { checkItems } from './table-checker.ts';
import { directoryOn, type TestTable } from './test-table.ts';

/** What Lambda leaves a request. */
const LAMBDA_MS = 27_000;

const toValues = (ids: readonly string[]) => ids.map((value) => ({ value }));

/**
 * Requests about groups, each with a deadline of its own, and what becomes of the table behind them. `limits` say what is large about a
 * group, where that is not to take as many members as it does.
 */
export function groupRequests(table: () => TestTable, limits: Partial<GroupLimits> = {}) {
  const acme = (): Directory => ({
    ...directoryOn(table()),
    store: dynamoStore(table(), limits),
    deadline: Date.now() + LAMBDA_MS,
  });
  const read = (type: ResourceType, id: string) => get(acme(), type, id);
  const newGroup = async (members: readonly string[] = [], displayName = 'Staff'): Promise<string> =>
    (await create(acme(), group, { schemas: [groupSchema.id], displayName, members: toValues(members) })).id;
  return {
    acme,
    read,
    /** A few at a time: what is only prepared is not to wait for sockets. */
    newUsers: (count: number, name = 'user'): Promise<string[]> =>
      pMap(
        Array.from({ length: count }, (_, i) => `${name}${i}`),
        async (userName) => (await create(acme(), user, { schemas: [userSchema.id], userName })).id,
        { concurrency: 8 },
      ),
    newGroup,
    /** With members one after the other, who would be busy otherwise. */
    newGroups: (count: number, members: readonly string[] = []): Promise<string[]> =>
      pMap(Array.from({ length: count }), () => newGroup(members), { concurrency: members.length > 0 ? 1 : 8 }),
    add: (id: string, ...members: string[]) => patch(acme(), group, id, [{ op: 'add', path: 'members', value: toValues(members) }]),
    leave: (id: string, member: string) => patch(acme(), group, id, [{ op: 'remove', path: `members[value eq "${member}"]` }]),
    rename: (id: string, displayName: string) => patch(acme(), group, id, [{ op: 'replace', path: 'displayName', value: displayName }]),
    put: (id: string, displayName: string, members: readonly string[], precondition?: Precondition) =>
      replace(acme(), group, id, { schemas: [groupSchema.id], displayName, members: toValues(members) }, precondition),
    replaceMembers: (id: string, members: readonly string[], precondition?: Precondition) =>
      patch(acme(), group, id, [{ op: 'replace', path: 'members', value: toValues(members) }], precondition),
    remove: (type: ResourceType, id: string, precondition?: Precondition) => remove(acme(), type, id, precondition),
    membersOf: async (id: string): Promise<string[]> => {
      const [shown] = await withRelations(acme(), group, [await read(group, id)], () => true);
      return (shown?.relations.members ?? []).map((member) => member.id);
    },
    /** Groups, their members and these, index entries and counts agree as they lie in the table, and nothing else is there. */
    async expectConsistent(): Promise<void> {
      const items = await table().items();
      expect(checkItems(items, [user, group], { afterRepair: true })).toEqual([]);
    },
  };
}

/** `If-Match` with the version of what has been read. */
export const ifStill =
  (stored: Pick<StoredResource, 'version'>): Precondition =>
  (tag) =>
    tag === etag(stored);

export const statusOf = (error: unknown): number => (Object(error) as { status?: number }).status ?? 500;
