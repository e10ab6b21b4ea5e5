import type { ResourceType } from '../../scim/schemas/resource-type.ts';
import { isNewer } from '../items.ts';
import { type Place, placeOf } from '../keys.ts';
import type { Table } from '../table.ts';
import { type Item, type ScanOptions, scanTable } from './scan.ts';

/** An item that is kept for resources, and the type of these. */
export interface Located<P extends Place = Place> {
  readonly item: Item;
  readonly place: P;
  readonly type: ResourceType;
}

/** How much of a table was looked at, and what of it is left alone. */
export interface Survey {
  readonly items: number;
  /** Items of resource types that were not named. */
  readonly unknown: number;
  /** Items that a newer version of the service has written. */
  readonly newer: number;
}

/** Goes through what a table holds of some resource types, page by page. */
export async function survey(
  table: Table,
  types: readonly ResourceType[],
  options: ScanOptions,
  visit: (located: Located[]) => Promise<void>,
): Promise<Survey> {
  const byName = new Map(types.map((type) => [type.name, type]));
  const seen = { items: 0, unknown: 0, newer: 0 };
  await scanTable(table, options, async (items) => {
    seen.items += items.length;
    const located: Located[] = [];
    for (const item of items) {
      const place = placeOf(item);
      const type = place && byName.get(place.type);
      if (place && !type) seen.unknown++;
      else if (place && isNewer(item)) seen.newer++;
      else if (place && type) located.push({ item, place, type });
    }
    await visit(located);
  });
  return seen;
}

/** Those of one kind. */
export const ofKind = <K extends Place['kind']>(located: readonly Located[], kind: K): Located<Extract<Place, { kind: K }>>[] =>
  located.filter((one): one is Located<Extract<Place, { kind: K }>> => one.place.kind === kind);
