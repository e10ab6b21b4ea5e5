import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { KeeperOptions } from './dynamodb-keeper.ts';
import { listen } from './listen.ts';
import { LocalError } from './local-error.ts';

/** A DynamoDB that answers at an address. */
export interface DynamoDb extends AsyncDisposable {
  readonly endpoint: string;
}

export interface DynamoDbOptions {
  /** Where the data lies; in memory if absent. */
  readonly folder?: string;
  readonly lockFile?: string;
  /** A folder to be removed when DynamoDB Local has ended. */
  readonly scratch?: string;
}

const WAYS_OUT = `DynamoDB Local needs Java 11 or later. One of these helps:
  - install Java, for example from https://adoptium.net
  - set DYNAMODB_ENDPOINT=http://… to a DynamoDB emulator that is running already
  - run that emulator from its image: docker run -p 8000:8000 amazon/dynamodb-local, with DYNAMODB_ENDPOINT=http://127.0.0.1:8000`;

const READY_WITHIN_MS = 30_000;

/** Starts AWS's own DynamoDB Local, or uses the emulator that DYNAMODB_ENDPOINT names. */
export async function startDynamoDb(options: DynamoDbOptions): Promise<DynamoDb> {
  const given = process.env.DYNAMODB_ENDPOINT;
  if (!given) return startDynamoDbLocal(options);
  if (!(await answers(given))) throw new LocalError(`DYNAMODB_ENDPOINT: nothing answers at ${given}`);
  return { endpoint: given, [Symbol.asyncDispose]: async () => {} };
}

async function startDynamoDbLocal({ folder, lockFile, scratch }: DynamoDbOptions): Promise<DynamoDb> {
  const port = await freePort();
  const emulator = join(dirname(fileURLToPath(import.meta.resolve('amplify-dynamodb-simulator/package.json'))), 'emulator');
  const keeper = startKeeper({
    command: 'java',
    args: [
      ...['-Djava.library.path=./DynamoDBLocal_lib', '-XX:TieredStopAtLevel=1'],
      // It unpacks a library at each start, and leaves it behind.
      ...(scratch === undefined ? [] : [`-Djava.io.tmpdir=${scratch}`]),
      ...['-jar', 'DynamoDBLocal.jar'],
      ...['-port', String(port), '-sharedDb', '-disableTelemetry'],
      ...(folder === undefined ? ['-inMemory'] : ['-dbPath', folder]),
    ],
    cwd: emulator,
    ...(lockFile !== undefined && { lockFile }),
    ...(scratch !== undefined && { scratch }),
  });
  const said: string[] = [];
  keeper.stderr?.on('data', (text) => said.push(String(text)));

  const endpoint = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await answers(endpoint))) {
    if (keeper.exitCode !== null) throw failure(said.join(''));
    if (Date.now() > deadline) {
      await close(keeper);
      throw new LocalError(`DynamoDB Local did not answer within ${READY_WITHIN_MS / 1_000} s`);
    }
    await sleep(50);
  }
  return { endpoint, [Symbol.asyncDispose]: () => close(keeper) };
}

function startKeeper(options: KeeperOptions): ChildProcess {
  const file = fileURLToPath(new URL('./dynamodb-keeper.ts', import.meta.url));
  // In a session of its own: what ends us must not end it before DynamoDB Local has.
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, JSON.stringify(options)], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
  });
}

async function close(keeper: ChildProcess): Promise<void> {
  const exited = keeper.exitCode === null ? once(keeper, 'exit') : undefined;
  keeper.stdin?.end();
  await exited;
}

function failure(said: string): LocalError {
  if (said.includes('database is locked'))
    return new LocalError('an earlier DynamoDB Local still runs on this data: try again in some seconds');
  const [first = 'it ended at once'] = said.split('\n').filter((line) => line.trim() !== '');
  return new LocalError(`DynamoDB Local did not start: ${first}\n${WAYS_OUT}`);
}

/** DynamoDB Local answers a plain request with 400: it lives. */
async function answers(endpoint: string): Promise<boolean> {
  try {
    await fetch(endpoint, { signal: AbortSignal.timeout(2_000) });
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}
