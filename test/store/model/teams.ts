import fc from 'fast-check';
import { group } from '../../../lambdas/scim/schemas/group.ts';
import type { ResourceType } from '../../../lambdas/scim/schemas/resource-type.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import type { GroupLimits } from '../../../lambdas/store/member-writes.ts';
import { fold } from './people.ts';

/*
 * The users and groups of the model: a graph, in which what a change moves is counted by hand.
 */

/** A user or a group of the model. */
export interface Node {
  readonly id: string;
  readonly type: 'User' | 'Group';
  readonly version: number;
  /** The `userName` or the `displayName`. */
  readonly name: string;
  readonly externalId?: string | undefined;
  /** Ids. A user has none. */
  readonly members: readonly string[];
  /** Those who have joined since it had more members than its rows are together for; `undefined` if it never had. */
  readonly spread?: readonly string[];
}

/** What is in some directories. An id may be somebody's in more than one of them. */
export interface Teams {
  readonly names: readonly string[];
  /** With more members than `unspread`, a group is spread: those who join with that, if they are not more than are changed `atOnce`, are not yet. */
  readonly limits: GroupLimits;
  readonly nodes: ReadonlyMap<string, Map<string, Node>>;
  /** Every id that there was, by directory. */
  readonly ever: ReadonlyMap<string, Set<string>>;
  /** By directory, those whose versions have still to move, since who changed their groups has died before that. */
  readonly behind: ReadonlyMap<string, Set<string>>;
}

export const startTeams = (names: readonly string[], limits: GroupLimits): Teams => ({
  names,
  limits,
  nodes: new Map(names.map((name) => [name, new Map()])),
  ever: new Map(names.map((name) => [name, new Set()])),
  behind: new Map(names.map((name) => [name, new Set()])),
});

export const isBehind = ({ behind }: Teams, directory: string, id: string): boolean => behind.get(directory)?.has(id) ?? false;

export const typeOf = ({ type }: Pick<Node, 'type'>): ResourceType => (type === 'User' ? user : group);

const byId = (a: Node, b: Node) => (a.id < b.id ? -1 : 1);

/** In the order of ids. */
export const nodesIn = ({ nodes }: Teams, directory: string): Node[] => [...(nodes.get(directory)?.values() ?? [])].sort(byId);
export const nodeIn = ({ nodes }: Teams, directory: string, id: string): Node | undefined => nodes.get(directory)?.get(id);

/** The groups that somebody is a member of, in the order of ids. */
export const groupsOf = (teams: Teams, directory: string, id: string): Node[] =>
  nodesIn(teams, directory).filter(({ members }) => members.includes(id));

export const isTaken = (teams: Teams, directory: string, userName: string, by?: string): boolean =>
  nodesIn(teams, directory).some(({ id, type, name }) => type === 'User' && id !== by && fold(name) === fold(userName));

function put({ nodes, ever }: Teams, directory: string, node: Node): void {
  ever.get(directory)?.add(node.id);
  nodes.get(directory)?.set(node.id, node);
}

/** The version of whoever joins or leaves a group moves with that, as the groups are shown with it. */
function moveVersions(teams: Teams, directory: string, ids: readonly string[]): void {
  for (const id of ids) {
    const node = nodeIn(teams, directory, id);
    if (node) put(teams, directory, { ...node, version: node.version + 1 });
  }
}

const difference = (some: readonly string[], others: readonly string[]) => some.filter((id) => !others.includes(id));

/** Whether what is not a member yet can become one. */
export const canHave = (teams: Teams, directory: string, group: Pick<Node, 'id' | 'members'>, members: readonly string[]): boolean =>
  difference(members, group.members).every((id) => id !== group.id && nodeIn(teams, directory, id) !== undefined);

export function create(teams: Teams, directory: string, node: Omit<Node, 'version'>): void {
  const isSpread = node.members.length > teams.limits.unspread;
  put(teams, directory, { ...node, version: 1, ...(isSpread && { spread: node.members }) });
  moveVersions(teams, directory, node.members);
}

/** Changes somebody; what changes nothing moves nothing. */
export function change(
  teams: Teams,
  directory: string,
  before: Node,
  changes: Partial<Pick<Node, 'name' | 'externalId' | 'members'>>,
): void {
  const after = { ...before, ...changes };
  const joined = difference(after.members, before.members);
  const moved = [...joined, ...difference(before.members, after.members)];
  if (after.name === before.name && after.externalId === before.externalId && moved.length === 0) return;
  const { atOnce, unspread } = teams.limits;
  const isSpread = before.spread !== undefined || after.members.length > unspread;
  const apart = before.spread === undefined && moved.length <= atOnce ? [] : joined;
  const spread = [...(before.spread ?? []), ...apart].filter((id) => after.members.includes(id));
  put(teams, directory, { ...after, version: before.version + 1, ...(isSpread && { spread }) });
  moveVersions(teams, directory, moved);
}

/** Its groups lose it, and its members are in it no more. */
export function remove(teams: Teams, directory: string, { id, members }: Node): void {
  for (const one of groupsOf(teams, directory, id)) {
    const [left, spread] = [one.members, one.spread].map((some) => some?.filter((member) => member !== id));
    put(teams, directory, { ...one, version: one.version + 1, members: left ?? [], ...(spread && { spread }) });
  }
  teams.nodes.get(directory)?.delete(id);
  moveVersions(teams, directory, members);
}

/** Few, so that the same ones come up in both directories. */
export const ids = fc
  .tuple(fc.constantFrom('00', '0f', '80'), fc.nat({ max: 15 }))
  .map(([prefix, n]) => `${prefix}${String(n).padStart(6, '0')}-0000-4000-8000-000000000000`);

const NOBODY = 'ffffffff-ffff-4fff-bfff-ffffffffffff';

/** Chooses somebody of those that there are when it comes to that; `self` is the group that is about to have them as a member. */
export type Choice = (teams: Teams, directory: string, self?: string) => string;

const at = (all: readonly string[], n: number) => all[n % all.length] ?? NOBODY;
const there =
  (n: number): Choice =>
  (teams, directory) =>
    at(
      nodesIn(teams, directory).map(({ id }) => id),
      n,
    );
const everywhere =
  (n: number): Choice =>
  ({ ever }) =>
    at(
      [...ever.values()].flatMap((some) => [...some]),
      n,
    );
const ofType =
  (type: Node['type'], n: number): Choice =>
  (teams, directory) =>
    at(
      nodesIn(teams, directory).flatMap((node) => (node.type === type ? [node.id] : [])),
      n,
    );

const place = fc.nat({ max: 30 });
/** Somebody of a type, or seldom whoever was there once, or is in the other directory. */
export const someOf = (type: Node['type']): fc.Arbitrary<Choice> =>
  fc.oneof({ weight: 9, arbitrary: place.map((n) => ofType(type, n)) }, { weight: 1, arbitrary: place.map(everywhere) });

const member: fc.Arbitrary<Choice> = fc.oneof(
  { weight: 30, arbitrary: place.map(there) },
  { weight: 1, arbitrary: place.map(everywhere) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Choice>(
      (_teams, _directory, self = NOBODY) => self,
      () => NOBODY,
      () => 'none',
    ),
  },
);
/** Of the users that there are so many, one after the other. */
const row = (count: number): fc.Arbitrary<Choice[]> =>
  place.map((from) => Array.from({ length: count }, (_, i) => ofType('User', from + i)));

/** Gives the members that somebody names: at least so many. */
export type Members = (minLength: number) => fc.Arbitrary<Choice[]>;

/** A few, of whom the same ones may be picked twice; or users, as many as one of the sizes. */
export const membersOf =
  (sizes: readonly number[]): Members =>
  (minLength) => {
    const few = fc.array(member, { minLength, maxLength: 5, size: 'max' });
    return sizes.length > 0 ? fc.oneof(few, fc.constantFrom(...sizes).chain(row)) : few;
  };
