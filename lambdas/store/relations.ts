import pMap from 'p-map';
import type { Member } from '../directory/store.ts';
import { type Asked, askedValues } from '../scim/filter/asked.ts';
import type { Filter } from '../scim/filter/parse.ts';
import { isId } from '../scim/ids.ts';
import type { Related, Relations, StoredResource } from '../scim/resource.ts';
import { resourceTypeNamed } from '../scim/schemas/registry.ts';
import { getItems, SMALL_BATCHES } from './batch-get.ts';
import { effectiveGroups, type GroupStates, groupIdsOf, readStates } from './groups-of.ts';
import type { MembershipItem } from './items.ts';
import { GROUP, membershipKeys, textOf } from './keys.ts';
import type { Search } from './lookup.ts';
import { membershipOf } from './marks.ts';
import { readRows } from './members.ts';
import { getResources, READINGS } from './read.ts';

/*
 * A group does not hold its members, and what a user holds of its groups may be out of date. A filter that looks at them is
 * shown what it asks for, read beside the resources that are held against it.
 */

/** What a search is told of the relations of resources. */
export interface Relating {
  /** What some resources are related to, in their order. */
  relate(resources: readonly StoredResource[]): Promise<readonly Relations[]>;
  /** Whether all that was told is so at once: no group has changed meanwhile that the filter names. */
  isWhole(): Promise<boolean>;
}

/** What some resources have of one relation, by their ids; what is missing has nothing. */
type RelatedTo = (resources: readonly StoredResource[]) => Promise<ReadonlyMap<string, readonly Related[]>>;

/** Reads what a filter asks of the members of resources, and of the groups that they are members of, within a search's budget. */
export function relating(search: Search, filter: Filter): Relating {
  const { type } = search;
  const asked = (name: string | undefined): Asked => (name === undefined ? new Set() : askedValues(filter, type, name));
  const membersOf = relatingMembers(search, asked(type.members));
  const { groupsOf, isWhole } = relatingGroups(search, asked(type.memberOf));
  return {
    async relate(resources) {
      const [members, groups] = await Promise.all([membersOf(resources), groupsOf(resources)]);
      return resources.map(({ id }) => ({ members: members.get(id) ?? [], groups: groups.get(id) ?? [] }));
    },
    isWhole,
  };
}

const isNothing = (asked: Asked): asked is ReadonlySet<never> => asked !== 'all' && asked.size === 0;
const NOTHING: RelatedTo = async () => new Map();

/** Groups without members have none that are to be read. */
function relatingMembers(search: Search, asked: Asked): RelatedTo {
  if (isNothing(asked)) return NOTHING;
  const membersOf = asked === 'all' ? allMembers : someMembers([...asked].map(String).filter(isId));
  const { table, scope, type } = search;
  return async (resources) => {
    let groups = resources.filter(({ size = 0 }) => size > 0);
    for (let reading = 1; ; reading++) {
      const found = await membersOf(search, groups);
      // Of each group, what is read of one member is so at once.
      if (reading === READINGS || groups.length === 0 || (asked !== 'all' && asked.size === 1)) return found;
      const ids = groups.map(({ id }) => id);
      const now = await readStates(table, scope, ids);
      if (groups.every(({ id, version }) => now.get(id)?.version === version)) return found;
      groups = await getResources(table, scope, type, ids);
    }
  };
}

const relatedMember = ({ id, type }: Member): Related => ({ id, type: resourceTypeNamed(type) });

/** How many groups of one batch have their members read at once; a search reads several batches at once. */
const GROUPS = 4;

async function allMembers({ table, scope, budget }: Search, groups: readonly StoredResource[]) {
  budget.related(groups.reduce((sum, { size = 0 }) => sum + size, 0));
  const read = async (group: StoredResource) => {
    const { members } = await readRows(table, scope, group);
    // Some may have joined since the group was read.
    budget.related(Math.max(0, members.length - (group.size ?? 0)));
    return [group.id, members.map(relatedMember)] as const;
  };
  return new Map(await pMap(groups, read, { concurrency: GROUPS }));
}

const someMembers =
  (ids: readonly string[]) =>
  async ({ table, scope, budget }: Search, groups: readonly StoredResource[]) => {
    budget.related(groups.length * ids.length);
    const keysOf = ({ id, fan }: StoredResource, memberId: string) => membershipKeys(scope.directory, id, fan, memberId);
    const keys = groups.flatMap((group) => ids.flatMap((id) => keysOf(group, id)));
    const rows = await getItems<MembershipItem>(table, scope, keys, { concurrency: SMALL_BATCHES });
    const membersOf = (group: StoredResource) => {
      const found = ids.flatMap((id) => keysOf(group, id)).flatMap((key) => rows.get(textOf(key)) ?? []);
      return membershipOf(group, found).members.map(relatedMember);
    };
    return new Map(groups.map((group) => [group.id, membersOf(group)]));
  };

/** Of the groups that a resource is a member of, and those that there are, those that are asked for. */
interface RelatingGroups {
  readonly groupsOf: RelatedTo;
  readonly isWhole: Relating['isWhole'];
}

/** Groups that are gone are left out. Those that the filter names are looked for at once, before anything is known to name them. */
function relatingGroups(search: Search, asked: Asked): RelatingGroups {
  if (isNothing(asked)) return { groupsOf: NOTHING, isWhole: async () => true };
  const type = resourceTypeNamed(GROUP.name);
  const related = (ids: readonly string[]): Related[] => ids.map((id) => ({ id, type }));
  return asked === 'all' ? relatingAllGroups(search, related) : relatingNamedGroups(search, [...asked].map(String), related);
}

type ToRelated = (ids: readonly string[]) => Related[];

/** The groups are read before what may be their members, and again when all of those are: what is told is whole if they have not changed. */
function relatingNamedGroups({ table, scope, budget }: Search, ids: readonly string[], related: ToRelated): RelatingGroups {
  budget.related(ids.length);
  const read = () => readStates(table, scope, ids);
  const before = read();
  // Who waits for it hears of its failure; nobody may, where the search fails before that.
  before.catch(() => undefined);
  return {
    async groupsOf(resources) {
      const groups = await before;
      return new Map(resources.map((one) => [one.id, related(effectiveGroups(one, groups))]));
    },
    async isWhole() {
      const [was, is] = await Promise.all([before, read()]);
      return [...was].every(([id, { version }]) => is.get(id)?.version === version);
    },
  };
}

/** The groups are read that resources name. What is told of many resources may be so of one after the other. */
function relatingAllGroups(search: Search, related: ToRelated): RelatingGroups {
  const { table, scope, type, budget } = search;
  const readOnce = statesOnce(search);
  const readAgain = (ids: readonly string[]) => {
    budget.related(ids.length);
    return readStates(table, scope, ids);
  };
  return {
    async groupsOf(resources) {
      const groupIds = await groupIdsOf(table, scope, type, resources, readOnce, readAgain);
      return new Map(resources.map(({ id }, i) => [id, related(groupIds[i] ?? [])]));
    },
    isWhole: async () => true,
  };
}

/** Tells the states of those of some ids that are groups'. Each is looked for once, however many users have it. */
function statesOnce({ table, scope, budget }: Search): (ids: readonly string[]) => Promise<GroupStates> {
  const answers = new Map<string, Promise<GroupStates>>();
  const read = async (ids: readonly string[]) => {
    budget.related(ids.length);
    return readStates(table, scope, ids);
  };
  return async (ids) => {
    const wanted = new Set(ids.filter(isId));
    const unknown = [...wanted].filter((id) => !answers.has(id));
    const answer = read(unknown);
    for (const id of unknown) answers.set(id, answer);
    const there = await Promise.all(new Set([answer, ...[...wanted].flatMap((id) => answers.get(id) ?? [])]));
    return new Map(there.flatMap((some) => [...some]));
  };
}
