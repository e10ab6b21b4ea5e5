import type { Scope } from '../directory/store.ts';
import { uniqueness } from '../scim/errors.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { type GroupChange, movesOf } from './change-at-once.ts';
import { commit } from './commit.ts';
import { groupUpdate } from './group-update.ts';
import { newStamp } from './items.ts';
import { acquire, type Held, release, spread } from './lease.ts';
import { attempt } from './leftovers.ts';
import { memberChanges } from './member-writes.ts';
import { claims, releases } from './moves.ts';
import { requireMembers } from './require-members.ts';
import { type Staged, stage } from './stage.ts';
import type { Table } from './table.ts';
import { forget, tidy, tidyGroup } from './tidy.ts';

/** What is left of the time of a request to give up what could not be finished. */
const TIME_TO_GIVE_UP_MS = 1_000;

/** A scope that ends when there is still time to give up. */
export const hurried = (scope: Scope): Scope => ({ ...scope, deadline: scope.deadline - TIME_TO_GIVE_UP_MS });

/**
 * A change of more members than find place in a transaction: they are marked one by one while nobody else may change any, and all
 * marks count with one write of the group. 'outdated', and nothing has happened, if others have changed meanwhile what it is about.
 */
export async function changeAtLarge(
  table: Table,
  scope: Scope,
  type: ResourceType,
  change: GroupChange,
): Promise<StoredResource | 'outdated'> {
  // What is refused is to be refused before anybody has to wait.
  const additions = await requireMembers(table, scope, change.additions);
  const { isExact, before, after } = change;
  const isSpreading = spreads(change);
  // Who has joined since the group was read has a row where they were: nobody may have.
  const held = await acquire(table, scope, type, before.stored, { isExact: isExact || isSpreading, fan: after.fan });
  if (!held) {
    if (isSpreading) await spread(table, scope, type, before.stored);
    return 'outdated';
  }
  const making = stageAndCommit(table, hurried(scope), type, { ...change, additions }, held);
  const outcome = await making.catch(async (error: unknown) => {
    await giveUp(table, scope, held);
    throw error;
  });
  if (!outcome) {
    await giveUp(table, scope, held);
    return 'outdated';
  }
  const { committed, staged } = outcome;
  await tidyUp(table, scope, committed, staged);
  return committed;
}

/** Whether its rows are elsewhere than those that were read. */
const spreads = ({ before, after }: GroupChange): boolean => after.fan !== (before.stored.fan ?? 1);

const giveUp = (table: Table, scope: Scope, held: StoredResource) =>
  attempt(scope, 'the lease of a change of members', () => release(table, scope, held));

/** `undefined` if nothing was committed, since others have changed the group, or taken it over. */
async function stageAndCommit(table: Table, scope: Scope, type: ResourceType, change: GroupChange, held: Held) {
  const { before, after } = change;
  const name = held.changing.id;
  // A member has one mark that counts, or who could tell which of two does?
  if (held.applied) await tidyGroup(table, scope, held);
  const { applied: _, ...group } = held;
  const staged = await stage(table, scope, group, memberChanges(before, change, { isSpreading: spreads(change) }), name);
  const stamp = newStamp(scope);
  const moves = movesOf(scope, type, change);
  const lease = { condition: 'changing.id = :mine', values: { ':mine': name }, remove: ' REMOVE changing' };
  const more = staged.more;
  const asHeld = { stored: { ...before.stored, fan: held.fan } };
  const update = groupUpdate(scope, type, { ...change, before: asHeld, more, lease, applied: staged.names }, stamp);
  const writes = [update, ...claims(scope.directory, after.id, moves)];
  const failed = await commit(scope, table, writes, releases(scope.directory, after.id, moves), stamp);
  if (failed.length === 0) return { committed: { ...after, size: (before.stored.size ?? 0) + more, applied: staged.names }, staged };

  await tidy(table, scope, group, staged.marked, new Set()).catch(() => undefined);
  const taken = failed.includes(0) ? undefined : moves.added[(failed[0] ?? 0) - 1];
  if (taken) throw uniqueness(taken.attribute);
  return undefined;
}

/** What is left of the time of a request, when a change has been made, to read what it is answered with. */
const TIME_TO_READ_MS = 3_000;

/** Tidies up behind a change that is committed, for as long as its request lasts: what is left then counts all the same. */
export async function tidyUp(table: Table, scope: Scope, { id, fan = 1 }: StoredResource, { names, marked }: Staged): Promise<void> {
  const within = { ...scope, deadline: scope.deadline - TIME_TO_READ_MS };
  await attempt(scope, 'marks of a change of members', async () => {
    await tidy(table, within, { id, fan }, marked, new Set(names));
    await forget(table, within, id, names);
  });
}
