import { randomUUID } from 'node:crypto';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { search } from '../../../lambdas/directory/operations.ts';
import { type Store, startTrace } from '../../../lambdas/directory/store.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import { DEFAULT_SETTINGS } from '../../../lambdas/scim/schemas/settings.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { TOKEN_SCOPES } from '../../../lambdas/scim/token-scopes.ts';
import { dynamoStore } from '../../../lambdas/store/dynamo-store.ts';
import { openTable } from '../../../lambdas/store/table.ts';
import { ensureTable, LOCAL_CREDENTIALS } from '../../../lib/local/table.ts';
import type { Template } from '../../../lib/local/template.ts';
import { userBody } from '../../support/users.ts';
import type { GroupTurn } from './group-operations.ts';
import { idOf, loadUsers } from './load.ts';
import { type LoadedGroup, loadGroup } from './load-group.ts';
import type { AnyTurn, Turn } from './operations.ts';
import { progressBar } from './progress-bar.ts';
import { makeCounting, type Tally } from './tally.ts';

/** A directory of some size, alone in a table of its own: the other one is not to be slowed down by it. */
export interface Subject {
  readonly users: number;
  /** How many counts the directory has. */
  readonly counts: number;
  /** Of these two, one is as fast as it can be, the other is counted. */
  readonly store: Store;
  readonly countedStore: Store;
  readonly count: (act: () => Promise<unknown>) => Promise<Tally>;
  /** Has all users that there are join a group. */
  readonly loadGroup: () => Promise<LoadedGroup>;
}

/** Its name is in every key: the same for every size, or items would differ in theirs. */
const DIRECTORY = 'acme';

/** For what is not measured: while a table is filled, DynamoDB Local may be busy with itself for longer than a request of the service may take. */
const PATIENT = { maxAttempts: 5, requestHandler: { requestTimeout: 60_000 } };

const TURN_MS = 30_000;

/** A request's scope, of a reader that has read nothing yet. */
export const makeDirectory = (store: Store): AnyTurn['directory'] => ({
  directory: DIRECTORY,
  credential: randomUUID(),
  scopes: TOKEN_SCOPES,
  settings: DEFAULT_SETTINGS,
  deadline: Date.now() + TURN_MS,
  trace: startTrace(randomUUID()),
  store,
});

/** What one repetition works with. */
export const makeTurn = (store: Store, turn: Omit<Turn, 'directory' | 'id'>): Turn => ({
  ...turn,
  id: idOf(turn.n),
  directory: makeDirectory(store),
});

export const makeGroupTurn = (store: Store, { id, members }: LoadedGroup, round: number): GroupTurn => ({
  directory: makeDirectory(store),
  round,
  groupId: id,
  members,
});

/** Makes a table, fills it with a directory, and makes sure that the directory is what it should be. */
export async function makeSubject(template: Template, endpoint: string, users: number): Promise<Subject> {
  const config = { ...LOCAL_CREDENTIALS, endpoint };
  const table = await ensureTable(template, endpoint, { name: `scale-${randomUUID()}`, stream: false });
  const countedTable = openTable(table.name, config);
  const { client: observer } = openTable(table.name, { ...config, ...PATIENT });

  const tell = progressBar(`load ${users.toLocaleString('en-US')} users`, users);
  const { items, counts } = await loadUsers({ client: observer, name: table.name }, DIRECTORY, users, tell);

  const subject: Subject = {
    users,
    counts,
    store: dynamoStore(table),
    countedStore: dynamoStore(countedTable),
    count: makeCounting(countedTable, observer),
    loadGroup: () => {
      const onMember = progressBar(`load a group of ${users.toLocaleString('en-US')} members`, users);
      return loadGroup({ client: observer, name: table.name }, DIRECTORY, { onMember });
    },
  };
  const { Table } = await observer.send(new DescribeTableCommand({ TableName: table.name }));
  if (Table?.ItemCount !== items) throw new Error(`the table has ${Table?.ItemCount} items, expected ${items}`);
  await requireLoaded(subject);
  return subject;
}

/** Counts say how many there are, and the last one is found by its name. */
async function requireLoaded({ store, users }: Subject): Promise<void> {
  const n = users - 1;
  const { directory, id } = makeTurn(store, { users, n, round: 0 });
  const { totalResults } = await search(directory, user, { startIndex: 1, count: 0 });
  if (totalResults !== users) throw new Error(`the directory has ${totalResults} users, expected ${users}`);
  const filter = parseFilter(`userName eq ${JSON.stringify(userBody(n).userName)}`);
  const found = await search(directory, user, { startIndex: 1, count: 1 }, { filter });
  if (found.totalResults !== 1 || found.resources[0]?.id !== id) throw new Error('the last user that was loaded is not found');
}
