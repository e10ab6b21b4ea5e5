import type { JsonObject } from '../../lambdas/scim/json.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { type Place, placeOf } from '../../lambdas/store/keys.ts';
import { expectedEntries } from './expected-entries.ts';
import { type Known, type Strictness, textOf } from './known-items.ts';
import { checkMembers, checkReservations, checkSizes, GROUP } from './membership-checker.ts';
import type { RawItem, TestTable } from './test-table.ts';

/*
 * Looks at a table as it lies there, and tells what is wrong with it. It shares with the store how a key tells what
 * its item is, and nothing else.
 */

/** What is wrong with what a table holds of some types, in sentences. */
export const checkTable = async (table: TestTable, types: readonly ResourceType[], strictness?: Strictness): Promise<string[]> =>
  checkItems(await table.items(), types, strictness);

/** The same of items that have been read already. */
export function checkItems(items: readonly RawItem[], types: readonly ResourceType[], strictness: Strictness = {}): string[] {
  const known = items.flatMap((item) => {
    const place = placeOf(item);
    const type = types.find(({ name }) => name === place?.type);
    return place && type ? [{ item, place, type }] : [];
  });
  const ofKind = <K extends Place['kind']>(kind: K) => known.filter(({ place }) => place.kind === kind) as unknown as Known<K>[];
  const isGroupKnown = types.some(({ name }) => name === GROUP);
  return [
    ...checkPlaces(ofKind('resource')),
    ...checkEntries(ofKind('resource'), ofKind('entry'), strictness),
    ...checkCounts(ofKind('resource'), ofKind('count')),
    ...(isGroupKnown ? checkMembers(ofKind('resource'), ofKind('membership'), types, strictness) : []),
    ...checkReservations(ofKind('reservation'), strictness),
    ...checkSizes(ofKind('resource'), ofKind('membership')),
    ...checkAssignments(ofKind('resource'), types),
  ].sort();
}

/** What ids are counted and kept together with: those that begin with as many hex digits, or all where they are given. */
const together = ({ givenIds }: ResourceType, id: string, digits: number): string => (givenIds ? '-' : id.slice(0, digits));

/** Every resource is where it is looked for. */
const checkPlaces = (resources: Known<'resource'>[]): string[] =>
  resources
    .filter(({ item, place: { directory, id }, type }) => item.pk !== `${directory}#${type.name}#${together(type, id, 1)}`)
    .map(({ item, type }) => `nobody looks for the ${type.name} at ${textOf(item)}`);

/** Every resource has its entries, and no other resource has them; entries that must be unique have their resource. */
function checkEntries(resources: Known<'resource'>[], entries: Known<'entry'>[], { afterRepair = false }: Strictness): string[] {
  const there = new Map(entries.map(({ item }) => [textOf(item), item]));
  const wanted = new Set<string>();
  const missing = resources.flatMap(({ item, place: { directory, id }, type }) =>
    expectedEntries(directory, type, id, item.body as JsonObject).flatMap((entry) => {
      const holder = there.get(textOf(entry))?.id;
      wanted.add(`${textOf(entry)} / ${id}`);
      if (holder === undefined) return [`${type.name} ${id} of ${directory} has no entry for ${entry.path}: ${textOf(entry)}`];
      return holder === id ? [] : [`the entry ${textOf(entry)} of ${type.name} ${id} is that of ${holder}`];
    }),
  );
  const astray = entries
    .filter(({ item }) => afterRepair || item.sk === '=')
    .filter(({ item }) => !wanted.has(`${textOf(item)} / ${item.id}`))
    .map(({ item }) => `the entry ${textOf(item)} leads to ${item.id}, which is gone or does not hold the value`);
  return [...missing, ...astray];
}

function checkCounts(resources: Known<'resource'>[], counts: Known<'count'>[]): string[] {
  const contents = new Map<string, number>();
  for (const { place, type } of resources) {
    const name = `${place.directory} / ${type.name}#${together(type, place.id, 2)}`;
    contents.set(name, (contents.get(name) ?? 0) + 1);
  }
  const said = new Map(counts.map(({ item, place, type }) => [`${place.directory} / ${type.name}#${place.prefix}`, Number(item.n)]));
  return [...new Set([...contents.keys(), ...said.keys()])].flatMap((name) => {
    const [is, says] = [contents.get(name) ?? 0, said.get(name) ?? 0];
    return is === says ? [] : [`the count ${name} says ${says}, and there are ${is}`];
  });
}

/** What is counted says how many have it, and nobody has what is gone. Where those who may have it were not asked for, nobody knows. */
function checkAssignments(resources: Known<'resource'>[], types: readonly ResourceType[]): string[] {
  const holders = new Map<string, Set<string>>();
  for (const { item, place, type } of resources)
    for (const { name, id } of countedOf(type, item.body as JsonObject)) {
      const held = `${name} ${id} of ${place.directory}`;
      holders.set(held, (holders.get(held) ?? new Set()).add(place.id));
    }
  const isHeld = ({ name }: ResourceType) => types.some(({ grants }) => grants.some((one) => one.types.some((type) => type.name === name)));
  const counted = resources.filter(({ type }) => type.counted && isHeld(type));
  const there = new Set(counted.map(({ place: { directory, id }, type }) => `${type.name} ${id} of ${directory}`));
  const wrong = counted.flatMap(({ item, place: { directory, id }, type }) => {
    const [is, says] = [holders.get(`${type.name} ${id} of ${directory}`)?.size ?? 0, Number(item.assigned ?? 0)];
    return is === says ? [] : [`${type.name} ${id} of ${directory} says that ${says} have it, and there are ${is}`];
  });
  const isKnown = (held: string) => types.some(({ name }) => held.startsWith(`${name} `));
  const gone = [...holders.keys()].filter((held) => isKnown(held) && !there.has(held)).map((held) => `${held} is granted, and is gone`);
  return [...wrong, ...gone];
}

/** What of the types that are counted a resource has: a value without a type is of the only one that there is, or of none. */
const countedOf = ({ grants }: ResourceType, body: JsonObject): { name: string; id: string }[] =>
  grants.flatMap(({ attribute, types, typed }) =>
    ((body[attribute] ?? []) as { value?: unknown; type?: unknown }[]).flatMap(({ value, type }) =>
      types
        .filter(({ counted, name }) => counted && (!typed || name.toLowerCase() === String(type).toLowerCase()))
        .map(({ name }) => ({ name, id: String(value) })),
    ),
  );
