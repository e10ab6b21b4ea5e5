import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { isClockSkewError, isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { backOff } from '../directory/back-off.ts';
import type { Scope } from '../directory/store.ts';
import { failureOf } from '../log/failure.ts';
import { throttled, unavailable } from '../scim/errors.ts';

/**
 * Why the very same request may succeed later: somebody else is at the same items (or our own earlier attempt still is),
 * DynamoDB asks for less, or it did not answer. In the last case the request may have been done all the same.
 */
type Trouble = 'conflict' | 'throttle' | 'outage';

/** In the reasons of a cancelled transaction, in the errors of single statements, and for keys that were left undone. */
const CODES: ReadonlyMap<string, Trouble> = new Map<string, Trouble>([
  ['TransactionConflict', 'conflict'],
  ['TransactionConflictException', 'conflict'],
  ['TransactionInProgressException', 'conflict'],
  ['ThrottlingError', 'throttle'],
  ['ProvisionedThroughputExceeded', 'throttle'],
  ['RequestLimitExceeded', 'throttle'],
  ['InternalServerError', 'outage'],
]);

/**
 * What some codes come to; `undefined` if none of them passes. One that passes decides for all: beside a conflict, a
 * condition that failed may have met half of what a twin of this very request is writing.
 */
export function troubleOfCodes(codes: readonly string[]): Trouble | undefined {
  const troubles = codes.flatMap((code) => CODES.get(code) ?? []);
  return (['outage', 'throttle', 'conflict'] as const).find((trouble) => troubles.includes(trouble));
}

type SdkError = Parameters<typeof isTransientError>[0] & { readonly $response?: { readonly statusCode?: number } };

/** What an error of the SDK comes to; `undefined` if the request is to blame. */
export function troubleOf(error: unknown): Trouble | undefined {
  if (error instanceof TransactionCanceledException) return troubleOfCodes((error.CancellationReasons ?? []).map(({ Code = '' }) => Code));
  const failure = Object(error) as SdkError;
  const known = CODES.get(failure.name);
  if (known) return known;
  if (isThrottlingError(failure)) return 'throttle';
  // AbortError is ours, at the deadline. An answer that is no JSON leaves its status alone to tell.
  const isOutage =
    failure.name === 'AbortError' ||
    isTransientError(failure) ||
    isServerError(failure) ||
    isClockSkewError(failure) ||
    (failure.$response?.statusCode ?? 0) >= 500;
  return isOutage ? 'outage' : undefined;
}

/** How often a request is repeated; after a conflict it is until the deadline. A request that is not answered takes seconds. */
const MAX: Readonly<Record<Trouble, number>> = { conflict: Number.POSITIVE_INFINITY, throttle: 8, outage: 3 };

/**
 * Waits, with full jitter, before what failed is done again. Throws 429 where throttling outlasts that, 503 where the
 * deadline comes first or an outage lasts.
 */
export function patience(scope: Scope): (trouble: Trouble, error?: unknown) => Promise<void> {
  const seen = { conflict: 0, throttle: 0, outage: 0 };
  let attempt = 0;
  return async (trouble, error) => {
    if (++seen[trouble] > MAX[trouble]) throw trouble === 'throttle' ? throttled() : failed(scope, error);
    await backOff(scope, ++attempt);
  };
}

/** Of many requests that fail at once for one request of a client, the first is enough. */
const told = new WeakSet<Scope['trace']>();

function failed({ trace }: Scope, error: unknown) {
  if (told.has(trace)) return unavailable();
  told.add(trace);
  // Where DynamoDB left keys undone, or cancelled a statement, there is none.
  const { name = undefined, code = undefined } = error === undefined ? {} : failureOf(error);
  console.error({ message: 'the store failed', requestId: trace.requestId, name, code });
  return unavailable();
}
