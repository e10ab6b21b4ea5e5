import { format } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { MAX_RESPONSE_BYTES } from './payload-limits.ts';

/*
 * The inside of a Lambda environment: a thread that loads one bundle and runs its handler, one event at a time. What the
 * handler throws goes back as Lambda reports it.
 */

export interface Invocation {
  readonly event: unknown;
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly deadline: number;
}

export type Outcome = { readonly result: unknown } | { readonly errorType: string; readonly errorMessage: string };

/** Of the invocation that is under way. */
let awsRequestId: string | undefined;

/**
 * Lambda's console, as it is where the logging format is JSON: a line of JSON, with what was given as its `message`. Several things
 * are made a text, and the first error among them is told of beside it. What is written to standard output is left as it is.
 */
for (const level of ['trace', 'debug', 'info', 'log', 'warn', 'error'] as const)
  console[level] = (...given: unknown[]) => {
    const name = level === 'log' ? 'INFO' : level.toUpperCase();
    const line = jsonOf({ timestamp: new Date().toISOString(), level: name, requestId: awsRequestId }, given);
    process.stdout.write(`${line.replaceAll('\n', '\r')}\n`);
  };

function jsonOf(about: object, given: readonly unknown[]): string {
  if (given.length > 1) {
    const error = given.slice(1).find((one) => one instanceof Error);
    return JSON.stringify({ ...about, message: format(...given), ...(error && described(error)) });
  }
  try {
    const replacer = (_: string, value: unknown) => (value instanceof Error ? { ...described(value), ...value } : value);
    return JSON.stringify({ ...about, message: given[0] }, replacer);
  } catch {
    return JSON.stringify({ ...about, message: format(...given) });
  }
}

const described = (error: Error) => ({
  errorType: error.constructor?.name ?? 'UnknownError',
  errorMessage: error.message,
  stackTrace: String(error.stack ?? '').split('\n'),
});

const { file, handlerName } = workerData as { file: string; handlerName: string };
const bundle = (await import(file)) as Record<string, (event: unknown, context: unknown) => Promise<unknown>>;
const handler = bundle[handlerName];
if (!handler) throw new Error(`${file} exports no ${handlerName}`);

const { AWS_LAMBDA_FUNCTION_NAME: functionName, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memoryLimitInMB } = process.env;

parentPort?.on('message', async ({ event, requestId, deadline }: Invocation) => {
  awsRequestId = requestId;
  const context = {
    awsRequestId: requestId,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  parentPort?.postMessage(await run(event, context));
});

async function run(event: unknown, context: unknown): Promise<Outcome> {
  try {
    // Through JSON, as between API Gateway and Lambda: what it cannot carry does not arrive here either.
    const result = JSON.stringify(await handler?.(event, context)) ?? 'null';
    if (Buffer.byteLength(result) > MAX_RESPONSE_BYTES) throw new RangeError(`Response payload size exceeded maximum allowed payload size`);
    return { result: JSON.parse(result) };
  } catch (error) {
    const thrown = error instanceof Error ? error : new Error(String(error));
    // As Lambda does: what a handler throws is in the log with its message, its stack and whatever else it has.
    console.error(thrown);
    const { name, message } = thrown;
    return { errorType: name, errorMessage: message };
  }
}
