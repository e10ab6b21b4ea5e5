import { expect } from '@jest/globals';
import { type Directory, search } from '../../lambdas/directory/operations.ts';
import { withRelations } from '../../lambdas/directory/relations.ts';
import { parseFilter } from '../../lambdas/scim/filter/parse.ts';
import { represent } from '../../lambdas/scim/resource.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';

/*
 * What clients see of users and groups.
 */

/** What a client sees of a resource, but for times. */
export type Seen = Record<string, unknown> & { readonly id?: unknown; readonly version: number };

async function seenOf(directory: Directory, type: ResourceType): Promise<Seen[]> {
  const { totalResults, resources } = await search(directory, type, { startIndex: 1, count: 1_000 });
  expect(totalResults).toBe(resources.length);
  const shown = await withRelations(directory, type, resources, () => true);
  return shown.map(({ stored, relations }) => {
    const { meta: _, ...resource } = represent(type, stored, relations);
    return { ...resource, version: stored.version, ...(stored.size !== undefined && { size: stored.size }) };
  });
}

/** All users and all groups of a directory. */
export const seenIn = async (open: (name: string) => Directory, name: string): Promise<Seen[]> =>
  (await Promise.all([user, group].map((type) => seenOf(open(name), type)))).flat();

/** Without the versions of all but one, if any is to keep its own. */
export const withoutVersions = (seen: readonly Seen[], but?: string) =>
  seen.map(({ version, ...rest }) => ({ ...rest, ...(rest.id === but && { version }) }));

const valuesOf = (references: unknown): string[] => ((references ?? []) as { value: string }[]).map(({ value }) => value);

/** Who is there, and who is a member of what: once as groups say, and once as users do. */
export interface Links {
  readonly ids: readonly string[];
  /** `group > member`. */
  readonly links: readonly string[];
}

export const linkOf = (groupId: string, member: string): string => `${groupId} > ${member}`;

/** What was seen has to say the same on both sides, and every group how many members it has. */
export function linksIn(seen: readonly Seen[]): Links {
  const ids = seen.map(({ id }) => String(id));
  const isGroup = ({ size }: Seen) => size !== undefined;
  const byGroups = seen.flatMap(({ id, members }) => valuesOf(members).map((one) => linkOf(String(id), one)));
  const byUsers = seen.flatMap(({ id, groups }) => valuesOf(groups).map((one) => linkOf(one, String(id))));
  const groups = new Set(seen.filter(isGroup).map(({ id }) => String(id)));
  expect(byUsers.sort()).toEqual(byGroups.filter((link) => !groups.has(link.split(' > ')[1] ?? '')).sort());
  const counted = seen.filter(isGroup).map(({ id, members }) => ({ id, size: valuesOf(members).length }));
  expect(seen.filter(isGroup).map(({ id, size }) => ({ id, size }))).toEqual(counted);
  return { ids: ids.sort(), links: byGroups.sort() };
}

/** Searches for members and for groups find what is seen, on every way that leads there; `of` are the ids that are asked for. */
export async function expectFound(open: () => Directory, seen: readonly Seen[], of: readonly string[]): Promise<void> {
  const { links } = linksIn(seen);
  const groupIds = seen.filter(({ size }) => size !== undefined).map(({ id }) => String(id));
  const ofMember = (id: string) => links.filter((link) => link.endsWith(` > ${id}`)).map((link) => link.split(' > ')[0]);
  const ofGroup = (id: string) => valuesOf(seen.find((one) => one.id === id)?.members).filter((one) => !groupIds.includes(one));
  const filters = [
    ...of.flatMap((id) => [
      { type: group, filter: `members.value eq "${id}"`, ids: ofMember(id) },
      { type: group, filter: `not (members.value eq "${id}")`, ids: groupIds.filter((one) => !ofMember(id).includes(one)) },
      { type: user, filter: `groups.value eq "${id}"`, ids: ofGroup(id) },
    ]),
    { type: group, filter: 'members[type eq "User"]', ids: groupIds.filter((id) => ofGroup(id).length > 0) },
    { type: user, filter: 'groups pr', ids: groupIds.flatMap(ofGroup) },
  ];
  const found = filters.map(async ({ type, filter }) => {
    const { resources } = await search(open(), type, { startIndex: 1, count: 1_000 }, { filter: parseFilter(filter) });
    return { filter, ids: resources.map(({ id }) => id) };
  });
  expect(await Promise.all(found)).toEqual(filters.map(({ filter, ids }) => ({ filter, ids: [...new Set(ids)].sort() })));
}
