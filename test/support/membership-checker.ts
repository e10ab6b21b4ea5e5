import { type Place, placeOf } from '../../lambdas/store/keys.ts';
import type { RawItem } from './test-table.ts';

/*
 * Looks at the members of groups as they lie in a table, each of them in three places: the group counts them, a row names them,
 * and their own items name the group. It tells in sentences what does not agree.
 */

const MEMBERS: readonly string[] = ['User', 'Group'];

type Known<K extends Place['kind']> = { readonly item: RawItem; readonly place: Extract<Place, { kind: K }> };
type Resource = Known<'resource'>;
type Row = Known<'membership'>;

const nameOf = (directory: string, id: string) => `${directory}/${id}`;

/** What is wrong with the members of the groups that a table holds. Nothing may be left of groups that are gone. */
export function checkMemberships(items: readonly RawItem[]): string[] {
  const known = items.flatMap((item) => {
    const place = placeOf(item);
    return place ? [{ item, place }] : [];
  });
  const resources = known.filter(({ place }) => place.kind === 'resource' && MEMBERS.includes(place.type)) as Resource[];
  const rows = known.filter(({ place }) => place.kind === 'membership') as Row[];
  const byName = new Map(resources.map((one) => [nameOf(one.place.directory, one.place.id), one]));
  return [
    ...rows.flatMap((row) => checkRow(row, byName)),
    ...resources.flatMap((member) => checkGroupIds(member, rows)),
    ...resources.filter(({ place }) => place.type === 'Group').flatMap((group) => checkSize(group, rows)),
  ].sort();
}

const groupIdsOf = ({ item }: Resource): string[] => [...((item.groupIds as Set<string> | undefined) ?? [])];

function checkRow({ item, place: { directory, groupId, id } }: Row, byName: ReadonlyMap<string, Resource>): string[] {
  const what = `the row of ${id} in ${groupId}`;
  const group = byName.get(nameOf(directory, groupId));
  const member = byName.get(nameOf(directory, id));
  return [
    ...(group?.place.type === 'Group' ? [] : [`${what} is that of a group which is gone`]),
    ...(member ? [] : [`${what} is that of a member which is gone`]),
    ...(member && member.place.type !== item.type ? [`${what} says ${item.type}, and the member is a ${member.place.type}`] : []),
    ...(member && !groupIdsOf(member).includes(groupId) ? [`${what} is there, and the member does not name the group`] : []),
  ];
}

function checkGroupIds(member: Resource, rows: readonly Row[]): string[] {
  const { directory, type, id } = member.place;
  const isIn = (groupId: string) => rows.some(({ place }) => place.directory === directory && place.groupId === groupId && place.id === id);
  const ids = groupIdsOf(member);
  return [
    ...(member.item.groupIds !== undefined && ids.length === 0 ? [`${type} ${id} has an empty set of groups`] : []),
    ...ids.filter((groupId) => !isIn(groupId)).map((groupId) => `${type} ${id} names ${groupId}, and has no row there`),
  ];
}

function checkSize({ item, place }: Resource, rows: readonly Row[]): string[] {
  const own = rows.filter(({ place: { directory, groupId } }) => directory === place.directory && groupId === place.id);
  const members = new Set(own.map(({ item: { sk } }) => sk));
  return [
    ...(members.size === own.length ? [] : [`a member of ${place.id} has two rows there`]),
    ...(item.size === own.length ? [] : [`${place.id} has ${own.length} rows, and its size is ${item.size}`]),
    ...(Number(item.keys) >= own.length ? [] : [`${place.id} has ${own.length} rows, and counts ${item.keys} that were ever put`]),
  ];
}
