import { invalidValue } from '../scim/errors.ts';
import { isObject, type JsonObject, type JsonValue, memberNamed } from '../scim/json.ts';
import type { Operation } from '../scim/patch/actions.ts';
import { changesBetween, patchByValue, type ValueChanges } from '../scim/patch/by-value.ts';
import { patch as applyPatch } from '../scim/patch/patch.ts';
import type { StoredResource } from '../scim/resource.ts';
import { type Attribute, attributeNamed } from '../scim/schemas/attribute.ts';
import { memberTypes } from '../scim/schemas/registry.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { type Validated, validate } from '../scim/validate.ts';
import { isAbsent, isBlank } from '../scim/values.ts';
import { type Directory, note, type Precondition } from './directory.ts';
import type { Member, MemberChanges, Membership } from './store.ts';
import { changed, untilCurrent } from './until-current.ts';

/*
 * Groups are kept without their members. What a request says of members is told apart from the rest of it, and becomes additions and
 * removals: however many members there are, a change costs what it names.
 */

/** A type of resources that have members. */
export interface GroupType extends ResourceType {
  readonly members: string;
}

export const hasMembers = (type: ResourceType): type is GroupType => type.members !== undefined;

const membersOf = (type: GroupType): Attribute => {
  const attribute = attributeNamed(type.attributes, type.members);
  if (!attribute) throw new Error(`${type.name} has no attribute ${type.members}`);
  return attribute;
};

/** A resource without its members, and these. */
export function apart(type: GroupType, resource: JsonObject): { body: JsonObject; members: Member[] } {
  const { [type.members]: values, ...body } = resource;
  return { body, members: Array.isArray(values) ? distinct(values.map((value) => toMember(type, value))) : [] };
}

const distinct = (members: readonly Member[]): Member[] => [...new Map(members.map((member) => [member.id, member])).values()];

/** What a client says of its type is a hint and may be wrong; most members are users. */
function toMember(type: GroupType, value: JsonValue): Member {
  const { value: id, type: said, $ref } = Object(value) as { value?: unknown; type?: unknown; $ref?: unknown };
  if (typeof id !== 'string') throw missingValue(type.members);
  const isMeant = ({ name, endpoint }: ResourceType) =>
    String(said).toLowerCase() === name.toLowerCase() || (typeof $ref === 'string' && $ref.includes(`${endpoint}/`));
  const { name } = memberTypes.find(isMeant) ?? (memberTypes[0] as ResourceType);
  return { id, type: name };
}

/**
 * Throws `invalidValue` for a member that names nobody. Elsewhere what holds nothing is taken for absent; here a PUT that names its
 * members by something else than their ids would empty the group.
 */
export function requireValues({ members }: GroupType, body: Record<string, unknown>): void {
  const given = memberNamed(body, members);
  for (const one of Array.isArray(given) ? given : [])
    if (isObject(one) && !isBlank(one) && isAbsent(memberNamed(one, 'value'))) throw missingValue(members);
}

const missingValue = (members: string) => invalidValue(`${members}.value: required, and must not be empty`);

/** Puts another group in the place of one: its attributes, and all of its members. */
export function replaceGroup(
  directory: Directory,
  type: GroupType,
  id: string,
  body: Record<string, unknown>,
  precondition?: Precondition,
): Promise<StoredResource> {
  requireValues(type, body);
  return change(directory, type, id, precondition, 'all', ({ stored, members }) => {
    const { resource, unknowns } = validate(type, body, { to: 'replace', current: stored.body });
    const wanted = apart(type, resource);
    const changes = difference(members, { replaces: true, additions: wanted.members, removals: [] });
    return { body: wanted.body, unknowns, changes, isExact: true };
  });
}

export function patchGroup(
  directory: Directory,
  type: GroupType,
  id: string,
  operations: readonly Operation[],
  precondition?: Precondition,
): Promise<StoredResource> {
  const { changes, added, apply } = patchByValue(type, operations, membersOf(type));
  const isWhole = changes === undefined || changes.replaces;
  const wanted = changes && toChanges(type, changes);
  const named = wanted ? [...wanted.additions.map(({ id }) => id), ...wanted.removals] : [];
  return change(directory, type, id, precondition, isWhole ? 'all' : named, ({ stored, members }) => {
    if (!wanted) {
      const plan = patchedWhole(type, stored.body, members, operations);
      requireKnownTypes(type, members, added);
      return plan;
    }
    const { resource: body, unknowns } = apply(stored.body);
    return { body, unknowns, changes: difference(members, wanted), isExact: isWhole };
  });
}

/** As `ValueChanges`, in members. */
interface WantedMembers {
  readonly replaces: boolean;
  readonly additions: readonly Member[];
  readonly removals: readonly string[];
}

const toChanges = (type: GroupType, { replaces, additions, removals }: ValueChanges): WantedMembers => ({
  replaces,
  additions: additions.map((value) => toMember(type, value)),
  removals: removals.map(String),
});

/** What has to be done where some of those that are named are members already, and others are not. */
function difference(members: readonly Member[], { replaces, additions, removals }: WantedMembers): MemberChanges {
  const there = new Set(members.map(({ id }) => id));
  const stay = new Set(additions.map(({ id }) => id));
  const go = new Set(removals);
  return {
    additions: additions.filter(({ id }) => !there.has(id)),
    removals: members.filter(({ id }) => (replaces ? !stay.has(id) : go.has(id))),
  };
}

/** Operations that look at more of members than their ids cannot be told what they do to one who joins with them: its type is not known. */
function requireKnownTypes({ members: name }: GroupType, members: readonly Member[], added: ReadonlySet<unknown>): void {
  const there = new Set<unknown>(members.map(({ id }) => id));
  const [stranger] = [...added].filter((id) => !there.has(id));
  if (stranger !== undefined)
    throw invalidValue(`${name}: ${stranger} cannot be added beside a filter on anything but value, expected two requests`);
}

/** Operations that only all members together can tell the outcome of. */
function patchedWhole(type: GroupType, body: JsonObject, members: readonly Member[], operations: readonly Operation[]): Plan {
  const there = members.map((member) => ({ value: member.id, type: member.type }));
  const { resource, unknowns } = applyPatch(type, there.length > 0 ? { ...body, [type.members]: there } : body, operations);
  const after = resource[type.members];
  const changes = changesBetween(membersOf(type), there, Array.isArray(after) ? after : []);
  return { body: apart(type, resource).body, unknowns, changes: difference(members, toChanges(type, changes)), isExact: true };
}

/** What a group is to become. */
interface Plan extends Pick<Validated, 'unknowns'> {
  readonly body: JsonObject;
  readonly changes: MemberChanges;
  /** Whether that is right for the version alone that was read. */
  readonly isExact: boolean;
}

/** Reads a group with some members, plans what becomes of it and writes that, as `untilCurrent` does. What changes nothing is not written. */
const change = (
  directory: Directory,
  type: GroupType,
  id: string,
  precondition: Precondition | undefined,
  members: readonly string[] | 'all',
  plan: (before: Membership) => Plan,
): Promise<StoredResource> => {
  const read = () => directory.store.getMembers(directory, type, id, members);
  return untilCurrent(directory, id, precondition, read, async (before, isConditional) => {
    const { body, unknowns, changes, isExact } = plan(before);
    note(directory, unknowns);
    const { stored } = before;
    const isOthers = changes.additions.length + changes.removals.length > 0;
    const after = changed(stored, body, { alsoOtherwise: isOthers });
    if (after === stored) return stored;
    if (isOthers) return directory.store.updateGroup(directory, type, before, after, changes, isExact || isConditional);
    return (await directory.store.update(directory, type, stored, after, isExact || isConditional)) ? after : 'outdated';
  });
};
