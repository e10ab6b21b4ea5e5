import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from '../../../lib/local/listen.ts';

/** A request that DynamoDB was sent, and what it answered. */
export interface Exchange {
  /** `DynamoDB_20120810.GetItem`, for example. */
  readonly target: string;
  readonly request: string;
  readonly status: number;
  readonly answer: string;
}

/** Exchanges that were under way at once. What the answer to one of them led to is in a later wave. */
export type Wave = readonly Exchange[];

/** Stands between a client and DynamoDB, and keeps what they say. */
export interface Recorder extends AsyncDisposable {
  readonly port: number;
  /** What they have said since this was asked before. */
  take(): Promise<Wave[]>;
}

/** How long no request is answered after the first of a wave: whatever is sent without waiting for answers comes meanwhile. */
const HELD_MS = 50;

interface OpenWave {
  readonly exchanges: Promise<Exchange>[];
  /** Comes to pass when its requests may be answered, all at once. */
  readonly over: Promise<unknown>;
}

export async function startRecorder(endpoint: string): Promise<Recorder> {
  let waves: OpenWave[] = [];
  let open: OpenWave | undefined;
  const begin = (): OpenWave => {
    const exchanges: Promise<Exchange>[] = [];
    const over = sleep(HELD_MS).then(async () => {
      await Promise.allSettled(exchanges);
      open = undefined;
    });
    const wave = { exchanges, over };
    waves.push(wave);
    return wave;
  };
  const reply = async (request: IncomingMessage, response: ServerResponse) => {
    open ??= begin();
    const exchange = forward(endpoint, request);
    open.exchanges.push(exchange);
    await open.over;
    const { status, answer } = await exchange;
    response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.0' }).end(answer);
  };
  const server = createServer((request, response) => {
    reply(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  const port = await listen(server);
  return {
    port,
    async take() {
      const taken = waves;
      waves = [];
      return Promise.all(taken.map(({ exchanges }) => Promise.all(exchanges)));
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function forward(endpoint: string, request: IncomingMessage): Promise<Exchange> {
  const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
  const target = String(headers['x-amz-target']);
  const sent = await text(request);
  const response = await fetch(endpoint, { method: 'POST', headers: headers as Record<string, string>, body: sent });
  return { target, request: sent, status: response.status, answer: await response.text() };
}
