import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Outcome } from '../../lib/local/function-environment.ts';
import { listen } from '../../lib/local/listen.ts';
import { MAX_RESPONSE_BYTES } from '../../lib/local/payload-limits.ts';
import { type EventQueue, type LambdaError, type QueueOptions, queueOf } from './event-queue.ts';

/*
 * Lambda's side of one environment: the Runtime API, version 2018-06-01, from which a runtime takes one event after another. It
 * enforces what Lambda enforces: the time that a start and an event may take, and the sizes of events and answers.
 */

export interface RuntimeApiOptions extends QueueOptions {
  /** How long a start may take, if not as long as Lambda gives it. */
  readonly initMs?: number;
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

/** Lambda would try once more, in the time of the first event: a start that takes so long is a fault here. */
const INIT_MS = 10_000;

const PATH = /^\/2018-06-01\/runtime\/(invocation\/next|init\/error|invocation\/([^/]+)\/(response|error))$/;

/** Starts the Runtime API of one environment. */
export async function startRuntimeApi({ initMs = INIT_MS, ...options }: RuntimeApiOptions): Promise<RuntimeApi> {
  const events = queueOf(options);
  let initError: LambdaError | undefined;
  const timer = setTimeout(() => {
    initError = { errorType: 'Sandbox.Timedout', errorMessage: `Error: Init timed out after ${initMs / 1_000} seconds` };
    options.kill();
  }, initMs);
  void events.ready.then(() => clearTimeout(timer));

  const server = createServer(async (request, response) => {
    const [, operation = '', requestId = '', what = ''] = PATH.exec(request.url ?? '') ?? [];
    if (operation === 'invocation/next') return events.next(response);
    const body = await text(request);
    if (operation === 'init/error') initError = errorIn(body);
    const status = operation === 'init/error' ? 202 : settle(events, requestId, what, body);
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
      clearTimeout(timer);
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What the runtime says of an event. Gives the status of the answer. */
function settle(events: EventQueue, requestId: string, what: string, body: string): number {
  if (requestId !== events.current()) return 400;
  const outcome = what === 'error' ? errorIn(body) : outcomeIn(body);
  events.finish(outcome);
  return outcome === TOO_LARGE ? 413 : 202;
}

const outcomeIn = (body: string): Outcome =>
  Buffer.byteLength(body) > MAX_RESPONSE_BYTES ? TOO_LARGE : parsed(body, (result) => ({ result }));

const errorIn = (body: string): LambdaError =>
  parsed(body, (error) => {
    const { errorType, errorMessage } = Object(error) as LambdaError;
    return { errorType, errorMessage };
  });

/** What is no JSON is an error of the function, and not of whoever has to do with it. */
function parsed<T>(body: string, toOutcome: (value: unknown) => T): T | LambdaError {
  try {
    return toOutcome(JSON.parse(body));
  } catch (error) {
    return { errorType: 'Runtime.InvalidResponse', errorMessage: String(error) };
  }
}

const TOO_LARGE: LambdaError = {
  errorType: 'Function.ResponseSizeTooLarge',
  errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
};
