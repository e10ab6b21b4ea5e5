import pMap from 'p-map';
import type { Member } from '../directory/store.ts';
import { type Asked, askedValues } from '../scim/filter/asked.ts';
import type { Filter } from '../scim/filter/parse.ts';
import { isId } from '../scim/ids.ts';
import type { Related, Relations, StoredResource } from '../scim/resource.ts';
import { resourceTypeNamed } from '../scim/schemas/registry.ts';
import { getItems } from './batch-get.ts';
import type { MembershipItem } from './items.ts';
import { GROUP, type Key, membershipKey, resourceKey, textOf } from './keys.ts';
import type { Search } from './lookup.ts';
import { readRows } from './members.ts';

/*
 * A group does not hold its members, and what a user holds of its groups may be out of date. A filter that looks at them is
 * shown what it asks for, read beside the resources that are held against it.
 */

/** Tells what some resources are related to, in their order. */
export type Relate = (resources: readonly StoredResource[]) => Promise<readonly Relations[]>;

/** What some resources have of one relation, by their ids; what is missing has nothing. */
type RelatedTo = (resources: readonly StoredResource[]) => Promise<ReadonlyMap<string, readonly Related[]>>;

/** Reads what a filter asks of the members of resources, and of the groups that they are members of, within a search's budget. */
export function relating(search: Search, filter: Filter): Relate {
  const { type } = search;
  const asked = (name: string | undefined): Asked => (name === undefined ? new Set() : askedValues(filter, type, name));
  const membersOf = relatingMembers(search, asked(type.members));
  const groupsOf = relatingGroups(search, asked(type.memberOf));
  return async (resources) => {
    const [members, groups] = await Promise.all([membersOf(resources), groupsOf(resources)]);
    return resources.map(({ id }) => ({ members: members.get(id) ?? [], groups: groups.get(id) ?? [] }));
  };
}

const isNothing = (asked: Asked): asked is ReadonlySet<never> => asked !== 'all' && asked.size === 0;
const NOTHING: RelatedTo = async () => new Map();

/** Groups without members have none that are to be read. */
function relatingMembers(search: Search, asked: Asked): RelatedTo {
  if (isNothing(asked)) return NOTHING;
  const membersOf = asked === 'all' ? allMembers : someMembers([...asked].map(String).filter(isId));
  return (resources) =>
    membersOf(
      search,
      resources.filter(({ size = 0 }) => size > 0),
    );
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

/** How many batches of keys are read at once: what they lead to is small. */
const SMALL_BATCHES = 16;

const someMembers =
  (ids: readonly string[]) =>
  async ({ table, scope, budget }: Search, groups: readonly StoredResource[]) => {
    budget.related(groups.length * ids.length);
    // A row that was there before a group became large is where it was.
    const keysOf = ({ id, fan = 1 }: StoredResource, memberId: string) =>
      [...new Set([1, fan])].map((one) => membershipKey(scope.directory, id, one, memberId));
    const keys = groups.flatMap((group) => ids.flatMap((id) => keysOf(group, id)));
    const rows = await getItems<MembershipItem>(table, scope, keys, { concurrency: SMALL_BATCHES });
    const memberOf = (group: StoredResource) => (id: string) => {
      const [row] = keysOf(group, id).flatMap((key) => rows.get(textOf(key)) ?? []);
      return row ? [relatedMember({ id, type: row.type })] : [];
    };
    return new Map(groups.map((group) => [group.id, ids.flatMap(memberOf(group))]));
  };

/** Groups that are gone are left out. Those that the filter names are looked for at once, before anything is known to name them. */
function relatingGroups(search: Search, asked: Asked): RelatedTo {
  if (isNothing(asked)) return NOTHING;
  const existing = existingGroups(search);
  const named = asked === 'all' ? undefined : existing([...asked].map(String));
  // Who waits for it hears of its failure; nobody may, where the search fails before that.
  named?.catch(() => undefined);
  const type = resourceTypeNamed(GROUP.name);
  return async (resources) => {
    const there = await (named ?? existing(resources.flatMap(({ groupIds = [] }) => groupIds)));
    return new Map(
      resources.map(({ id, groupIds = [] }) => [id, groupIds.filter((one) => there.has(one)).map((one) => ({ id: one, type }))]),
    );
  };
}

/** Tells which of some ids are groups'. Each is looked for once, however many users have it. */
function existingGroups({ table, scope, budget }: Search): (ids: readonly string[]) => Promise<ReadonlySet<string>> {
  const answers = new Map<string, Promise<ReadonlySet<string>>>();
  const read = async (ids: readonly string[]) => {
    budget.related(ids.length);
    const keys = ids.map((id) => resourceKey(scope.directory, GROUP, id));
    const groups = await getItems<Key>(table, scope, keys, { attributes: [], concurrency: SMALL_BATCHES });
    return new Set([...groups.values()].map(({ sk }) => sk));
  };
  return async (ids) => {
    const wanted = new Set(ids.filter(isId));
    const unknown = [...wanted].filter((id) => !answers.has(id));
    const answer = read(unknown);
    for (const id of unknown) answers.set(id, answer);
    const there = await Promise.all(new Set([answer, ...[...wanted].flatMap((id) => answers.get(id) ?? [])]));
    return new Set(there.flatMap((some) => [...some]));
  };
}
