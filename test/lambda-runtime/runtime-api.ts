import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Outcome } from '../../lib/local/function-environment.ts';
import { listen } from '../../lib/local/listen.ts';

/*
 * Lambda's side of one environment: the Runtime API, version 2018-06-01, from which a runtime takes one event after another. It
 * enforces what Lambda enforces: the time that a function has, and the size of what it answers.
 */

/** How Lambda reports an error of a function, or of its environment. */
export type LambdaError = Extract<Outcome, { readonly errorType: string }>;

/** Lambda's limit for an answer: 6 MB, and a little for what is around it. */
export const MAX_RESPONSE_BYTES = 6_291_556;

export interface RuntimeApiOptions {
  readonly functionArn: string;
  /** How long an event may take. */
  readonly timeoutMs: number;
  /** Ends the environment, without a chance for it to say anything more. */
  readonly kill: () => void;
}

export interface RuntimeApi extends AsyncDisposable {
  /** What `AWS_LAMBDA_RUNTIME_API` is to be: host and port. */
  readonly address: string;
  /** The environment has started, and asked for its first event; or it has ended before that. */
  readonly ready: Promise<void>;
  /** Gives the environment an event, after those that wait already; its answer is parsed from JSON. */
  invoke(event: unknown): Promise<Outcome>;
  /** To be told when the environment has ended: what it still owes is an error then. */
  ended(how: string): void;
  /** What the runtime has reported of its start, if that failed. */
  initError(): LambdaError | undefined;
}

interface Invocation {
  readonly requestId: string;
  readonly event: unknown;
  readonly settle: (outcome: Outcome) => void;
}

const PATH = /^\/2018-06-01\/runtime\/(invocation\/next|init\/error|invocation\/([^/]+)\/(response|error))$/;

/** Starts the Runtime API of one environment. */
export async function startRuntimeApi(options: RuntimeApiOptions): Promise<RuntimeApi> {
  const events = queueOf(options);
  let initError: LambdaError | undefined;

  const server = createServer(async (request, response) => {
    const [, operation = '', requestId = '', what = ''] = PATH.exec(request.url ?? '') ?? [];
    if (operation === 'invocation/next') return events.next(response);
    const body = await text(request);
    if (operation === 'init/error') initError = errorIn(body);
    const status = operation === 'init/error' ? 202 : events.settle(requestId, what, body);
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ status: status === 202 ? 'OK' : 'refused' }));
  });
  const port = await listen(server);
  return {
    address: `127.0.0.1:${port}`,
    ready: events.ready,
    invoke: events.invoke,
    ended: (how) => events.end(initError ?? { errorType: 'Runtime.ExitError', errorMessage: `Error: Runtime exited ${how}` }),
    initError: () => initError,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The events of one environment: those that wait for it to ask, and the one that it is at. */
function queueOf(options: RuntimeApiOptions) {
  const { promise: ready, resolve: isReady } = Promise.withResolvers<void>();
  const waiting: Invocation[] = [];
  let asking: ServerResponse | undefined;
  let current: { readonly invocation: Invocation; readonly timer: NodeJS.Timeout } | undefined;
  let ended: LambdaError | undefined;

  const finish = (outcome: Outcome) => {
    clearTimeout(current?.timer);
    current?.invocation.settle(outcome);
    current = undefined;
  };
  const handOver = () => {
    const invocation = asking && waiting.shift();
    if (!asking || !invocation) return;
    current = { invocation, timer: deliver(asking, invocation, options, finish) };
    asking = undefined;
  };
  const next = (response: ServerResponse) => {
    asking = response;
    isReady();
    handOver();
  };
  const invoke = async (event: unknown): Promise<Outcome> => {
    if (ended) return ended;
    const { promise, resolve: settle } = Promise.withResolvers<Outcome>();
    waiting.push({ requestId: randomUUID(), event, settle });
    handOver();
    return promise;
  };
  /** What the runtime says of an event. Gives the status of the answer. */
  const settle = (requestId: string, what: string, body: string): number => {
    if (requestId !== current?.invocation.requestId) return 400;
    const outcome = outcomeIn(what, body);
    finish(outcome);
    return outcome === TOO_LARGE ? 413 : 202;
  };
  const end = (error: LambdaError) => {
    ended = error;
    finish(error);
    for (const { settle } of waiting.splice(0)) settle(error);
    isReady();
  };
  return { ready, next, invoke, settle, end };
}

const outcomeIn = (what: string, body: string): Outcome => {
  if (what === 'error') return errorIn(body);
  return Buffer.byteLength(body) > MAX_RESPONSE_BYTES ? TOO_LARGE : { result: JSON.parse(body) };
};

/** Gives the runtime an event, and gives the timer that ends the environment if its answer does not come in time. */
function deliver(
  asking: ServerResponse,
  { requestId, event }: Invocation,
  { functionArn, timeoutMs, kill }: RuntimeApiOptions,
  finish: (outcome: Outcome) => void,
): NodeJS.Timeout {
  const headers = {
    'Content-Type': 'application/json',
    'Lambda-Runtime-Aws-Request-Id': requestId,
    'Lambda-Runtime-Deadline-Ms': String(Date.now() + timeoutMs),
    'Lambda-Runtime-Invoked-Function-Arn': functionArn,
    'Lambda-Runtime-Trace-Id': `Root=1-${requestId.slice(0, 8)}-${requestId.replaceAll('-', '').slice(8)};Sampled=0`,
  };
  asking.writeHead(200, headers).end(JSON.stringify(event));
  return setTimeout(() => {
    kill();
    finish(timedOut(requestId, timeoutMs));
  }, timeoutMs);
}

const timedOut = (requestId: string, timeoutMs: number): LambdaError => ({
  errorType: 'Sandbox.Timedout',
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeoutMs / 1_000} seconds`,
});

const TOO_LARGE: LambdaError = {
  errorType: 'Function.ResponseSizeTooLarge',
  errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
};

const errorIn = (body: string): LambdaError => {
  const { errorType, errorMessage }: LambdaError = JSON.parse(body);
  return { errorType, errorMessage };
};
