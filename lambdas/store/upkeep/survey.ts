import type { ResourceType } from '../../scim/schemas/resource-type.ts';
import { typeIn } from '../../scim/schemas/type-in.ts';
import { isNewer } from '../items.ts';
import { type Place, placeOf } from '../keys.ts';
import type { Table } from '../table.ts';
import { type Item, type ScanOptions, scanTable } from './scan.ts';
import { settingsReader } from './settings.ts';

/** An item that is kept for resources, and the type of these as it is in their directory. */
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
  /**
   * Items that a newer version of the service has written, and those of directories whose settings this one cannot read, or which are
   * being changed.
   */
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
  const readSettings = settingsReader(table, options);
  const seen = { items: 0, unknown: 0, newer: 0 };
  await scanTable(table, options, async (items) => {
    seen.items += items.length;
    const located: Located[] = [];
    const placed = items.flatMap((item) => {
      const place = placeOf(item);
      return place ? [{ item, place }] : [];
    });
    const settingsOf = await readSettings(placed.map(({ place }) => place.directory));
    for (const { item, place } of placed) {
      const type = byName.get(place.type);
      const settings = settingsOf(place.directory);
      if (!type) seen.unknown++;
      else if (!settings || isNewer(item)) seen.newer++;
      else located.push({ item, place, type: typeIn(type, settings) });
    }
    await visit(located);
  });
  return seen;
}

/** Those of one kind. */
export const ofKind = <K extends Place['kind']>(located: readonly Located[], kind: K): Located<Extract<Place, { kind: K }>>[] =>
  located.filter((one): one is Located<Extract<Place, { kind: K }>> => one.place.kind === kind);
