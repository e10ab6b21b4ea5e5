import { expect } from '@jest/globals';
import fc from 'fast-check';
import { create, get, patch } from '../../../lambdas/directory/operations.ts';
import type { Operation } from '../../../lambdas/scim/patch/actions.ts';
import { group, groupSchema } from '../../../lambdas/scim/schemas/group.ts';
import { isWrite, nth } from '../../support/disturbances.ts';
import { dieWhen, dying } from '../../support/dying.ts';
import { endLeases } from '../../support/leases.ts';
import { givingId, type TestTable } from '../../support/test-table.ts';
import type { Open } from './commands.ts';
import { distinct, stepsOf, valuesOf } from './member-steps.ts';
import { groupNames } from './team-views.ts';
import * as model from './teams.ts';

/*
 * Changes of members whose process dies midway. What it leaves is not seen: such a change has happened or not, and all that others do
 * afterwards is as if nothing were left.
 */

type Teams = model.Teams;
type Command = fc.AsyncCommand<Teams, Open>;

/**
 * At which of its writes a process dies, before that is sent or when its answer arrives. Reads are not counted: how many there are tells
 * nothing of how far it has come.
 */
interface Death {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** Mostly between the first mark and the last; where a group is tidied up before, that is later. */
const deaths: fc.Arbitrary<Death> = fc.record({
  at: fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 3, max: 7 }) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 12 }) }),
  when: fc.constantFrom('before', 'after'),
});

/** The version of somebody moves when what has changed is tidied up: of those with whom that is still to come, it is not known any more. */
async function noteBehind(teams: Teams, table: TestTable, directory: string, groupId: string): Promise<void> {
  for (const { pk, sk, staged = new Set() } of await table.items()) {
    const isStaged = [...(staged as Set<string>)].some((entry) => entry.startsWith(groupId));
    if (pk.startsWith(`${directory}#`) && isStaged) teams.behind.get(directory)?.add(sk);
  }
}

const notThere = -1;
const versionOf = (open: Open, directory: string, id: string): Promise<number> =>
  get(open(directory), group, id).then(
    ({ version }) => version,
    (error: unknown) => {
      expect(error).toMatchObject({ status: 404 });
      return notThere;
    },
  );

/** Lets a request about a group die, and tells whether it has happened: by the version alone. */
async function hasHappened(
  teams: Teams,
  open: Open,
  table: TestTable,
  death: Death,
  about: { directory: string; id: string },
  act: () => Promise<unknown>,
) {
  const { directory, id } = about;
  const before = await versionOf(open, directory, id);
  await dying(table, dieWhen(nth(death.at, isWrite), death.when), act);
  await endLeases(table, directory);
  const after = await versionOf(open, directory, id);
  if (after === before) return false;
  expect(after).toBe(before === notThere ? 1 : before + 1);
  await noteBehind(teams, table, directory, id);
  return true;
}

const places = fc.nat({ max: 1 });
const nameOf = ({ names }: Teams, place: number) => names[place] as string;
const command = (name: string, run: Command['run'], check: Command['check'] = () => true): Command => ({
  check,
  run,
  toString: () => name,
});
const chosen = (teams: Teams, directory: string, picks: readonly model.Choice[], self: string) =>
  picks.map((one) => one(teams, directory, self));

const dyingPatches = (table: TestTable, members: model.Members) =>
  fc
    .tuple(places, model.someOf('Group'), stepsOf(members), fc.option(groupNames, { nil: undefined }), deaths)
    .map(([place, who, steps, name, death]) =>
      command(
        `patch a group in ${place}: ${steps.length} steps, call it ${name}, and die ${death.when} write ${death.at}`,
        async (teams, open) => {
          const directory = nameOf(teams, place);
          const id = who(teams, directory);
          const before = model.nodeIn(teams, directory, id) as model.Node;
          const picked = steps.map(([step, picks]) => ({ ...step, ids: chosen(teams, directory, picks, id) }));
          const renaming: Operation[] = name === undefined ? [] : [{ op: 'replace', path: 'displayName', value: name }];
          const operations = [...renaming, ...picked.map(({ operation, ids }) => operation(ids, undefined))];
          const act = () => patch(open(directory), group, id, operations);
          const after = picked.reduce((left, { apply, ids }) => apply(left, ids), before.members);
          if (!(await hasHappened(teams, open, table, death, { directory, id }, act))) return;
          expect(model.canHave(teams, directory, before, after)).toBe(true);
          model.change(teams, directory, before, { members: after, ...(name !== undefined && { name }) });
        },
        (teams) => {
          const directory = nameOf(teams, place);
          return model.nodeIn(teams, directory, who(teams, directory))?.type === 'Group';
        },
      ),
    );

const dyingCreations = (table: TestTable, members: model.Members) =>
  fc.tuple(places, model.ids, groupNames, members(0), deaths).map(([place, id, name, picks, death]) =>
    command(
      `create group ${id} in ${place}: ${name} with ${picks.length}, and die ${death.when} write ${death.at}`,
      async (teams, open) => {
        const directory = nameOf(teams, place);
        const ids = chosen(teams, directory, picks, id);
        const body = { schemas: [groupSchema.id], displayName: name, members: valuesOf(ids, undefined) };
        const act = () => create(givingId(open(directory), id), group, body);
        // Such an id does not come again.
        teams.ever.get(directory)?.add(id);
        if (!(await hasHappened(teams, open, table, death, { directory, id }, act))) return;
        expect(model.canHave(teams, directory, { id, members: [] }, ids)).toBe(true);
        model.create(teams, directory, { id, type: 'Group', name, members: distinct(ids) });
      },
      (teams) => !teams.ever.get(nameOf(teams, place))?.has(id),
    ),
  );

export const dyingCommands = (table: TestTable, members: model.Members): fc.Arbitrary<Command>[] => [
  ...Array<fc.Arbitrary<Command>>(6).fill(dyingPatches(table, members)),
  ...Array<fc.Arbitrary<Command>>(2).fill(dyingCreations(table, members)),
];
