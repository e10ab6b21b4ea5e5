import type { Related, Relations, StoredResource } from '../scim/resource.ts';
import { group } from '../scim/schemas/group.ts';
import { resourceTypeNamed } from '../scim/schemas/registry.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import type { Directory } from './directory.ts';
import type { Member, Membership, Named } from './store.ts';

/** A resource, and what is shown of others with it. */
export interface Shown {
  readonly stored: StoredResource;
  readonly relations: Relations;
}

/** How many members an answer may have altogether whose names are looked up. */
const MAX_NAMED = 100;
/** How many members an answer may have of which more than their ids is shown: it would not hold as many. */
const MAX_TYPED = 20_000;

/**
 * Reads what is shown of other resources with some of a type: the members of groups, the groups of users. `shows` tells whether an
 * attribute is wanted at all. Groups that are gone by now are left out; one whose members have changed is as it is with these.
 */
export async function withRelations(
  directory: Directory,
  type: ResourceType,
  resources: readonly StoredResource[],
  shows: (attribute: string) => boolean,
): Promise<Shown[]> {
  if (type.members !== undefined && shows(type.members))
    return withMembers(directory, await directory.store.getAllMembers(directory, type, resources));
  if (type.memberOf !== undefined && shows(type.memberOf)) return withGroups(directory, type, resources);
  return resources.map((stored) => ({ stored, relations: {} }));
}

/** Whether names of other resources may be shown with one, which change without it. */
export function showsNames(
  type: ResourceType,
  { groupIds = [], staged = [], size = 0 }: StoredResource,
  shows: (attribute: string) => boolean,
): boolean {
  if (type.members !== undefined && shows(type.members)) return size > 0 && size <= MAX_NAMED;
  return type.memberOf !== undefined && shows(type.memberOf) && groupIds.length + staged.length > 0;
}

async function withMembers(directory: Directory, read: readonly Membership[]): Promise<Shown[]> {
  const all = read.flatMap(({ members }) => members);
  return shown(read, all, await namesOf(directory, all));
}

/** A group that has just been created, with its members: where their names cannot be read, it is there all the same. */
export async function asCreated(directory: Directory, created: Membership): Promise<Shown[]> {
  const names = await namesOf(directory, created.members).catch(() => NO_NAMES);
  return shown([created], created.members, names);
}

function shown(read: readonly Membership[], all: readonly Member[], names: ReadonlyMap<string, string>): Shown[] {
  const toRelated = ({ id, type: name }: Member): Related =>
    all.length <= MAX_TYPED ? { id, type: resourceTypeNamed(name), display: names.get(id) } : { id };
  return read.map(({ stored, members }) => ({ stored, relations: { members: members.map(toRelated) } }));
}

const NO_NAMES: ReadonlyMap<string, string> = new Map();

async function namesOf(directory: Directory, members: readonly Member[]): Promise<ReadonlyMap<string, string>> {
  if (members.length > MAX_NAMED) return NO_NAMES;
  const byType = [...Map.groupBy(members, ({ type }) => resourceTypeNamed(type))];
  const names = byType.map(([type, some]) =>
    type ? directory.store.names(directory, type, [...new Set(some.map(({ id }) => id))]) : NO_NAMES,
  );
  return new Map((await Promise.all(names)).flatMap((some) => [...some]));
}

async function withGroups(directory: Directory, type: ResourceType, resources: readonly StoredResource[]): Promise<Shown[]> {
  const groups = await directory.store.groupsOf(directory, type, resources);
  const toRelated = ({ id, name: display }: Named): Related => ({ id, type: group, display });
  return resources.map((stored, i) => ({ stored, relations: { groups: (groups[i] ?? []).map(toRelated) } }));
}
