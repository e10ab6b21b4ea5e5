import type { Scope } from '../directory/store.ts';
import { isGone } from './conditions.ts';
import { FORMAT } from './items.ts';
import { GROUP, type Key, reservationKey, resourceKey } from './keys.ts';
import { untilOf } from './lease.ts';
import { transact, type Write } from './send.ts';
import type { Table } from './table.ts';

/*
 * A group that is created with many members has rows before it is there. As long as its id is reserved, nobody takes them for those of a group
 * that is gone; and without the reservation the group cannot be created any more. A reservation that has gone does not come again.
 */

/** The item by which the id of a group is reserved, until a time in milliseconds since 1970. */
export interface Reservation extends Key {
  readonly until: number;
  readonly format: number;
}

export async function reserve(table: Table, scope: Scope, groupId: string): Promise<void> {
  const Item: Reservation = { ...reservationKey(scope.directory, groupId), until: untilOf(scope), format: FORMAT };
  await transact(scope, table, [{ Put: { Item } }]);
}

export const isReserved = ({ until }: Reservation): boolean => until > Date.now();

/** Refused if it has been ended by somebody else. */
export const useUp = ({ directory }: Scope, groupId: string): Write => ({
  Delete: { Key: reservationKey(directory, groupId), ConditionExpression: 'attribute_exists(pk)' },
});

/** Ends a reservation, after which nobody can create the group. False, and nothing written, if it has been created, or that was done. */
export async function endReservation(table: Table, scope: Scope, groupId: string): Promise<boolean> {
  const writes = [isGone(resourceKey(scope.directory, GROUP, groupId)), useUp(scope, groupId)];
  return (await transact(scope, table, writes)).length === 0;
}
