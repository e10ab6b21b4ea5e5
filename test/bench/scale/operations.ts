import { create, type Directory, get, patch, remove, replace, search } from '../../../lambdas/directory/operations.ts';
import type { Page, Window } from '../../../lambdas/directory/store.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import type { JsonValue } from '../../../lambdas/scim/json.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { userBody } from '../../support/users.ts';

/** One repetition of an operation. */
export interface AnyTurn {
  readonly directory: Directory;
  /** How many repetitions of this operation there were before. */
  readonly round: number;
}

/** At a user that no other one is at. */
export interface Turn extends AnyTurn {
  /** How many users the directory was filled with. */
  readonly users: number;
  /** The user's number, and its id. */
  readonly n: number;
  readonly id: string;
}

export type Act = () => Promise<unknown>;

export interface Operation<T extends AnyTurn = Turn> {
  readonly name: string;
  /** Does what must have happened before, and gives back what is measured. */
  readonly prepare: (turn: T) => Act | Promise<Act>;
  /** Whether it reads the counts, and how many items more it may read, and not write, in the larger directory apart from those. */
  readonly lists?: { readonly more: number };
  /** Without a bar. */
  readonly informational?: true;
  /** How often it is counted, and then timed, if it takes long. */
  readonly rounds?: Rounds;
}

export interface Rounds {
  readonly counted: number;
  readonly timed: number;
}

const PAGE = 100;

/** A user as it is replaced by a PUT, with some attributes changed. */
const changed = (n: number, changes: Readonly<Record<string, unknown>>) => ({ ...userBody(n), ...changes });

const replaceBy = (changes: (n: number) => Record<string, unknown>) => ({
  prepare:
    ({ directory, n, id }: Turn): Act =>
    () =>
      replace(directory, user, id, changed(n, changes(n))),
});

const patchBy = (path: string, valueFor: (n: number) => JsonValue) => ({
  prepare:
    ({ directory, n, id }: Turn): Act =>
    () =>
      patch(directory, user, id, [{ op: 'replace', path, value: valueFor(n) }]),
});

function lookUp(path: string, ofBody: (body: ReturnType<typeof userBody>) => unknown): Operation {
  return {
    name: `GET /Users?filter=${path} eq`,
    prepare: ({ directory, n }) => {
      const filter = parseFilter(`${path} eq ${JSON.stringify(ofBody(userBody(n)))}`);
      return () => search(directory, user, { startIndex: 1, count: PAGE }, { filter }).then(requireSize(1));
    },
  };
}

const page = ({ directory }: Turn, window: Window) => search(directory, user, window).then(requireSize(window.count));

/** What is fast because it finds nothing would be no measurement. */
const requireSize = (expected: number) => (found: Page) => {
  if (found.resources.length !== expected) throw new Error(`${found.resources.length} users were found, expected ${expected}`);
};

/** The page after one that has been read, which begins somewhere else each time. */
const nextPage = (where: string, firstOf: (users: number) => number): Operation => ({
  name: `GET /Users?count=${PAGE}, next page, ${where}`,
  lists: { more: 2 },
  async prepare(turn) {
    const startIndex = firstOf(turn.users) + turn.round;
    await page(turn, { startIndex, count: PAGE });
    return () => page(turn, { startIndex: startIndex + PAGE, count: PAGE });
  },
});

/** Every operation that has a budget of round trips. What deletes comes last. */
export const OPERATIONS: readonly Operation[] = [
  {
    name: 'GET /Users/{id}',
    prepare:
      ({ directory, id }) =>
      () =>
        get(directory, user, id),
  },
  lookUp('userName', ({ userName }) => userName),
  lookUp('externalId', ({ externalId }) => externalId),
  lookUp('emails.value', ({ emails }) => (emails as readonly { value: string }[])[0]?.value),
  {
    name: `GET /Users?count=${PAGE}, first page`,
    lists: { more: 2 },
    prepare: (turn) => () => page(turn, { startIndex: 1, count: PAGE }),
  },
  nextPage('beginning', () => 1),
  nextPage('middle', (users) => Math.floor(users / 2)),
  nextPage('end', (users) => users - 250),
  // Some of a 256th of all users are passed over, and so it grows with them: no budget has it.
  {
    name: `GET /Users?count=${PAGE}, middle, none before it`,
    informational: true,
    lists: { more: 0 },
    prepare: (turn) => () => page(turn, { startIndex: Math.floor(turn.users / 2) + turn.round, count: PAGE }),
  },
  { name: 'GET /Users?count=0', lists: { more: 0 }, prepare: (turn) => () => page(turn, { startIndex: 1, count: 0 }) },
  {
    name: 'POST /Users',
    prepare:
      ({ directory, users, n }) =>
      () =>
        create(directory, user, userBody(users + n)),
  },
  { name: 'PUT /Users/{id}, another displayName', ...replaceBy((n) => ({ displayName: `Countess ${n}` })) },
  { name: 'PUT /Users/{id}, another userName', ...replaceBy((n) => ({ userName: `countess.${n}@example.com` })) },
  { name: 'PATCH /Users/{id}, another active', ...patchBy('active', (n) => n % 10 === 0) },
  { name: 'PATCH /Users/{id}, another externalId', ...patchBy('externalId', (n) => `00v${n.toString(36).padStart(17, '0')}`) },
  {
    name: 'DELETE /Users/{id}',
    prepare:
      ({ directory, id }) =>
      () =>
        remove(directory, user, id),
  },
];
