import { randomUUID } from 'node:crypto';
import { create, type Directory, get } from '../../lambdas/directory/operations.ts';
import { withRelations } from '../../lambdas/directory/relations.ts';
import type { Member } from '../../lambdas/directory/store.ts';
import { group, groupSchema } from '../../lambdas/scim/schemas/group.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import { type RepairOptions, repair } from '../../lambdas/store/upkeep/repair.ts';
import { giveMembers, putApplied, putRow, putStaged } from './memberships.ts';
import { checkTable } from './table-checker.ts';
import { directoryOn, givingId, type TestTable } from './test-table.ts';

/*
 * Groups as large changes leave them whose process has died: with marks, which count or do not.
 */

const TYPES = [user, group];

/** What a change that has died is called, and one before it. */
export const [CHANGE, EARLIER] = ['c0ffee', 'dead'];

export const idsOf = (members: readonly Member[]) => members.map(({ id }) => id).sort();

/** Two groups, of which one has two of four users. */
export interface Marked {
  readonly team: string;
  readonly other: string;
  readonly ada: Member;
  readonly alan: Member;
  readonly grace: Member;
  readonly edsger: Member;
}

export function markedGroups(table: () => TestTable) {
  /** More than three members at once are a large change. */
  const acme = (): Directory => ({ ...directoryOn(table()), store: dynamoStore(table(), { atOnce: 3, unspread: 1_000 }) });
  const newUser = async (): Promise<Member> => {
    const id = randomUUID();
    await create(givingId(acme(), id), user, { schemas: [userSchema.id], userName: id });
    return { id, type: 'User' };
  };
  const newUsers = (count: number) => Promise.all(Array.from({ length: count }, newUser));
  const newGroup = async (members: readonly Member[] = []): Promise<string> => {
    const id = randomUUID();
    await create(givingId(acme(), id), group, { schemas: [groupSchema.id], displayName: id });
    await giveMembers(table(), 'acme', id, members);
    return id;
  };
  const row = (groupId: string, member: Member, mark?: string, fan = 1) => putRow(table(), 'acme', groupId, member, fan, mark);
  const staged = (groupId: string, member: Member, mark: string) => putStaged(table(), 'acme', groupId, member, mark);
  return {
    acme,
    newUsers,
    newGroup,
    row,
    staged,
    // DynamoDB Local commits at once: there is nothing to wait for.
    repairNow: (options: RepairOptions = {}) => repair(table(), TYPES, { pause: 0, ...options }),
    check: (afterRepair = true) => checkTable(table(), TYPES, { afterRepair }),
    /** The ids of the members that a group shows. */
    async membersOf(id: string): Promise<string[]> {
      const [shown] = await withRelations(acme(), group, [await get(acme(), group, id)], () => true);
      return (shown?.relations.members ?? []).map((member) => member.id).sort();
    },
    async world(): Promise<Marked> {
      const [ada, alan, grace, edsger] = (await newUsers(4)) as [Member, Member, Member, Member];
      return { team: await newGroup([ada, alan]), other: await newGroup([grace]), ada, alan, grace, edsger };
    },
    /** As it lies there when a change has staged that one leaves and another one joins, each in a part of its own. */
    async stageBoth({ team, ada, grace }: Marked): Promise<void> {
      await row(team, ada, `${CHANGE}.0.1-`);
      await staged(team, ada, `${CHANGE}.0.1-`);
      await row(team, grace, `${CHANGE}.1.1`);
      await staged(team, grace, `${CHANGE}.1.1`);
    },
    apply: ({ team }: Marked) => putApplied(table(), 'acme', team, `${CHANGE}.0.1`, `${CHANGE}.1.1`),
  };
}
