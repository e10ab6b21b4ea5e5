import type { Member, Membership, Scope } from '../directory/store.ts';
import { unavailable } from '../scim/errors.ts';
import { hurried, tidyUp } from './change-at-large.ts';
import { newChange } from './lease.ts';
import { attempt } from './leftovers.ts';
import { memberChanges } from './member-writes.ts';
import { byId } from './read.ts';
import { endReservation, reserve, useUp } from './reservation.ts';
import type { Write } from './send.ts';
import { type Staged, stage } from './stage.ts';
import type { Staging } from './staged-change.ts';
import type { Table } from './table.ts';
import { tidy } from './tidy.ts';

type Create = (group: Staging, beside: readonly Write[], within: Scope) => Promise<'created' | 'outdated' | 'refused beside'>;

/**
 * Creates a group with more members than find place in a transaction: they are marked first, as those of a group that is not there yet
 * and that nobody sees, and all marks count when it is created. Until then its id is reserved, so that nobody takes the rows for those of a
 * group that is gone: who wants to sweep them ends the reservation first, without which the group cannot be created any more.
 */
export async function createAtLarge(
  table: Table,
  scope: Scope,
  group: Staging,
  members: readonly Member[],
  create: Create,
): Promise<Membership | 'outdated'> {
  await reserve(table, scope, group.id);
  const within = hurried(scope);
  const abandon = (staged?: Staged) =>
    attempt(scope, 'what was staged for a group that was not created', async () => {
      if (staged) await tidy(table, scope, group, staged.marked, new Set());
      await endReservation(table, scope, group.id);
    });
  const changes = memberChanges({}, { additions: members, removals: [] });
  const staged = await stage(table, within, group, changes, newChange()).catch(async (error: unknown) => {
    await abandon();
    throw error;
  });
  const marked = { ...group, applied: staged.names };
  const outcome = await create(marked, [useUp(scope, group.id)], within).catch(async (error: unknown) => {
    // What was refused has not happened. Of anything else nobody knows whether it has, or will.
    if (Object(error).status === 409) await abandon(staged);
    throw error;
  });
  if (outcome !== 'created') {
    await abandon(staged);
    if (outcome === 'outdated') return outcome;
    throw unavailable();
  }
  await tidyUp(table, scope, marked, staged);
  return { stored: marked, members: members.toSorted(byId) };
}
