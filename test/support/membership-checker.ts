import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { type Known, type Strictness, textOf } from './known-items.ts';
import type { RawItem } from './test-table.ts';

/*
 * Looks at the members of groups as they lie in a table. A row, and what a member has staged of a group, may bear the mark of a large
 * change: `<name>` says that somebody joins with it, `<name>-` that somebody leaves. It counts if that name is among those that are
 * applied to the group. All of this is said here once more, and not taken from the store.
 */

export const GROUP = 'Group';

type Resources = Known<'resource'>[];
type Rows = Known<'membership'>[];

/** What a mark makes of somebody: nothing if its change is not among those that are applied. */
function effectOf(mark: string, { applied = new Set() }: RawItem): 'joins' | 'leaves' | 'nothing' {
  const isLeaving = mark.endsWith('-');
  const name = isLeaving ? mark.slice(0, -1) : mark;
  if (!(applied as Set<string>).has(name)) return 'nothing';
  return isLeaving ? 'leaves' : 'joins';
}

/** Whether somebody is a member by a row. */
function isMember({ mark }: RawItem, group: RawItem): boolean {
  if (mark === undefined) return true;
  const effect = effectOf(String(mark), group);
  return effect === 'nothing' ? String(mark).endsWith('-') : effect === 'joins';
}

const setOf = (value: unknown): string[] => [...((value ?? new Set()) as Set<string>)];

/** What a member has staged: the ids of groups, and marks. */
const stagedBy = ({ staged }: RawItem) =>
  setOf(staged).map((entry) => {
    const [groupId = '', mark = ''] = entry.split('~');
    return { groupId, mark };
  });

/** The groups that a resource says it is a member of; of one that is gone, only if that is settled. */
function namedBy(item: RawItem, groupOf: (id: string) => RawItem | undefined): Set<string> {
  const named = new Set(setOf(item.groupIds));
  for (const { groupId, mark } of stagedBy(item)) {
    const group = groupOf(groupId);
    const effect = group ? effectOf(mark, group) : 'nothing';
    if (effect === 'joins') named.add(groupId);
    if (effect === 'leaves') named.delete(groupId);
  }
  return named;
}

/** A row of a group that is there has its member, which names the group; and only a member that has a row does so. */
export function checkMembers(resources: Resources, rows: Rows, types: readonly ResourceType[], strictness: Strictness): string[] {
  const { afterRepair = false } = strictness;
  const there = new Map(resources.map((one) => [`${one.place.directory} / ${one.place.id}`, one]));
  const groupAt = (directory: string) => (id: string) => {
    const found = there.get(`${directory} / ${id}`);
    return found?.type.name === GROUP ? found.item : undefined;
  };
  // Of a type that was not asked for nobody knows what there is.
  const judged = rows.filter(({ item }) => types.some(({ name }) => name === item.type));
  const ofRows = judged.flatMap(({ item, place: { directory, groupId, id } }) => {
    const group = groupAt(directory)(groupId);
    if (!group) return afterRepair ? [`the row ${textOf(item)} is of a group that is gone`] : [];
    if (!isMember(item, group)) return [];
    const member = there.get(`${directory} / ${id}`);
    if (!member) return [`visible dangling member: ${textOf(item)}`];
    const { name } = member.type;
    return [
      ...(item.type === name ? [] : [`the row ${textOf(item)} says ${item.type} of a ${name}`]),
      ...(namedBy(member.item, groupAt(directory)).has(groupId)
        ? []
        : [`${name} ${id} of ${directory} does not name the group of ${textOf(item)}`]),
    ];
  });
  return [...ofRows, ...checkNames(resources, rows, groupAt, strictness), ...(afterRepair ? checkMarks(resources, judged) : [])];
}

function checkNames(
  resources: Resources,
  rows: Rows,
  groupAt: (directory: string) => (id: string) => RawItem | undefined,
  { afterRepair = false }: Strictness,
): string[] {
  const counting = rows.filter(({ item, place: { directory, groupId } }) => {
    const group = groupAt(directory)(groupId);
    return group && isMember(item, group);
  });
  const withRow = new Set(counting.map(({ place: { directory, groupId, id } }) => `${directory} / ${groupId} / ${id}`));
  return resources.flatMap(({ item, place: { directory, id }, type }) =>
    [...namedBy(item, groupAt(directory))].flatMap((groupId) => {
      const named = `${type.name} ${id} of ${directory} names the group ${groupId}`;
      if (!groupAt(directory)(groupId)) return afterRepair ? [`${named}, which is gone`] : [];
      return withRow.has(`${directory} / ${groupId} / ${id}`) ? [] : [`${named}, and has no row there`];
    }),
  );
}

/** Of large changes nothing is left, but of one that is being made. */
const checkMarks = (resources: Resources, rows: Rows): string[] => [
  ...rows.filter(({ item }) => item.mark !== undefined).map(({ item }) => `the row ${textOf(item)} has the mark ${item.mark}`),
  ...resources.flatMap(({ item, place: { directory, id }, type }) => {
    const which = `${type.name} ${id} of ${directory}`;
    const { until } = (item.changing ?? {}) as { until?: number };
    return [
      ...setOf(item.staged).map((entry) => `${which} has staged ${entry}`),
      ...setOf(item.applied).map((name) => `${which} has the change ${name} applied`),
      ...(until !== undefined && until <= Date.now() ? [`${which} has a lease that has ended`] : []),
    ];
  }),
];

/** No group is reserved that is being created no more; nor one that is there. */
export const checkReservations = (reservations: Known<'reservation'>[], { afterRepair = false }: Strictness): string[] =>
  afterRepair ? reservations.map(({ item }) => `the reservation ${textOf(item)} is left`) : [];

export function checkSizes(resources: Resources, rows: Rows): string[] {
  const groups = resources.filter(({ type }) => type.name === GROUP);
  const contents = Map.groupBy(rows, ({ place: { directory, groupId } }) => `${directory} / ${groupId}`);
  return groups.flatMap(({ item, place: { directory, id } }) => {
    const own = (contents.get(`${directory} / ${id}`) ?? []).filter((row) => isMember(row.item, item));
    const [is, says] = [own.length, Number(item.size ?? 0)];
    const members = new Set(own.map(({ place }) => place.id));
    return [
      ...(is === says ? [] : [`the size of Group ${id} of ${directory} says ${says}, and there are ${is}`]),
      ...(is === members.size ? [] : [`a member of Group ${id} of ${directory} has two rows there`]),
    ];
  });
}
