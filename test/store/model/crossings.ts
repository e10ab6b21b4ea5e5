import fc from 'fast-check';
import { patch } from '../../../lambdas/directory/operations.ts';
import { group } from '../../../lambdas/scim/schemas/group.ts';
import type { Open } from './commands.ts';
import { valuesOf } from './member-steps.ts';
import { expectChanged } from './team-commands.ts';
import * as model from './teams.ts';

/*
 * Some join a group, and some leave it with that, so that it comes to have just as many members as its rows are together for, and the next
 * time a few more: this is seldom met by chance.
 */

const command = fc.record({
  place: fc.nat({ max: 1 }),
  who: model.someOf('Group'),
  leaving: fc.nat({ max: 2 }),
  more: fc.integer({ min: 1, max: 2 }),
});

export const crossings: fc.Arbitrary<fc.AsyncCommand<model.Teams, Open>> = command.map(({ place, who, leaving, more }) => {
  const changed = (teams: model.Teams) => {
    const directory = teams.names[place] as string;
    const before = model.nodeIn(teams, directory, who(teams, directory));
    if (before?.type !== 'Group') return undefined;
    const strangers = model.nodesIn(teams, directory).filter(({ id, type }) => type === 'User' && !before.members.includes(id));
    const leavers = before.members.slice(0, leaving);
    const { length: size } = before.members;
    const count = (size < teams.limits.unspread ? teams.limits.unspread - size : more) + leavers.length;
    return { directory, before, leavers, joiners: strangers.slice(0, count).map(({ id }) => id) };
  };
  return {
    // What changes nothing, the protocol speaks of, and not the store.
    check: (teams) => (changed(teams)?.joiners.length ?? 0) > 0,
    async run(teams, open) {
      const { directory, before, leavers, joiners } = changed(teams) as NonNullable<ReturnType<typeof changed>>;
      const operations = [
        { op: 'remove', path: 'members', value: valuesOf(leavers, undefined) },
        { op: 'add', path: 'members', value: valuesOf(joiners, 'User') },
      ];
      const changing = patch(open(directory), group, before.id, leavers.length > 0 ? operations : operations.slice(1));
      const members = [...before.members.filter((id) => !leavers.includes(id)), ...joiners];
      await expectChanged(teams, directory, before, { members }, changing);
    },
    toString: () => `let a group in ${place} reach its limit, or pass it by ${more}, while ${leaving} leave`,
  };
});
