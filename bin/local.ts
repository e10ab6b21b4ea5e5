import { once } from 'node:events';
import { Command, InvalidArgumentError } from 'commander';
import { LocalError } from '../lib/local/local-error.ts';
import { asJson, asText, progressOn } from '../lib/local/screen.ts';
import { startLocalStack } from '../lib/local/stack.ts';

interface Options {
  readonly port: number;
  readonly host: string;
  readonly dynamodbPort: number;
  readonly secretsManagerPort: number;
  readonly data: string;
  readonly memory?: boolean;
  readonly json?: boolean;
  readonly context?: Readonly<Record<string, string>>;
}

const program = new Command('npm start --')
  .description('Runs the whole SCIM endpoint on this machine: the stack that would be deployed, over DynamoDB Local.')
  .option('--port <number>', 'port to listen on; 0 has one picked', toPort, 3000)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--dynamodb-port <number>', 'port of DynamoDB Local; 0 has one picked', toPort, 0)
  .option('--secrets-manager-port <number>', 'port of the local Secrets Manager, on the same address; 0 has one picked', toPort, 0)
  .option('--data <folder>', 'folder that keeps data and tokens between runs', '.local')
  .option('--memory', 'keep nothing: data and tokens go when it stops')
  .option('-c, --context <key=value>', 'context for the CDK app, as with `cdk deploy`; may be repeated', addContext)
  .option('--json', 'print one line of JSON once ready, and nothing else, on standard output')
  .addHelpText(
    'after',
    '\nDYNAMODB_ENDPOINT=http://… uses a DynamoDB emulator that is running already, instead of starting one with Java.\n' +
      'ROLLCALL_JRE_DOWNLOAD=never has no JRE downloaded where Java is missing or too old.',
  );

function toPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('expected a whole number from 0 to 65535');
  return port;
}

function addContext(text: string, before: Readonly<Record<string, string>> = {}) {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new InvalidArgumentError('expected key=value');
  return { ...before, [key]: value };
}

/** npm that was killed cannot tell us; that somebody else has become our parent does. (The script's `exec` leaves no shell between.) */
function onOrphaned(act: () => void) {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event) setInterval(() => process.ppid !== parent && act(), 250).unref();
}

const say = (text: string) => process.stderr.write(`${text}\n`);

const stop = new AbortController();

async function run({ data, memory, json, context, ...places }: Options): Promise<void> {
  const { signal } = stop;
  const stopped = once(signal, 'abort').then(() => undefined);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort());
  onOrphaned(() => stop.abort());

  await using stack = await startLocalStack({
    ...places,
    ...(!memory && { data }),
    ...(context && { context }),
    progress: progressOn(process.stderr),
    signal,
  });
  process.stdout.write(json ? `${asJson(stack)}\n` : asText(stack));
  const failure = await Promise.race([stopped, stack.failed]);
  if (failure) throw failure;
  say('Stopping …');
}

try {
  await run(program.parse().opts<Options>());
  process.exit(0);
} catch (error) {
  // It was told to stop while it started.
  if (error === stop.signal.reason) process.exit(0);
  say(error instanceof LocalError ? `rollcall: ${error.message}` : `rollcall: ${error instanceof Error ? error.stack : error}`);
  process.exit(1);
}
