import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readDirectorySecret } from '../../lambdas/auth/directory-secret.ts';
import { cachedSecrets } from '../../lambdas/auth/secret-cache.ts';
import { openSecrets } from '../../lambdas/auth/secrets-client.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import { openTable } from '../../lambdas/store/table.ts';
import { listen } from '../../lib/local/listen.ts';
import { LOCAL_CREDENTIALS } from '../../lib/local/table.ts';
import { scopeOf } from '../support/test-table.ts';

/*
 * A service that is there and does not answer, with the time-outs that functions have: none of these may last as long as API Gateway
 * waits. They are all begun at once, as each takes its seconds.
 */

const HALF_AN_ANSWER = 'HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: 100\r\n\r\n{"It';

const silent = (socket: Socket) => void socket.resume();
const halting = (socket: Socket) => void socket.once('data', () => socket.write(HALF_AN_ANSWER)).resume();

const KINDS = ['that never opens', 'that takes a request and does not answer', 'that stops halfway through its answer'] as const;
type Kind = (typeof KINDS)[number];

const sockets = new Set<Socket>();
const servers: Server[] = [];
const workers: Worker[] = [];

async function server(behave: (socket: Socket) => void): Promise<string> {
  const made = createServer((socket) => {
    sockets.add(socket);
    behave(socket.on('error', () => {}));
  });
  servers.push(made);
  return `http://127.0.0.1:${await listen(made)}`;
}

/** Listens, and then takes no connection: its thread is asleep. */
const ASLEEP = `
const { createServer } = require('node:net');
const { parentPort } = require('node:worker_threads');
const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;

/** The address of a server to which no connection opens: those that the system takes for it while it is busy are all taken. */
async function closed(): Promise<string> {
  const worker = new Worker(ASLEEP, { eval: true });
  workers.push(worker);
  const [port] = (await once(worker, 'message')) as [number];
  for (let n = 0; n < 8; n++) sockets.add(connect(port, '127.0.0.1').on('error', () => {}));
  return `http://127.0.0.1:${port}`;
}

interface Outcome {
  readonly table: PromiseSettledResult<unknown>;
  readonly secrets: PromiseSettledResult<unknown>;
}
let outcomes: ReadonlyMap<Kind, Outcome>;

/** What a request comes to that has nearly as long as API Gateway gives, where the services are at an address. */
async function askAt(endpoint: string): Promise<Outcome> {
  const config = { ...LOCAL_CREDENTIALS, endpoint };
  const store = dynamoStore(openTable('any', config));
  const read = cachedSecrets((directory) => readDirectorySecret({ client: openSecrets(config), prefix: 'any' }, directory), {
    seconds: 60,
    unknownSeconds: 60,
  });
  const reading = store.get(scopeOf('acme'), user, '26118915-6090-4610-87e4-49d8ca9f808d');
  const limit = AbortSignal.timeout(20_000);
  const late = new Promise((_, reject) => limit.addEventListener('abort', () => reject(new Error('it took longer than 20 s'))));
  const [table, secrets] = await Promise.allSettled([Promise.race([reading, late]), Promise.race([read('acme'), late])]);
  return { table, secrets };
}

beforeAll(async () => {
  const addresses: [Kind, string][] = [
    ['that never opens', await closed()],
    ['that takes a request and does not answer', await server(silent)],
    ['that stops halfway through its answer', await server(halting)],
  ];
  outcomes = new Map(await Promise.all(addresses.map(async ([kind, address]) => [kind, await askAt(address)] as const)));
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  for (const each of servers) each.close();
  await Promise.all(workers.map((each) => each.terminate()));
});

test.each(KINDS)('a connection to DynamoDB %s ends in 503 with Retry-After', (kind) => {
  expect(outcomes.get(kind)?.table).toMatchObject({ status: 'rejected', reason: { status: 503, retryAfter: 5 } });
});

test.each(KINDS)('a connection to Secrets Manager %s is an outage to the authorizer, which API Gateway answers with 500', (kind) => {
  expect(outcomes.get(kind)?.secrets).toMatchObject({
    status: 'rejected',
    reason: { message: expect.stringMatching(/^Secrets Manager did not answer: TimeoutError$/) },
  });
});
