import { randomUUID } from 'node:crypto';
import type { Directory } from '../../lambdas/directory/operations.ts';
import { type Store, startTrace } from '../../lambdas/directory/store.ts';
import { DEFAULT_SETTINGS } from '../../lambdas/scim/schemas/settings.ts';
import { TOKEN_SCOPES } from '../../lambdas/scim/token-scopes.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import { openTable } from '../../lambdas/store/table.ts';
import { synthesize } from '../../lib/local/synthesize.ts';
import { ensureTable, LOCAL_CREDENTIALS } from '../../lib/local/table.ts';
import { changesOf } from './large-change/changes.ts';
import { type Measured, toPaces, toSection } from './large-change/sections.ts';
import { makeWatch, type Phase } from './large-change/watch.ts';
import { progress, type Section } from './report.ts';
import { idOf, loadUsers } from './scale/load.ts';
import { makeCounting } from './scale/tally.ts';
import { scratchFolder } from './scratch-folder.ts';
import { startEmulator } from './start-emulator.ts';

interface Options {
  /** How many members join or leave. */
  readonly members: number;
  /** How often each change is timed, after it was counted. */
  readonly rounds: number;
  /** With more members than that, the rows of a group are spread. */
  readonly unspread: number;
}

const DIRECTORY = 'acme';

/** DynamoDB Local is no measure of what is in time. */
const PATIENCE_MS = 600_000;
const PATIENT = { requestHandler: { requestTimeout: 60_000 } };

/** Large changes of a group's members over DynamoDB Local, in memory: what each phase asks of DynamoDB, and of a CPU. */
export async function largeChange({ members, rounds, unspread }: Options): Promise<Section[]> {
  progress('start DynamoDB and synthesize the stack');
  const folder = scratchFolder('large');
  const template = await synthesize(folder);
  await using dynamodb = await startEmulator(folder);
  const { name } = await ensureTable(template, dynamodb.endpoint, { name: `large-${randomUUID()}`, stream: false });
  const open = () => openTable(name, { ...LOCAL_CREDENTIALS, endpoint: dynamodb.endpoint, ...PATIENT });
  const observer = open();
  progress(`load ${members} users`);
  await loadUsers(observer, DIRECTORY, members, () => {});
  const ids = Array.from({ length: members }, (_, n) => idOf(n));

  const plain = open();
  const counted = open();
  const watch = makeWatch(plain.client);
  const watchCounted = makeWatch(counted.client);
  const count = makeCounting(counted, observer.client, watchCounted.weigh);
  const counts = await runAll('count', dynamoStore(counted, { unspread }), ids, (act) => watchCounted.watch(() => count(act)));
  const times: Map<string, readonly Phase[]>[] = [];
  for (let round = 1; round <= rounds; round++)
    times.push(await runAll(`time ${round} of ${rounds}`, dynamoStore(plain, { unspread }), ids, watch.watch));

  const measured = [...counts].map(
    ([change, one]): Measured => ({ name: change, counted: one, timed: times.map((round) => round.get(change) ?? []) }),
  );
  return [...measured.map((one) => toSection(one, members)), toPaces(measured)];
}

/** Makes each change once. */
async function runAll(
  how: string,
  store: Store,
  ids: readonly string[],
  watch: (act: () => Promise<unknown>) => Promise<readonly Phase[]>,
): Promise<Map<string, readonly Phase[]>> {
  const results = new Map<string, readonly Phase[]>();
  for await (const { name, act } of changesOf(() => directoryOn(store), ids)) {
    progress(`${how}: ${name}`);
    results.set(name, await watch(act));
  }
  return results;
}

/** As one request sees it. */
const directoryOn = (store: Store): Directory => ({
  directory: DIRECTORY,
  credential: 'token 1',
  scopes: TOKEN_SCOPES,
  settings: DEFAULT_SETTINGS,
  deadline: Date.now() + PATIENCE_MS,
  trace: startTrace(randomUUID()),
  store,
});
