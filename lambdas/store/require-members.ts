import type { Member, Scope } from '../directory/store.ts';
import { invalidValue, tooMany } from '../scim/errors.ts';
import { isId } from '../scim/ids.ts';
import { memberTypes } from '../scim/schemas/registry.ts';
import { getItems } from './batch-get.ts';
import type { ResourceItem } from './items.ts';
import { resourceKey, textOf } from './keys.ts';
import { MAX_GROUPS } from './member-writes.ts';
import type { Table } from './table.ts';

/** A resource that may be a member, and how many groups it says that it is a member of. */
interface Found extends Member {
  readonly groups: number;
}

/** How many batches are read at once: of each item, what it says of groups alone. */
const BATCHES = 8;

/** Of so many members or more, those are looked for first as what they are said to be: most are. */
const MANY = 100;

/** Finds out of which type each of some resources is that may be members of groups; those that are not there are left out. */
export async function typesOf(table: Table, scope: Scope, members: readonly Member[]): Promise<Map<string, Found>> {
  const conceivable = members.filter(({ id }) => isId(id));
  if (conceivable.length < MANY) return findAs(table, scope, conceivable, () => memberTypes.map(({ name }) => name));
  const found = await findAs(table, scope, conceivable, ({ type }) => [type]);
  const left = conceivable.filter(({ id }) => !found.has(id));
  const others = await findAs(table, scope, left, ({ type }) => memberTypes.map(({ name }) => name).filter((name) => name !== type));
  return new Map([...found, ...others]);
}

async function findAs(
  table: Table,
  scope: Scope,
  members: readonly Member[],
  typesFor: (member: Member) => readonly string[],
): Promise<Map<string, Found>> {
  const places = members.flatMap((member) =>
    typesFor(member).map((type) => ({ id: member.id, type, key: resourceKey(scope.directory, { name: type }, member.id) })),
  );
  const items = await getItems<ResourceItem>(
    table,
    scope,
    places.map(({ key }) => key),
    { attributes: [['groupIds']], concurrency: BATCHES },
  );
  return new Map(
    places.flatMap(({ id, type, key }) => {
      const item = items.get(textOf(key));
      return item ? [[id, { id, type, groups: item.groupIds?.size ?? 0 }] as const] : [];
    }),
  );
}

/**
 * Gives some resources that are to become members, each with the type that it has. Throws `invalidValue` for those that there are
 * not, and `tooMany` for those that are in too many groups.
 */
export async function requireMembers(table: Table, scope: Scope, members: readonly Member[]): Promise<Member[]> {
  const found = await typesOf(table, scope, members);
  requireKnown(members.filter(({ id }) => !found.has(id)));
  const full = members.find(({ id }) => (found.get(id)?.groups ?? 0) >= MAX_GROUPS);
  if (full) throw tooMany(`members.value: ${full.id} is a member of ${MAX_GROUPS} groups, which is the most`);
  return members.map((member) => ({ ...member, type: found.get(member.id)?.type ?? member.type }));
}

/** Refuses, before anything is read, what can be no member of a group: an id that is none, and the group itself. */
export function requireConceivable(groupId: string, members: readonly Member[]): void {
  if (members.some(({ id }) => id === groupId))
    throw invalidValue(`members.value: ${groupId} is the group itself, which cannot be its own member`);
  requireKnown(members.filter(({ id }) => !isId(id)));
}

const MAX_NAMED = 10;

function requireKnown(unknown: readonly Member[]): void {
  if (unknown.length === 0) return;
  const named = unknown.slice(0, MAX_NAMED).map(({ id }) => id.slice(0, 100));
  const more = unknown.length > named.length ? ` and ${unknown.length - named.length} more` : '';
  throw invalidValue(`members.value: expected ids of users or groups that there are, got ${named.join(', ')}${more}`);
}
