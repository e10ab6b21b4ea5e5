import { expect } from '@jest/globals';
import fc from 'fast-check';
import { create, get, patch, remove, replace } from '../../../lambdas/directory/operations.ts';
import type { Operation } from '../../../lambdas/scim/patch/actions.ts';
import type { StoredResource } from '../../../lambdas/scim/resource.ts';
import { group, groupSchema } from '../../../lambdas/scim/schemas/group.ts';
import { user, userSchema } from '../../../lambdas/scim/schemas/user.ts';
import { givingId } from '../../support/test-table.ts';
import type { Open } from './commands.ts';
import { distinct, type Hint, hints, stepsOf, valuesOf } from './member-steps.ts';
import { expectedOf, expectPage, groupNames, searches, seenOf, userNames } from './team-views.ts';
import * as model from './teams.ts';

type Teams = model.Teams;
type Node = model.Node;
type Command = fc.AsyncCommand<Teams, Open>;

const command = (name: string, run: Command['run'], check: Command['check'] = () => true): Command => ({
  check,
  run,
  toString: () => name,
});

const notFound = { status: 404 };
const taken = { status: 409, scimType: 'uniqueness' };
const noMember = { status: 400, scimType: 'invalidValue' };

const places = fc.nat({ max: 1 });
const nameOf = ({ names }: Teams, place: number) => names[place] as string;
const externalIds = fc.option(fc.constantFrom('X1', 'x1'), { nil: undefined });
const bodyOf = (displayName: string, externalId: string | undefined, ids: readonly string[], hint: Hint) => ({
  schemas: [groupSchema.id],
  displayName,
  ...(externalId !== undefined && { externalId }),
  members: valuesOf(ids, hint),
});
const isNew = (place: number, id: string) => (teams: Teams) => !teams.ever.get(nameOf(teams, place))?.has(id);
const pick = (teams: Teams, directory: string, picks: readonly model.Choice[], self?: string) =>
  picks.map((one) => one(teams, directory, self));

const userCreations = fc.tuple(places, model.ids, userNames).map(([place, id, userName]) =>
  command(
    `create user ${id} in ${place}: ${userName}`,
    async (teams, open) => {
      const directory = nameOf(teams, place);
      const creating = create(givingId(open(directory), id), user, { schemas: [userSchema.id], userName });
      if (model.isTaken(teams, directory, userName)) return expect(creating).rejects.toMatchObject(taken);
      await creating;
      model.create(teams, directory, { id, type: 'User', name: userName, members: [] });
    },
    isNew(place, id),
  ),
);

const groupCreations = (members: model.Members) =>
  fc.tuple(places, model.ids, groupNames, externalIds, members(0), hints).map(([place, id, name, externalId, picks, hint]) =>
    command(
      `create group ${id} in ${place}: ${name} with ${picks.length} as ${hint}`,
      async (teams, open) => {
        const directory = nameOf(teams, place);
        const members = pick(teams, directory, picks, id);
        const creating = create(givingId(open(directory), id), group, bodyOf(name, externalId, members, hint));
        if (!model.canHave(teams, directory, { id, members: [] }, members)) return expect(creating).rejects.toMatchObject(noMember);
        await creating;
        model.create(teams, directory, { id, type: 'Group', name, externalId, members: distinct(members) });
      },
      isNew(place, id),
    ),
  );

/** Changes a group, where that is to have some members, or tells that it cannot have them. */
export async function expectChanged(
  teams: Teams,
  directory: string,
  before: Node,
  changes: Partial<Node> & Pick<Node, 'members'>,
  changing: Promise<StoredResource>,
) {
  if (!model.canHave(teams, directory, before, changes.members)) return expect(changing).rejects.toMatchObject(noMember);
  const { version } = await changing;
  model.change(teams, directory, before, changes);
  if (model.isBehind(teams, directory, before.id)) return;
  expect({ id: before.id, version }).toEqual({ id: before.id, version: model.nodeIn(teams, directory, before.id)?.version });
}

const groupPatches = (members: model.Members) =>
  fc
    .tuple(places, model.someOf('Group'), stepsOf(members), hints, fc.option(groupNames, { nil: undefined }))
    .map(([place, who, some, hint, name]) =>
      command(`patch a group in ${place}: ${some.length} steps as ${hint}, and call it ${name}`, async (teams, open) => {
        const directory = nameOf(teams, place);
        const id = who(teams, directory);
        const picked = some.map(([step, picks]) => ({ ...step, ids: pick(teams, directory, picks, id) }));
        const renaming: Operation[] = name === undefined ? [] : [{ op: 'replace', path: 'displayName', value: name }];
        const changing = patch(open(directory), group, id, [...renaming, ...picked.map(({ operation, ids }) => operation(ids, hint))]);
        const before = model.nodeIn(teams, directory, id);
        if (before?.type !== 'Group') return expect(changing).rejects.toMatchObject(notFound);
        const members = picked.reduce((left, { apply, ids }) => apply(left, ids), before.members);
        await expectChanged(teams, directory, before, { members, ...(name !== undefined && { name }) }, changing);
      }),
    );

const removalsByType = fc
  .tuple(places, model.someOf('Group'), fc.constantFrom('User' as const, 'Group' as const))
  .map(([place, who, type]) =>
    command(
      `remove each ${type} from a group in ${place}`,
      async (teams, open) => {
        const directory = nameOf(teams, place);
        const id = who(teams, directory);
        const before = model.nodeIn(teams, directory, id);
        const isOne = (member: string) => model.nodeIn(teams, directory, member)?.type === type;
        const changing = patch(open(directory), group, id, [{ op: 'remove', path: `members[type eq "${type}"]` }]);
        if (before?.type !== 'Group') return expect(changing).rejects.toMatchObject(notFound);
        await expectChanged(teams, directory, before, { members: before.members.filter((member) => !isOne(member)) }, changing);
      },
      (teams) => {
        // Where none is found, the protocol says what happens, and not the store.
        const directory = nameOf(teams, place);
        const before = model.nodeIn(teams, directory, who(teams, directory));
        return before?.members.some((member) => model.nodeIn(teams, directory, member)?.type === type) ?? true;
      },
    ),
  );

const groupReplacements = (members: model.Members) =>
  fc.tuple(places, model.someOf('Group'), groupNames, externalIds, members(0), hints).map(([place, who, name, externalId, picks, hint]) =>
    command(`replace a group in ${place}: ${name} ${externalId} with ${picks.length} as ${hint}`, async (teams, open) => {
      const directory = nameOf(teams, place);
      const id = who(teams, directory);
      const members = pick(teams, directory, picks, id);
      const changing = replace(open(directory), group, id, bodyOf(name, externalId, members, hint));
      const before = model.nodeIn(teams, directory, id);
      if (before?.type !== 'Group') return expect(changing).rejects.toMatchObject(notFound);
      await expectChanged(teams, directory, before, { name, externalId, members: distinct(members) }, changing);
    }),
  );

const userRenamings = fc.tuple(places, model.someOf('User'), userNames).map(([place, who, name]) =>
  command(`rename a user in ${place}: ${name}`, async (teams, open) => {
    const directory = nameOf(teams, place);
    const id = who(teams, directory);
    const changing = patch(open(directory), user, id, [{ op: 'replace', path: 'userName', value: name }]);
    const before = model.nodeIn(teams, directory, id);
    if (before?.type !== 'User') return expect(changing).rejects.toMatchObject(notFound);
    if (model.isTaken(teams, directory, name, id)) return expect(changing).rejects.toMatchObject(taken);
    await changing;
    model.change(teams, directory, before, { name });
  }),
);

const removals = fc.constantFrom('User' as const, 'Group' as const).chain((type) =>
  fc.tuple(places, model.someOf(type)).map(([place, who]) =>
    command(`remove a ${type} in ${place}`, async (teams, open) => {
      const directory = nameOf(teams, place);
      const id = who(teams, directory);
      const removing = remove(open(directory), model.typeOf({ type }), id);
      const before = model.nodeIn(teams, directory, id);
      if (before?.type !== type) return expect(removing).rejects.toMatchObject(notFound);
      await removing;
      model.remove(teams, directory, before);
    }),
  ),
);

const readings = fc.constantFrom('User' as const, 'Group' as const).chain((type) =>
  fc.tuple(places, model.someOf(type)).map(([place, who]) =>
    command(`get a ${type} in ${place}`, async (teams, open) => {
      const directory = nameOf(teams, place);
      const id = who(teams, directory);
      const node = model.nodeIn(teams, directory, id);
      const getting = get(open(directory), model.typeOf({ type }), id);
      if (node?.type !== type) return expect(getting).rejects.toMatchObject(notFound);
      expect(await seenOf(teams, open, directory, type, [await getting])).toEqual([expectedOf(teams, directory, node)]);
    }),
  ),
);

const searching = fc
  .tuple(places, searches)
  .map(([place, one]) =>
    command(`search for a ${one.type} in ${place}`, (teams, open) => expectPage(teams, open, nameOf(teams, place), one)),
  );

/** Creations more than once: without users and groups there are no members. */
export const teamCommands = (members: model.Members): fc.Arbitrary<Command>[] => [
  userCreations,
  userCreations,
  groupCreations(members),
  groupCreations(members),
  ...Array<fc.Arbitrary<Command>>(4).fill(groupPatches(members)),
  removalsByType,
  groupReplacements(members),
  userRenamings,
  removals,
  readings,
  searching,
  searching,
];
