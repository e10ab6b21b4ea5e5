import { expect } from '@jest/globals';
import { patch, search } from '../../lambdas/directory/operations.ts';
import { withRelations } from '../../lambdas/directory/relations.ts';
import { parseFilter } from '../../lambdas/scim/filter/parse.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { cutOff, type Matches } from './disturbances.ts';
import { groupRequests } from './group-requests.ts';
import { endLeases } from './leases.ts';
import { checkItems } from './table-checker.ts';
import type { TestTable } from './test-table.ts';

/** A change of four members is a large one here, and a group of seven is spread. */
export const SMALL_LIMITS = { atOnce: 3, unspread: 6 };

const writing =
  (text: RegExp): Matches =>
  ({ command, input }) =>
    /^(TransactWrite|BatchExecute)/.test(command) && text.test(JSON.stringify(input));

/** What a large change writes, one after the other. */
export const takesLease = writing(/SET changing = /);
export const insertsRows = writing(/INSERT INTO/);
export const marksRows = writing(/ SET mark = /);
export const stagesMembers = writing(/set_add\(staged/);
export const stages: Matches = (request) => insertsRows(request) || marksRows(request) || stagesMembers(request);
/** Of a group that is there, or that is created so. */
export const commits = writing(/applied :applied|"applied":{"SS"/);
export const settlesMembers = writing(/set_delete\(staged, \?\) SET groupIds/);
export const settlesRows = writing(/REMOVE mark WHERE|DELETE FROM [^;]+ WHERE mark = /);
export const forgets = writing(/DELETE applied/);
export const tidies: Matches = (request) => settlesMembers(request) || settlesRows(request) || forgets(request);
/** All of that, with names. */
export const STEPS: readonly { readonly name: string; readonly matches: Matches }[] = [
  { name: 'the lease', matches: takesLease },
  { name: 'the rows of who joins', matches: insertsRows },
  { name: 'the marks on rows', matches: marksRows },
  { name: 'the notes of members', matches: stagesMembers },
  { name: 'the commit', matches: commits },
  { name: 'the settled members', matches: settlesMembers },
  { name: 'the settled rows', matches: settlesRows },
  { name: 'the end of the tidying', matches: forgets },
];

/** Has the rows of a group spread from now on, with the lease, or alone. */
export const spreads = writing(/SET changing = :changing, fan = :fan/);
export const spreadsAlone = writing(/SET fan = :fan, spreadAt/);
/** Only a change in one transaction writes members so. */
export const changesAtOnce = writing(/"ADD groupIds|"DELETE groupIds/);

/** Requests about groups that are large early, and what anybody is shown of them. */
export function largeChanges(table: () => TestTable) {
  const requests = groupRequests(table, SMALL_LIMITS);
  const { acme, read, membersOf } = requests;
  const listed = async (type: ResourceType, filter?: string) => {
    const criteria = filter === undefined ? {} : { filter: parseFilter(filter) };
    return (await search(acme(), type, { startIndex: 1, count: 200 }, criteria)).resources;
  };
  const found = async (type: ResourceType, filter: string) => (await listed(type, filter)).map(({ id }) => id).sort();
  const groupsShown = async (): Promise<Map<string, string[]>> => {
    const shown = await withRelations(acme(), user, await listed(user), () => true);
    return new Map(shown.map(({ stored, relations }) => [stored.id, (relations.groups ?? []).map(({ id }) => id)]));
  };
  return {
    ...requests,
    /** A group of four, and four others: who leaves first if these come for those, and who joins. */
    async staff() {
      const ids = (await requests.newUsers(8)).sort();
      const [before, after] = [ids.slice(0, 4), ids.slice(4)];
      return { id: await requests.newGroup(before), before, after, leaver: before[0] ?? '', joiner: after[0] ?? '' };
    },
    listed,
    found,
    leaveAll: (id: string, members: readonly string[]) =>
      patch(acme(), group, id, [{ op: 'remove', path: 'members', value: members.map((value) => ({ value })) }]),
    groupsShown,
    /** A group has these members, whoever is asked, and however; and what lies in the table says nothing else. */
    async expectMembers(id: string, expected: readonly string[]): Promise<void> {
      const ids = [...expected].sort();
      const shown = await groupsShown();
      const [members, { size, changing }, ofFilter, items] = await Promise.all([
        membersOf(id),
        read(group, id),
        found(user, `groups.value eq "${id}"`),
        table().items(),
      ]);
      expect(members).toEqual(ids);
      expect(size).toBe(ids.length);
      expect([...shown].flatMap(([one, groups]) => (groups.includes(id) ? [one] : [])).sort()).toEqual(ids);
      expect(ofFilter).toEqual(ids);
      // What a change is told from waits for another one that is under way.
      const known = changing ? undefined : await acme().store.getMembers(acme(), group, id, [...shown.keys()]);
      if (known) expect(known.members.map((member) => member.id)).toEqual(ids);
      const some = [ids[0], [...shown.keys()].find((one) => !ids.includes(one))].filter((one) => one !== undefined);
      for (const one of some) expect(await found(group, `members.value eq "${one}"`)).toEqual(shown.get(one));
      expect(checkItems(items, [user, group])).toEqual([]);
    },
    endLeases: () => endLeases(table()),
    /** Has a large change made whose time ends when it is committed: nothing of it is tidied up. */
    async untidied<T>(act: () => Promise<T>): Promise<T> {
      let isCommitted = false;
      const isLate: Matches = (request) => {
        isCommitted ||= commits(request);
        return isCommitted && tidies(request);
      };
      using _ = table().disturb(cutOff(isLate));
      return await act();
    },
  };
}
