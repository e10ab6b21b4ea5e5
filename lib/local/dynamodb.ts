import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { KeeperOptions, KeptData } from './dynamodb-keeper.ts';
import { bringJava, installedJavas, needsJava, whyUnfit } from './java.ts';
import { listenAt } from './listen.ts';
import { LocalError } from './local-error.ts';
import type { Progress } from './screen.ts';

/** A DynamoDB that answers at an address. */
export interface DynamoDb extends AsyncDisposable {
  readonly endpoint: string;
  /** Comes to pass if it ends before it is disposed of. */
  readonly failed: Promise<LocalError>;
}

export interface DynamoDbOptions {
  /** In memory if absent. */
  readonly data?: KeptData;
  /** 0, which is the default, has one picked. */
  readonly port?: number;
  /** A folder to be removed when DynamoDB Local has ended. */
  readonly scratch?: string;
  /** Told what takes its time. */
  readonly progress?: Progress;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

const READY_WITHIN_MS = 30_000;

/** Starts AWS's own DynamoDB Local, or uses the emulator that DYNAMODB_ENDPOINT names. */
export async function startDynamoDb(options: DynamoDbOptions): Promise<DynamoDb> {
  const given = process.env.DYNAMODB_ENDPOINT;
  if (!given) return startDynamoDbLocal(options);
  if (!(await answers(given))) throw new LocalError(`DYNAMODB_ENDPOINT: nothing answers at ${given}`);
  return { endpoint: given, failed: new Promise(() => {}), [Symbol.asyncDispose]: async () => {} };
}

/** With the first Java that can run it; where there is none, with one that is brought. */
async function startDynamoDbLocal(options: DynamoDbOptions): Promise<DynamoDb> {
  let why = '';
  for (const java of installedJavas()) {
    const outcome = await launch(java, options);
    if ('endpoint' in outcome) return outcome;
    why = outcome.unfit;
  }
  const outcome = await launch(await bringJava({ ...options, why }), options);
  if ('endpoint' in outcome) return outcome;
  throw needsJava(outcome.unfit);
}

/** A Java that cannot run DynamoDB Local. */
interface Unfit {
  readonly unfit: string;
}

async function launch(java: string, { data, port: wanted = 0, scratch, signal }: DynamoDbOptions): Promise<DynamoDb | Unfit> {
  const port = await freePort(wanted);
  const emulator = join(dirname(fileURLToPath(import.meta.resolve('amplify-dynamodb-simulator/package.json'))), 'emulator');
  const keeper = startKeeper({
    command: java,
    args: [
      ...['-Djava.library.path=./DynamoDBLocal_lib', '-XX:TieredStopAtLevel=1'],
      // It unpacks a library at each start, and leaves it behind.
      ...(scratch === undefined ? [] : [`-Djava.io.tmpdir=${scratch}`]),
      ...['-jar', 'DynamoDBLocal.jar'],
      ...['-port', String(port), '-sharedDb', '-disableTelemetry'],
      ...(data === undefined ? ['-inMemory'] : ['-dbPath', dirname(data.database)]),
    ],
    cwd: emulator,
    ...(data && { data }),
    ...(scratch !== undefined && { scratch }),
  });

  const endpoint = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await answers(endpoint))) {
    if (keeper.hasEnded()) return whatEnded(java, await keeper.lastWords);
    if (signal?.aborted || Date.now() > deadline) {
      await keeper[Symbol.asyncDispose]();
      signal?.throwIfAborted();
      throw new LocalError(`DynamoDB Local did not answer within ${READY_WITHIN_MS / 1_000} s: look whether \`${java} -version\` works`);
    }
    await sleep(50);
  }
  const failed = keeper.lastWords.then((said) => new LocalError(`DynamoDB Local has ended: ${firstTrouble(said)}`));
  return { endpoint, failed, [Symbol.asyncDispose]: keeper[Symbol.asyncDispose] };
}

/** Of what DynamoDB Local says, that much is kept. */
const KEPT_CHARACTERS = 16_384;

function startKeeper(options: KeeperOptions) {
  const file = fileURLToPath(new URL('./dynamodb-keeper.ts', import.meta.url));
  // In a session of its own: what ends us must not end it before DynamoDB Local has.
  const keeper = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, JSON.stringify(options)], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
  });
  let said = '';
  keeper.stderr.on('data', (text) => {
    said = (said + text).slice(-KEPT_CHARACTERS);
  });
  const lastWords = once(keeper, 'close').then(() => said);
  return {
    hasEnded: () => keeper.exitCode !== null || keeper.signalCode !== null,
    lastWords,
    async [Symbol.asyncDispose]() {
      keeper.stdin.end();
      await lastWords;
    },
  };
}

function whatEnded(java: string, said: string): Unfit {
  const [, refusal] = /^refused: (.*)$/m.exec(said) ?? [];
  if (refusal !== undefined) throw new LocalError(refusal);
  const unfit = whyUnfit(said);
  if (unfit === undefined) throw new LocalError(`DynamoDB Local did not start with ${java}: ${firstTrouble(said)}`);
  return { unfit };
}

/** Java may have said other things before, for example which options it has picked up. */
function firstTrouble(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /error|exception|cannot|could not/i.test(line)) ?? lines[0] ?? 'it said nothing';
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

/** DynamoDB Local itself would not be heard saying that its port is in use. */
async function freePort(wanted: number): Promise<number> {
  const server = createServer();
  const port = await listenAt(server, { port: wanted, option: '--dynamodb-port' });
  server.close();
  await once(server, 'close');
  return port;
}
