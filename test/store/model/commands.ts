import { isDeepStrictEqual } from 'node:util';
import { expect } from '@jest/globals';
import fc from 'fast-check';
import { create, type Directory, get, patch, remove, replace, search } from '../../../lambdas/directory/operations.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import type { StoredResource } from '../../../lambdas/scim/resource.ts';
import { user, userSchema } from '../../../lambdas/scim/schemas/user.ts';
import { givingId } from '../../support/test-table.ts';
import { entriesOf, entryIn, holderOf, idAt, type Model, put } from './directories.ts';
import { changes, ids, type Person, people } from './people.ts';
import { type Entry, type Search, searches, sorted } from './searches.ts';

/** Opens a directory by its name, for one request. */
export type Open = (directory: string) => Directory;
type Command = fc.AsyncCommand<Model, Open>;

const command = (name: string, run: Command['run'], check: Command['check'] = () => true): Command => ({
  check,
  run,
  toString: () => name,
});

const bodyOf = (person: Person) => ({ schemas: [userSchema.id], ...person });
const entryOf = ({ id, version, body }: StoredResource) => ({ id, version, person: body });
const notFound = { status: 404 };
const taken = { status: 409, scimType: 'uniqueness' };

/** One of the two directories, whose names only a run knows. */
const places = fc.nat({ max: 1 });
const nameOf = (model: Model, place: number) => model.names[place] as string;

async function createIn(model: Model, open: Open, directory: string, id: string, person: Person) {
  const creation = create(givingId(open(directory), id), user, bodyOf(person));
  if (holderOf(model, directory, person.userName) !== undefined) return expect(creation).rejects.toMatchObject(taken);
  await creation;
  put(model, directory, { id, version: 1, person: { active: true, ...person } });
}

const creations = fc.tuple(places, ids, people).map(([place, id, person]) =>
  command(
    `create ${id} in ${place}: ${JSON.stringify(person)}`,
    (model, open) => createIn(model, open, nameOf(model, place), id, person),
    (model) => !model.ever.includes(id),
  ),
);

/** Somebody's id, or that of somebody who is gone or in another directory. */
const choices = fc.nat({ max: 30 });

async function expectChanged(model: Model, directory: string, before: Entry, person: Person, changing: Promise<StoredResource>) {
  const holder = holderOf(model, directory, person.userName);
  if (holder !== undefined && holder !== before.id) return expect(changing).rejects.toMatchObject(taken);
  const after = { ...before, version: before.version + (isDeepStrictEqual(person, before.person) ? 0 : 1), person };
  expect(entryOf(await changing)).toEqual(after);
  put(model, directory, after);
}

const replacements = fc.tuple(places, choices, people).map(([place, n, person]) =>
  command(`replace ${n} in ${place}: ${JSON.stringify(person)}`, async (model, open) => {
    const directory = nameOf(model, place);
    const id = idAt(model, n);
    const before = entryIn(model, directory, id);
    const changing = replace(open(directory), user, id, bodyOf(person));
    if (!before) return expect(changing).rejects.toMatchObject(notFound);
    const { active } = before.person;
    await expectChanged(model, directory, before, { ...(active !== undefined && { active }), ...person }, changing);
  }),
);

const patches = fc.tuple(places, choices, changes).map(([place, n, change]) =>
  command(
    `patch ${n} in ${place}: ${JSON.stringify(change.operations)}`,
    async (model, open) => {
      const directory = nameOf(model, place);
      const id = idAt(model, n);
      const before = entryIn(model, directory, id);
      const changing = patch(open(directory), user, id, change.operations);
      if (!before) return expect(changing).rejects.toMatchObject(notFound);
      await expectChanged(model, directory, before, change.apply(before.person), changing);
    },
    (model) => {
      const before = entryIn(model, nameOf(model, place), idAt(model, n));
      return !before || (change.applies?.(before.person) ?? true);
    },
  ),
);

const removals = fc.tuple(places, choices).map(([place, n]) =>
  command(`remove ${n} in ${place}`, async (model, open) => {
    const directory = nameOf(model, place);
    const id = idAt(model, n);
    const removing = remove(open(directory), user, id);
    if (!entryIn(model, directory, id)) return expect(removing).rejects.toMatchObject(notFound);
    await removing;
    model.users.get(directory)?.delete(id);
  }),
);

const readings = fc.tuple(places, choices).map(([place, n]) =>
  command(`get ${n} in ${place}`, async (model, open) => {
    const directory = nameOf(model, place);
    const id = idAt(model, n);
    const getting = get(open(directory), user, id);
    const entry = entryIn(model, directory, id);
    if (!entry) return expect(getting).rejects.toMatchObject(notFound);
    expect(entryOf(await getting)).toEqual(entry);
  }),
);

/** The page is the one that the model has: the total, and each user as it is now, in order. */
export async function expectFound(model: Model, open: Open, directory: string, { filter, sort, startIndex, count }: Search) {
  const wanted = filter?.((n) => idAt(model, n));
  const criteria = { filter: wanted && parseFilter(wanted.text), sort };
  const page = await search(open(directory), user, { startIndex, count }, criteria);
  const matching = entriesOf(model, directory).filter((entry) => wanted?.holds(entry) ?? true);
  const inOrder = sort ? sorted(matching, sort) : matching;
  const expected = { totalResults: matching.length, resources: inOrder.slice(startIndex - 1, startIndex - 1 + count) };
  expect({ totalResults: page.totalResults, resources: page.resources.map(entryOf) }).toEqual(expected);
}

const searching = fc.tuple(places, searches).map(([place, one]) => {
  const { filter, ...rest } = one;
  const text = filter?.((n) => `the ${n}th`).text;
  return command(`search in ${place}: ${text} ${JSON.stringify(rest)}`, (model, open) =>
    expectFound(model, open, nameOf(model, place), one),
  );
});

/** Creations more than once: without users nothing is to be seen. */
export const COMMANDS: fc.Arbitrary<Command>[] = [
  creations,
  creations,
  creations,
  replacements,
  patches,
  patches,
  removals,
  readings,
  searching,
  searching,
];
