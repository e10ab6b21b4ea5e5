import { getItems } from '../batch-get.ts';
import { isThere } from '../conditions.ts';
import { isNewer, type ResourceItem } from '../items.ts';
import { GROUP, resourceKey, textOf } from '../keys.ts';
import { endReservation, type Reservation, useUp } from '../reservation.ts';
import { transact } from '../send.ts';
import type { Table } from '../table.ts';
import type { GroupPlace } from './links.ts';
import { scopeOfStep } from './scan.ts';
import { type Located, ofKind } from './survey.ts';

/*
 * A group that is created with more members than find place in a transaction has its rows before it is there itself. As long as it is
 * reserved, they are not to be taken for those of a group that is gone: it is created with the transaction that ends its reservation.
 */

/** How long ago a creation must have ended, as our clock may be wrong. It keeps us from refusing one; it cannot make half a group. */
const MARGIN_MS = 3_600_000;

/** Whether nobody creates the group any more for which there is a reservation. */
export const isOver = (reservation: Reservation): boolean => !isNewer(reservation) && reservation.until + MARGIN_MS < Date.now();

/** Removes the reservation of a group that is there. */
async function remove(table: Table, { directory, groupId }: GroupPlace): Promise<boolean> {
  const scope = scopeOfStep(directory);
  const writes = [isThere(resourceKey(directory, GROUP, groupId)), useUp(scope, groupId)];
  return (await transact(scope, table, writes)).length === 0;
}

/** What became of some reservations: how many were removed, and the groups that somebody may be creating. */
export interface Released {
  readonly swept: number;
  readonly held: readonly GroupPlace[];
}

/**
 * Removes reservations of groups that nobody creates any more. One of a group that is there can only be a mistake, as both come to be and
 * end in one transaction; nobody needs it.
 */
export async function sweepReservations(table: Table, located: readonly Located[]): Promise<Released> {
  const reservations = ofKind(located, 'reservation').map(({ item, place }) => ({ item, place }));
  const keyOf = ({ directory, groupId }: GroupPlace) => resourceKey(directory, GROUP, groupId);
  const groups = await getItems<ResourceItem>(
    table,
    scopeOfStep(),
    reservations.map(({ place }) => keyOf(place)),
  );
  let swept = 0;
  const held: GroupPlace[] = [];
  for (const { item, place } of reservations) {
    const isCreated = groups.has(textOf(keyOf(place)));
    if (isCreated) swept += (await remove(table, place)) ? 1 : 0;
    else if (isOver(item as unknown as Reservation))
      swept += (await endReservation(table, scopeOfStep(place.directory), place.groupId)) ? 1 : 0;
    else held.push(place);
  }
  return { swept, held };
}
