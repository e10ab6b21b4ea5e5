import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseBaseUrl } from '../base-url.ts';
import { readContext } from '../context.ts';
import { reasonOf } from '../reason.ts';
import { readApi } from './api.ts';
import { type DataFolder, type OperatorTokens, openDataFolder } from './data-folder.ts';
import { startDynamoDb } from './dynamodb.ts';
import { ensureFirstDirectory } from './first-directory.ts';
import { startFunctions } from './functions.ts';
import { type Backend, createGateway } from './gateway.ts';
import { listenAt, type Place, urlOf } from './listen.ts';
import { LocalError } from './local-error.ts';
import type { Running } from './running.ts';
import type { Progress } from './screen.ts';
import { startSecretsManager } from './secrets-manager.ts';
import { synthesize } from './synthesize.ts';
import { ensureTable, LOCAL_CREDENTIALS } from './table.ts';
import type { Template } from './template.ts';

export interface LocalStackOptions {
  readonly host: string;
  /** 0 has one picked. */
  readonly port: number;
  /** Of DynamoDB Local, if it is to be started; 0, which is the default, has one picked. */
  readonly dynamodbPort?: number;
  /** Of the local Secrets Manager. One that is chosen is for others to reach, so it then listens on `host`. */
  readonly secretsManagerPort?: number;
  /** Folder that keeps the data; in memory if absent. */
  readonly data?: string;
  /** Context for the CDK app, by key. It comes before `BASE_URL`. */
  readonly context?: Readonly<Record<string, string>>;
  readonly progress?: Progress;
  /** Gives up the start. */
  readonly signal?: AbortSignal;
}

/** The whole service on this machine. Disposing of it ends everything that it started. */
export interface LocalStack extends AsyncDisposable {
  readonly tokens: OperatorTokens;
  readonly running: Running;
  /** Comes to pass if something ends that it cannot do without. */
  readonly failed: Promise<LocalError>;
}

export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { host, port, dynamodbPort = 0, data, progress = () => {}, signal: stop } = options;
  const context = contextOf(options);
  await using started = new AsyncDisposableStack();
  const folder = data === undefined ? undefined : started.use(openDataFolder(data));
  const scratch = makeScratchFolder();
  started.defer(() => rmSync(scratch, { recursive: true, force: true }));

  const backend = Promise.withResolvers<Backend>();
  const address = await serve(started, createGateway(backend.promise), host, port);

  progress('Starting DynamoDB and synthesizing the stack');
  const [template, dynamodb, secretsManager] = await together(
    stop,
    (signal) => synthesize(scratch, { signal, context }),
    async (signal) =>
      started.use(await startDynamoDb({ port: dynamodbPort, scratch, signal, progress, ...(folder && { data: folder.dynamodb }) })),
    async () => started.use(await startSecretsManager(folder?.secrets, Date.now, placeOfSecrets(options))),
  );
  const endpoints = { AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint, AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.endpoint };

  progress('Preparing the table and the first directory');
  const { table, tokens, secretPrefix } = await prepare(template, dynamodb.endpoint, secretsManager.endpoint, folder);

  const functions = started.use(startFunctions(template, endpoints));
  backend.resolve({ api: readApi(template), invoke: functions.invoke });

  const apiUrl = baseUrlOf(template) ?? address;
  const running: Running = {
    pid: process.pid,
    address,
    apiUrl,
    baseUrl: `${apiUrl}/${tokens.directory}/scim/v2`,
    dynamodb: dynamodb.endpoint,
    secretsManager: secretsManager.endpoint,
    table: table.name,
    secretPrefix,
    credentialCacheSeconds: Number(template.outputs.CredentialCacheSeconds),
  };
  folder?.writeRunning(running);
  const owned = started.move();
  const failed = Promise.race([dynamodb, ...(folder ? [folder] : [])].map((each) => each.failed));
  return { tokens, running, failed, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const placeOfSecrets = ({ host, secretsManagerPort: port = 0 }: LocalStackOptions): Place => ({
  port,
  ...(port !== 0 && { host }),
  option: '--secrets-manager-port',
});

/** Makes the table, and the first directory in it. */
async function prepare(template: Template, dynamodb: string, secretsManager: string, folder: DataFolder | undefined) {
  const table = await ensureTable(template, dynamodb).catch((error: unknown) => {
    throw new LocalError(`what answers at ${dynamodb} makes no table: is it a DynamoDB? (${reasonOf(error)})`, { cause: error });
  });
  const client = new SecretsManagerClient({ ...LOCAL_CREDENTIALS, endpoint: secretsManager });
  const secretPrefix = template.outputs.SecretPrefix ?? '';
  const tokens = await ensureFirstDirectory({ table, secrets: { client, prefix: secretPrefix }, tokens: folder?.tokens });
  folder?.writeTokens(tokens);
  return { table, tokens, secretPrefix };
}

/** What the CDK app is told. `BASE_URL` is where a tunnel, say, makes this machine known under another address. */
function contextOf({ context }: LocalStackOptions): Readonly<Record<string, string>> {
  const { BASE_URL } = process.env;
  try {
    const all: Record<string, string> = { ...(BASE_URL && { baseUrl: parseBaseUrl(BASE_URL, 'BASE_URL') }), ...context };
    readContext(all);
    return all;
  } catch (error) {
    throw error instanceof RangeError ? new LocalError(error.message) : error;
  }
}

/** The address that its functions print, where they have been told one. */
const baseUrlOf = (template: Template): string | undefined =>
  template
    .ofType('AWS::Lambda::Function')
    .map(({ properties }) => properties.Environment?.Variables?.BASE_URL)
    .find((url) => url !== undefined);

/**
 * Does some things at once. Where one fails, or all are to stop, the others are told to give up and are waited for: what they
 * have started must be known before it can be ended.
 */
async function together<T extends readonly unknown[]>(
  stop: AbortSignal | undefined,
  ...acts: { [K in keyof T]: (signal: AbortSignal) => Promise<T[K]> }
): Promise<T> {
  const failure = new AbortController();
  const signal = AbortSignal.any([failure.signal, ...(stop ? [stop] : [])]);
  const results = acts.map((act) =>
    act(signal).catch((error: unknown) => {
      failure.abort(error);
    }),
  );
  const values = await Promise.all(results);
  signal.throwIfAborted();
  return values as unknown as T;
}

function makeScratchFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'rollcall-'));
  } catch (error) {
    throw new LocalError(`there is no place for temporary files (${reasonOf(error)}): set TMPDIR to a folder that can be written`);
  }
}

async function serve(started: AsyncDisposableStack, server: Server, host: string, port: number): Promise<string> {
  const actual = await listenAt(server, { port, host, option: '--port' });
  started.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return urlOf(host, actual);
}
