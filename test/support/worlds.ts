import { create, type Directory } from '../../lambdas/directory/operations.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { groupBody } from './group-operations.ts';
import { givingId, type TestTable } from './test-table.ts';

/** What a directory holds before an operation; what requests that died have left in its table may be part of it. */
export type World = (directory: Directory, table: TestTable) => Promise<unknown>;

/** The n-th id of users, or of groups; its first digit is another one each time, so that rows that are spread are at all places. */
export const idOf = (kind: 'a' | 'b', n: number): string =>
  `${(n % 16).toString(16)}${Math.floor(n / 16).toString(16)}${kind.repeat(6)}-0000-4000-8000-000000000000`;

export const userIds = (count: number, from = 0): string[] => Array.from({ length: count }, (_, n) => idOf('a', from + n));

export const createUser = (directory: Directory, id: string) =>
  create(givingId(directory, id), user, { schemas: [userSchema.id], userName: id });

export const createGroup = (directory: Directory, id: string, members: readonly string[], more: object = {}) =>
  create(givingId(directory, id), group, groupBody(`Group ${id}`, members, more));
