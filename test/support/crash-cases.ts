import { type Directory, patch } from '../../lambdas/directory/operations.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import type { GroupLimits } from '../../lambdas/store/member-writes.ts';
import { dieWhen, dying } from './dying.ts';
import { adding, removing } from './group-operations.ts';
import { commits } from './large-requests.ts';
import { endLeases } from './leases.ts';
import type { Links } from './seen-groups.ts';
import { changeOf, removal, type Sequel } from './sequels.ts';
import { createGroup, createUser, idOf, userIds, type World } from './worlds.ts';

/*
 * Large changes of one team, in directories of a few users and groups, and what clients may ask for behind them.
 */

export const [inner, team, outer, again] = [1, 2, 3, 4].map((n) => idOf('b', n)) as [string, string, string, string];
export const users = userIds(12);
export const some = (from: number, to: number) => users.slice(from, to);
/** Who is no member before or after any of them. */
const fresh = some(10, 12);
/** So many that a large change of them is one by the limits that there are. */
export const crowd = userIds(60);

/** Some users, a group that may be a member, the team and one that it is a member of. */
export const teamOf =
  (members: readonly string[], later: readonly string[] = [], all: readonly string[] = users): World =>
  async (acme) => {
    await Promise.all(all.map((id) => createUser(acme, id)));
    await createGroup(acme, inner, all.slice(-1));
    await createGroup(acme, team, members);
    if (later.length > 0) await patch(acme, group, team, [adding(later)]);
    await createGroup(acme, outer, [team]);
  };

/** The same without the team. */
export const noTeam =
  (all: readonly string[] = users): World =>
  async (acme) => {
    await Promise.all(all.map((id) => createUser(acme, id)));
    await createGroup(acme, inner, all.slice(-1));
    await createGroup(acme, outer, [inner]);
  };

/** A team that others have begun to change, or have changed, who then died. */
export const behind =
  (when: 'before' | 'after'): World =>
  async (acme, table) => {
    await teamOf(some(0, 5))(acme, table);
    const act = () => patch(acme, group, team, [removing(some(0, 3)), adding(some(5, 8))]);
    await dying(table, dieWhen(commits, when), act);
    const items = await endLeases(table);
    if (!items.some(({ mark }) => mark !== undefined)) throw new Error('it did not die where it was to');
  };

/** A large change of the team, or its creation. */
export interface LargeChange {
  readonly name: string;
  readonly world: World;
  readonly limits?: GroupLimits;
  /** Who is no member before and is one after it, the other way round, and one who is a member all the time. */
  readonly joins: readonly string[];
  readonly leaves: readonly string[];
  readonly stays?: string;
  /** Whether what it is about is removed behind it. */
  readonly isRemoved?: boolean;
  /** Whether it is enough that it dies before each of its requests: that others like it die after each tells the rest. */
  readonly diesBefore?: boolean;
  readonly act: (directory: Directory, id: string) => Promise<unknown>;
}

export const patching = (one: Omit<LargeChange, 'act'>): LargeChange => ({
  ...one,
  act: (acme) =>
    patch(acme, group, team, [
      ...(one.leaves.length > 0 ? [removing(one.leaves)] : []),
      ...(one.joins.length > 0 ? [adding(one.joins)] : []),
    ]),
});

export const posting = (one: Omit<LargeChange, 'act' | 'leaves'>): LargeChange => ({
  ...one,
  leaves: [],
  act: (acme, id) => createGroup(acme, id, one.joins, { displayName: 'Large' }),
});

/** Those that there are. */
export const given = (...ids: (string | undefined)[]) => ids.filter((id) => id !== undefined);

/** Changes of those whom a request was about, and of others; and removals of what it was about. */
export function sequelsOf({ joins, leaves, stays, isRemoved = false }: LargeChange): Sequel[] {
  const even = (ids: readonly string[]) => ids.filter((_, i) => i % 2 === 0);
  const odd = (ids: readonly string[]) => ids.filter((_, i) => i % 2 === 1);
  const removals = [
    ...given(joins[0], leaves.at(-1)).map((id) => removal(user, id)),
    ...[team, outer, inner].map((id) => removal(group, id)),
  ];
  return [
    changeOf('small', team, given(joins[0], leaves[0]), given(joins[1], leaves[1], stays)),
    changeOf('large', team, [...even(joins), ...even(leaves), ...fresh], given(...odd(joins), ...odd(leaves), stays)),
    ...(isRemoved ? removals : []),
  ];
}

/** The client's repeat: of a POST, it makes another group. */
export function repeating({ act }: LargeChange, before: Links, after: Links): Sequel {
  const created = after.links.filter((link) => link.startsWith(`${team} > `)).map((link) => link.replace(team, again));
  return {
    name: 'repeated',
    act: (acme) => act(acme, again),
    becomes: ({ ids, links }) =>
      before.ids.includes(team) ? after : { ids: [...ids, again].sort(), links: [...links, ...created].sort() },
  };
}
