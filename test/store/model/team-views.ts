import { expect } from '@jest/globals';
import fc from 'fast-check';
import { search } from '../../../lambdas/directory/operations.ts';
import { withRelations } from '../../../lambdas/directory/relations.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import { represent, type StoredResource } from '../../../lambdas/scim/resource.ts';
import type { Open } from './commands.ts';
import { fold } from './people.ts';
import * as model from './teams.ts';

/*
 * What clients see of the users and groups of the model, and how they look for them.
 */

type Teams = model.Teams;
type Node = model.Node;

export const userNames = fc.constantFrom('ada', 'Ada', 'grace', 'alan', 'edith', 'EDITH', 'donald', 'barbara', 'frances');
export const groupNames = fc.constantFrom('Staff', 'STAFF', 'Board', 'Crew');

/** What a client sees of somebody, from the model. */
export function expectedOf(teams: Teams, directory: string, { id, type, version, name, externalId, members }: Node) {
  const groups = model.groupsOf(teams, directory, id).map((one) => ({ value: one.id, type: 'direct', display: one.name }));
  const shown = members.toSorted().map((member) => {
    const { type: memberType, name: display } = model.nodeIn(teams, directory, member) as Node;
    return { value: member, type: memberType, display };
  });
  return {
    id,
    type,
    version: shownVersion(teams, directory, id, `W/"${version}"`),
    name,
    externalId,
    groups: type === 'User' ? groups : [],
    members: shown,
  };
}

/** Of one whose version has still to move, nobody knows whether it has. */
const shownVersion = (teams: Teams, directory: string, id: string, version: string) =>
  model.isBehind(teams, directory, id) ? undefined : version;

/** What a client sees of some resources. */
export async function seenOf(teams: Teams, open: Open, directory: string, type: Node['type'], resources: readonly StoredResource[]) {
  const shown = await withRelations(open(directory), model.typeOf({ type }), resources, () => true);
  return shown.map(({ stored, relations }) => {
    const { id, meta, userName, displayName, externalId, groups = [], members = [] } = represent(model.typeOf({ type }), stored, relations);
    const withoutAddresses = (values: unknown) => (values as Record<string, unknown>[]).map(({ $ref: _, ...value }) => value);
    expect(stored.size ?? 0).toBe((members as unknown[]).length);
    return {
      id,
      type,
      version: shownVersion(teams, directory, String(id), Object(meta).version),
      name: userName ?? displayName,
      externalId,
      groups: withoutAddresses(groups),
      members: withoutAddresses(members),
    };
  });
}

/** A filter, and what it finds. */
interface Found {
  readonly text: string;
  readonly holds: (node: Node) => boolean;
}
type Late = (teams: Teams, directory: string) => Found;

const named =
  (attribute: string, name: string): Late =>
  () => ({
    text: `${attribute} eq "${name}"`,
    holds: (node) => fold(node.name) === fold(name),
  });
const identified =
  (externalId: string): Late =>
  () => ({
    text: `externalId eq "${externalId}"`,
    holds: (node) => node.externalId === externalId,
  });
const groupFilters: fc.Arbitrary<Late> = fc.oneof(
  groupNames.map((name) => named('displayName', name)),
  fc.constantFrom('X1', 'x1').map(identified),
  fc.tuple(model.someOf('User'), groupNames).map(
    ([who, name]): Late =>
      (teams, directory) => {
        const id = who(teams, directory);
        const holds = (node: Node) => node.members.includes(id) && fold(node.name) === fold(name);
        return { text: `members.value eq "${id}" and displayName eq "${name}"`, holds };
      },
  ),
  fc.oneof(model.someOf('User'), model.someOf('Group')).map(
    (who): Late =>
      (teams, directory) => {
        const id = who(teams, directory);
        return { text: `members[value eq "${id}"]`, holds: ({ members }) => members.includes(id) };
      },
  ),
);
const userFilters: fc.Arbitrary<Late> = fc.oneof(
  userNames.map((name) => named('userName', name)),
  model.someOf('Group').map(
    (who): Late =>
      (teams, directory) => {
        const id = who(teams, directory);
        const team = model.nodeIn(teams, directory, id);
        return { text: `groups.value eq "${id}"`, holds: (node) => team?.members.includes(node.id) ?? false };
      },
  ),
);

interface Search {
  readonly type: Node['type'];
  readonly filter?: Late | undefined;
  readonly startIndex?: number;
  readonly count?: number;
}

/** The page is the one that the model has, as a client sees it. */
export async function expectPage(teams: Teams, open: Open, directory: string, { type, filter, startIndex = 1, count = 100 }: Search) {
  const { text, holds } = filter?.(teams, directory) ?? { text: undefined, holds: () => true };
  const criteria = { filter: text === undefined ? undefined : parseFilter(text) };
  const page = await search(open(directory), model.typeOf({ type }), { startIndex, count }, criteria);
  const matching = model.nodesIn(teams, directory).filter((node) => node.type === type && holds(node));
  const expected = matching.slice(startIndex - 1, startIndex - 1 + count).map((node) => expectedOf(teams, directory, node));
  const resources = await seenOf(teams, open, directory, type, page.resources);
  expect({ text, total: page.totalResults, resources }).toEqual({ text, total: matching.length, resources: expected });
}

const window = { startIndex: fc.integer({ min: 1, max: 6 }), count: fc.nat({ max: 8 }) };

export const searches: fc.Arbitrary<Search> = fc.oneof(
  fc.record({ type: fc.constant('Group' as const), filter: groupFilters }),
  fc.record({ type: fc.constant('User' as const), filter: userFilters }),
  fc.record({ type: fc.constantFrom('User' as const, 'Group' as const), ...window }),
);
