import { isId } from '../../scim/ids.ts';
import type { ResourceType } from '../../scim/schemas/resource-type.ts';
import { getItems } from '../batch-get.ts';
import { inBatches } from '../batches.ts';
import type { MembershipItem, ResourceItem } from '../items.ts';
import { GROUP, type Key, membershipKeys, reservationKey, resourceKey, SPREAD, textOf } from '../keys.ts';
import { namedGroups, partsOf } from '../marks.ts';
import type { Reservation } from '../reservation.ts';
import type { Table } from '../table.ts';
import { type Item, scopeOfStep } from './scan.ts';
import { type Located, ofKind } from './survey.ts';

/** Where a group is, or would be. */
export interface GroupPlace {
  readonly directory: string;
  readonly groupId: string;
}

/** One text for a group. */
export const nameOf = ({ directory, groupId }: GroupPlace): string => [directory, groupId].join('#');

/**
 * What says that a resource is a member of a group, or may become one: the row of the group that names it, or its own `groupIds` and
 * what it has staged.
 */
export interface Link extends GroupPlace {
  readonly id: string;
  /** The name of the member's resource type, as the row says it, or as it is. */
  readonly type: string;
  /** The row that says so, if it is one. */
  readonly row?: Key;
}

/** What there is at the ends of a link. */
export interface Ends {
  readonly link: Link;
  readonly group: ResourceItem | undefined;
  /** Of a group that is gone: what reserves it, if it is being created. */
  readonly reservation: Reservation | undefined;
  readonly row: MembershipItem | undefined;
  readonly member: ResourceItem | undefined;
  /** The name of the member's type: if it is not of the one that is said, but there, its own. */
  readonly type: string;
}

export const groupKey = ({ directory, groupId }: GroupPlace): Key => resourceKey(directory, GROUP, groupId);

/** The keys that the row of a member may have: where the rows are spread, an older one is not. */
export const rowKeys = ({ directory, groupId, id, row }: Link): readonly Key[] =>
  row ? [row] : membershipKeys(directory, groupId, SPREAD, id);

/** The key of the member's item, if it is of this type. */
export const memberKey = ({ directory, id, type }: Link, name = type): Key => resourceKey(directory, { name }, id);

/** Whether a resource says that it is a member of a group, but for what is staged. */
export const isListed = ({ link, member }: Ends): boolean => member?.groupIds?.has(link.groupId) ?? false;

/** What a resource has staged of a group. */
export const entriesOf = ({ link, member }: Ends): string[] =>
  [...(member?.staged ?? [])].filter((entry) => partsOf(entry).groupId === link.groupId);

/** Of most pages the links are those of one group: it and these are as many keys as are read at once. */
const LINKS_PER_BATCH = 99;

/** The links among some items, in batches. Where the type of a member was not named, nobody can judge them. */
export function linksOf(located: readonly Located[], types: readonly ResourceType[]): Link[][] {
  const names = new Set(types.map(({ name }) => name));
  const byRows = ofKind(located, 'membership').map(({ item, place: { directory, groupId, id } }) => ({
    directory,
    groupId,
    id,
    type: String(item.type),
    row: { pk: item.pk, sk: item.sk },
  }));
  const byMembers = ofKind(located, 'resource').flatMap(({ item, place: { directory, type, id } }) =>
    groupsNamedBy(item).map((groupId) => ({ directory, groupId, id, type })),
  );
  // What is no id can be nobody's key.
  const links = [...byRows, ...byMembers].filter(({ groupId, id, type }) => names.has(type) && isId(groupId) && isId(id));
  return inBatches<Link>(links, LINKS_PER_BATCH);
}

const groupsNamedBy = ({ groupIds, staged }: Item): string[] => namedGroups({ groupIds: idsIn(groupIds), staged: idsIn(staged) });
const idsIn = (value: unknown): string[] => (value instanceof Set ? [...value] : []);

/** Items by the texts of their keys. */
export type Known = ReadonlyMap<string, Key>;

/**
 * Reads what there is at the ends of some links, but for what is known. What is not where it is most likely is looked for where
 * else it may be: a row under its other key, a member among the other types.
 */
export async function readEnds(table: Table, links: readonly Link[], types: readonly ResourceType[], known: Known): Promise<Ends[]> {
  const found = new Map<string, Key>();
  const at = <T extends Key>(key: Key) => (found.get(textOf(key)) ?? known.get(textOf(key))) as T | undefined;
  const read = async (keys: readonly Key[]) => {
    const unknown = keys.filter((key) => !at(key));
    for (const [name, item] of await getItems(table, scopeOfStep(), unknown)) found.set(name, item);
  };
  await read(links.flatMap((link) => [groupKey(link), memberKey(link)]));
  await read(links.flatMap((link) => (at(groupKey(link)) ? [] : [reservationKey(link.directory, link.groupId)])));
  // Where the group is gone, nothing more has to be known of a member that names it.
  const judged = links.filter((link) => link.row || at(groupKey(link)));
  const rowsOf = (link: Link) => likeliestFirst(rowKeys(link), at(groupKey(link)));
  await read(judged.flatMap((link) => rowsOf(link).slice(0, 1)));
  await read(judged.flatMap((link) => (rowsOf(link).slice(0, 1).some(at) ? [] : rowsOf(link))));
  await read(judged.flatMap((link) => (at(memberKey(link)) ? [] : types.map(({ name }) => memberKey(link, name)))));
  return links.map((link) => {
    const type = [link.type, ...types.map(({ name }) => name)].find((name) => at(memberKey(link, name))) ?? link.type;
    return {
      link,
      group: at<ResourceItem>(groupKey(link)),
      reservation: at<Reservation>(reservationKey(link.directory, link.groupId)),
      row: rowKeys(link)
        .map(at<MembershipItem>)
        .find(Boolean),
      member: at<ResourceItem>(memberKey(link, type)),
      type,
    };
  });
}

const likeliestFirst = (rows: readonly Key[], group: ResourceItem | undefined): readonly Key[] =>
  (group?.fan ?? 1) > 1 ? rows.toReversed() : rows;
