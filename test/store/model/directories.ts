import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Directory } from '../../../lambdas/directory/operations.ts';
import { directoryOn, type TestTable } from '../../support/test-table.ts';
import { fold, type Person } from './people.ts';
import type { Entry } from './searches.ts';

/** What is in some directories, as simple as it can be said. */
export interface Model {
  readonly names: readonly string[];
  /** Every id that there was, of whatever directory. */
  readonly ever: string[];
  readonly users: ReadonlyMap<string, Map<string, Entry>>;
}

export const startModel = (names: readonly string[]): Model => ({
  names,
  ever: [],
  users: new Map(names.map((name) => [name, new Map()])),
});

export const entryIn = ({ users }: Model, directory: string, id: string): Entry | undefined => users.get(directory)?.get(id);

export function put({ users, ever }: Model, directory: string, entry: Entry): void {
  if (!ever.includes(entry.id)) ever.push(entry.id);
  users.get(directory)?.set(entry.id, entry);
}

/** The users of a directory in the order of ids. */
export const entriesOf = ({ users }: Model, directory: string): Entry[] =>
  [...(users.get(directory)?.values() ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1));

export const holderOf = (model: Model, directory: string, userName: string): string | undefined =>
  entriesOf(model, directory).find(({ person }) => fold(person.userName) === fold(userName))?.id;

/** One of the ids that there were, and nobody's as long as there was none. */
export const idAt = ({ ever }: Model, n: number): string => ever[n % ever.length] ?? 'ffffffff-ffff-4fff-bfff-ffffffffffff';

const TWO_MINUTES = 120_000;

/** A directory as a request of its own sees it. No two read on where the other stopped, unless they have one credential. */
export const directoryOf = (table: TestTable, name: string, credential: string = randomUUID()): Directory => ({
  ...directoryOn(table, name),
  deadline: Date.now() + TWO_MINUTES,
  credential,
});

/** The keys of everything that is kept for some users, and how many of them there are by the first two digits of their ids. */
function expectedItems(directory: string, entries: readonly { readonly id: string; readonly person: Person }[]): string[] {
  const keys = entries.flatMap(({ id, person: { userName, externalId, emails = [], roles = [], entitlements = [] } }) => [
    `${directory}#User#${id[0]} ${id}`,
    `${directory}#User.userName#${fold(userName)} = ${id}`,
    ...(externalId === undefined ? [] : [`${directory}#User.externalId#${externalId} ${id}`]),
    ...new Set(emails.map(({ value }) => `${directory}#User.emails.value#${fold(value)} ${id}`)),
    // These are ids, which upper and lower case tell apart.
    ...Object.entries({ roles, entitlements }).flatMap(([attribute, values]) => [
      ...new Set(values.map(({ value }) => `${directory}#User.${attribute}.value#${value} ${id}`)),
    ]),
  ]);
  const counts = Object.entries(Object.groupBy(entries, ({ id }) => id.slice(0, 2)));
  return [...keys, ...counts.map(([prefix, { length } = []]) => `${directory}#count User#${prefix}: ${length}`)].sort();
}

/** The table holds these users, their entries and their counts, and of this directory nothing else but where readers stopped. */
export async function expectInTable(table: TestTable, directory: string, entries: Parameters<typeof expectedItems>[1]): Promise<void> {
  const items = (await table.items()) as { pk: string; sk: string; n?: number; id?: string }[];
  const found = items
    .filter(({ pk, n }) => pk.startsWith(`${directory}#`) && !pk.startsWith(`${directory}#bookmark#`) && n !== 0)
    .map(({ pk, sk, n, id }) => `${pk} ${sk}${n === undefined ? '' : `: ${n}`}${sk === '=' ? ` ${id}` : ''}`);
  expect(found.sort()).toEqual(expectedItems(directory, entries));
}
