import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Outcome } from '../../lib/local/function-environment.ts';
import { MAX_REQUEST_BYTES } from '../../lib/local/payload-limits.ts';

/** How Lambda reports an error of a function, or of its environment. */
export type LambdaError = Extract<Outcome, { readonly errorType: string }>;

export interface QueueOptions {
  readonly functionArn: string;
  /** How long an event may take. */
  readonly timeoutMs: number;
  /** Ends the environment, without a chance for it to say anything more. */
  readonly kill: () => void;
}

/** The events of one environment: those that wait for it to ask, and the one that it is at. */
export interface EventQueue {
  /** The environment has asked for an event, or has ended. */
  readonly ready: Promise<void>;
  /** The environment asks. */
  next(asking: ServerResponse): void;
  /** Adds an event. Throws for one that is larger than Lambda takes. */
  invoke(event: unknown): Promise<Outcome>;
  /** The event that the environment is at. */
  current(): string | undefined;
  /** The event that it is at has come to this. */
  finish(outcome: Outcome): void;
  /** The environment has ended: what it still owes is this error. */
  end(error: LambdaError): void;
}

interface Invocation {
  readonly requestId: string;
  readonly event: string;
  readonly settle: (outcome: Outcome) => void;
}

/** Makes the queue of one environment, which is empty. */
export function queueOf(options: QueueOptions): EventQueue {
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
  return {
    ready,
    finish,
    current: () => current?.invocation.requestId,
    next(response) {
      asking = response;
      isReady();
      handOver();
    },
    async invoke(given) {
      const event = eventFit(given);
      if (ended) return ended;
      const { promise, resolve: settle } = Promise.withResolvers<Outcome>();
      waiting.push({ requestId: randomUUID(), event, settle });
      handOver();
      return promise;
    },
    end(error) {
      ended = error;
      finish(error);
      for (const { settle } of waiting.splice(0)) settle(error);
      isReady();
    },
  };
}

function eventFit(event: unknown): string {
  const text = JSON.stringify(event);
  if (Buffer.byteLength(text) <= MAX_REQUEST_BYTES) return text;
  throw new RangeError(
    `RequestTooLargeException: Request must be smaller than ${MAX_REQUEST_BYTES} bytes for the InvokeFunction operation`,
  );
}

/** Gives the runtime an event, and gives the timer that ends the environment if its answer does not come in time. */
function deliver(
  asking: ServerResponse,
  { requestId, event }: Invocation,
  { functionArn, timeoutMs, kill }: QueueOptions,
  finish: (outcome: Outcome) => void,
): NodeJS.Timeout {
  const digits = requestId.replaceAll('-', '');
  const headers = {
    'Content-Type': 'application/json',
    'Lambda-Runtime-Aws-Request-Id': requestId,
    'Lambda-Runtime-Deadline-Ms': String(Date.now() + timeoutMs),
    'Lambda-Runtime-Invoked-Function-Arn': functionArn,
    // The runtime client makes `_X_AMZN_TRACE_ID` of it.
    'Lambda-Runtime-Trace-Id': `Root=1-${digits.slice(0, 8)}-${digits.slice(8)};Parent=${digits.slice(0, 16)};Sampled=0`,
  };
  asking.writeHead(200, headers).end(event);
  return setTimeout(() => {
    kill();
    finish(timedOut(requestId, timeoutMs));
  }, timeoutMs);
}

const timedOut = (requestId: string, timeoutMs: number): LambdaError => ({
  errorType: 'Sandbox.Timedout',
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeoutMs / 1_000} seconds`,
});
