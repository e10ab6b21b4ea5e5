import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { synthesize } from '../../lib/local/synthesize.ts';
import { ensureTable } from '../../lib/local/table.ts';
import type { Template } from '../../lib/local/template.ts';
import { importBareClient } from './handler/bundles.ts';
import { type Answering, functionsOf, muteOutput } from './handler/functions.ts';
import { measurePair, type Timing } from './handler/measure-pair.ts';
import { startRecorder, type Wave } from './handler/recorder.ts';
import { type Scenario, scenarios, TEAM, USERS } from './handler/scenarios.ts';
import type { StubData } from './handler/stub.ts';
import { digits, progress, type Row, type Section } from './report.ts';
import { loadUsers } from './scale/load.ts';
import { scratchFolder } from './scratch-folder.ts';
import { startEmulator } from './start-emulator.ts';

/** A scenario, and what it has a handler ask of DynamoDB. */
interface Recorded {
  readonly scenario: Scenario;
  readonly waves: readonly Wave[];
}

/** The bundled handlers, in comparison with the bare document client that sends the same commands, in so many rounds. */
export async function handler(rounds: number): Promise<Section[]> {
  progress('start DynamoDB and synthesize the stack');
  await using started = new AsyncDisposableStack();
  const folder = scratchFolder('handler');
  started.use(muteOutput());

  const { port, recorded, answering } = await record(await synthesize(folder), folder);
  const stub = await startStub({ port, exchanges: recorded.flatMap(({ waves }) => waves.flat()) });
  started.defer(async () => void (await stub.terminate()));
  const { sending } = await importBareClient(folder);
  const rows: Row[] = [];
  for (const { scenario, waves } of recorded) {
    progress(`measure ${scenario.name}`);
    const pair = { handler: await answering(scenario.request, scenario.status), bare: sending(waves) };
    rows.push(toRow({ scenario, waves }, await measurePair(pair, rounds)));
  }
  return [{ title: TITLE, columns: COLUMNS, rows }];
}

/** Has each scenario answered once, by the function it is for, over a directory in DynamoDB Local. */
async function record(template: Template, folder: string): Promise<{ port: number; recorded: Recorded[]; answering: Answering }> {
  await using dynamodb = await startEmulator(folder);
  progress('record what DynamoDB answers');
  const table = await ensureTable(template, dynamodb.endpoint, { name: `handler-${randomUUID()}`, stream: false });
  await loadUsers(table, 'acme', USERS, () => {});
  await using recorder = await startRecorder(dynamodb.endpoint);
  const answering = await functionsOf(template, folder, { port: recorder.port, table: table.name });
  // The first request to each function notes that the token is in use, which it does once an hour.
  await (await answering({ path: '/Users?count=0' }, 200))();
  const team = await (await answering(TEAM, 201))();
  await recorder.take();
  const recorded: Recorded[] = [];
  for (const scenario of scenarios(JSON.parse(team.body).id)) {
    await (await answering(scenario.request, scenario.status))();
    const waves = await recorder.take();
    // A refusal is not what is to be measured.
    const refused = waves.flat().find(({ status }) => status !== 200);
    if (refused) throw new Error(`${scenario.name}: DynamoDB answered ${refused.target} with ${refused.answer}`);
    recorded.push({ scenario, waves });
  }
  return { port: recorder.port, recorded, answering };
}

/** Where the recorder was: the functions have that address, and keep it. */
async function startStub(data: StubData): Promise<Worker> {
  const stub = new Worker(new URL('./handler/stub.ts', import.meta.url), { workerData: data });
  await once(stub, 'message');
  return stub;
}

const TITLE = 'Handlers over a DynamoDB that answers at once, and the bare document client with the same commands, in milliseconds';
const COLUMNS = ['request', 'calls', 'median', 'p99', 'bare client', 'ratio', 'bar'];

const toRow = ({ scenario: { name, bar }, waves }: Recorded, { median, p99, bare, ratio }: Timing): Row => ({
  cells: [
    name,
    String(waves.flat().length),
    digits(median),
    digits(p99),
    digits(bare),
    digits(ratio),
    bar === undefined ? '-' : `<= ${bar}`,
  ],
  ...(bar !== undefined && { met: ratio <= bar }),
});
