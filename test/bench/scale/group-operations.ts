import { type Directory, get, patch, remove, search } from '../../../lambdas/directory/operations.ts';
import { viewOf } from '../../../lambdas/http/view.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import type { Selection } from '../../../lambdas/scim/project.ts';
import { group } from '../../../lambdas/scim/schemas/group.ts';
import type { ResourceType } from '../../../lambdas/scim/schemas/resource-type.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { adding, removing, renaming } from '../../support/group-operations.ts';
import { GROUP_NAME } from './load-group.ts';
import type { Act, AnyTurn, Operation } from './operations.ts';

/** One repetition of an operation at a group. */
export interface GroupTurn extends AnyTurn {
  readonly groupId: string;
  /** The ids of those who are its members before it is measured. */
  readonly members: readonly string[];
}

type Change = typeof adding;

/** How often, and whether there is a bar. */
type More = Pick<Operation, 'informational' | 'rounds'>;

/** Has some join or leave, always the same ones, who have done the contrary before: what changes nothing would be no measurement. */
const change = (name: string, count: number, by: Change, before: Change, more: More = {}): Operation<GroupTurn> => ({
  ...more,
  name: `PATCH /Groups/{id}, ${name}`,
  async prepare({ directory, groupId, members }) {
    const ids = members.slice(0, count);
    await patch(directory, group, groupId, [before(ids)]);
    return () => patch(directory, group, groupId, [by(ids)]);
  },
});

/** What the answer to a GET takes. */
const show = async (directory: Directory, type: ResourceType, id: string, selection: Selection = {}) =>
  viewOf(type, directory, '', selection).one(await get(directory, type, id));

const WITHOUT_MEMBERS: Selection = { excludedAttributes: ['members'] };

const lookUp = (path: string, valueFor: (turn: GroupTurn) => string): Operation<GroupTurn> => ({
  name: `GET /Groups?filter=${path} eq, without members`,
  prepare: (turn) => {
    const { directory } = turn;
    const filter = parseFilter(`${path} eq ${JSON.stringify(valueFor(turn))}`);
    const { fitting } = viewOf(group, directory, '', WITHOUT_MEMBERS);
    return async () => {
      const { resources } = await search(directory, group, { startIndex: 1, count: 100, fitting }, { filter });
      if (resources.length !== 1) throw new Error(`${resources.length} groups were found, expected 1`);
    };
  },
});

/** At another one in each round. */
const memberOf = ({ members, round }: GroupTurn): string => members.at(-1 - round) ?? '';

const atMember =
  (act: (directory: Directory, id: string) => Promise<unknown>) =>
  (turn: GroupTurn): Act =>
  () =>
    act(turn.directory, memberOf(turn));

/** A large change is made as often as it can be while one waits for it. */
const FEW = { counted: 1, timed: 2 };

/** Every operation that has a budget where a group has members. Who leaves it joins it again with the next one. What deletes comes last. */
export const GROUP_OPERATIONS: readonly Operation<GroupTurn>[] = [
  change('1 leaves', 1, removing, adding),
  change('1 joins', 1, adding, removing),
  change('48 leave', 48, removing, adding),
  change('48 join', 48, adding, removing),
  change('48 join who are members already', 48, adding, adding),
  {
    name: 'PATCH /Groups/{id}, another displayName',
    prepare:
      ({ directory, groupId, round }) =>
      () =>
        patch(directory, group, groupId, [renaming(`${GROUP_NAME} ${round}`)]),
  },
  {
    name: 'PATCH /Groups/{id}, the same displayName',
    async prepare({ directory, groupId }) {
      const same = [renaming(GROUP_NAME)];
      await patch(directory, group, groupId, same);
      return () => patch(directory, group, groupId, same);
    },
  },
  change('1,000 leave', 1_000, removing, adding, { informational: true, rounds: FEW }),
  change('1,000 join', 1_000, adding, removing, { informational: true, rounds: FEW }),
  {
    name: 'GET /Groups/{id}, without members',
    prepare:
      ({ directory, groupId }) =>
      () =>
        show(directory, group, groupId, WITHOUT_MEMBERS),
  },
  lookUp('displayName', () => GROUP_NAME),
  lookUp('members.value', memberOf),
  { name: 'GET /Users/{id} of a member', prepare: atMember((directory, id) => show(directory, user, id)) },
  {
    name: 'PATCH /Users/{id} of a member, another displayName',
    prepare: atMember(async (directory, id) => patch(directory, user, id, [renaming(`Member ${id}`)])),
  },
  { name: 'DELETE /Users/{id} of a member', prepare: atMember((directory, id) => remove(directory, user, id)) },
];
