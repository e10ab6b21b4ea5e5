import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { backOff } from '../directory/back-off.ts';
import type { Scope } from '../directory/store.ts';
import { throttled, unavailable } from '../scim/errors.ts';

/** The codes under which DynamoDB says "too fast", in exceptions, in the reasons of a cancelled transaction, and of single statements. */
const THROTTLES: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'ThrottlingError',
  'ProvisionedThroughputExceededException',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
]);
/** Somebody else is at the same items, or our own earlier attempt still is. */
const CONFLICTS: ReadonlySet<string> = new Set(['TransactionConflictException', 'TransactionConflict', 'TransactionInProgressException']);
/** Failures that are not ours: the service's, or the network's on the way to it. The request may have been done all the same. */
const OUTAGES: ReadonlySet<string> = new Set([
  'InternalServerError',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'TimeoutError',
  'AbortError',
  'NetworkingError',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
]);

/** How often a request is repeated; after a conflict it is until the deadline. A request that is not answered takes seconds. */
const MAX_THROTTLES = 8;
const MAX_OUTAGES = 3;

/** Whether the very same may succeed later: an outage, or nothing but throttles and conflicts. */
export const isPassing = (codes: readonly string[]): boolean =>
  codes.some((code) => OUTAGES.has(code)) || (codes.length > 0 && codes.every((code) => THROTTLES.has(code) || CONFLICTS.has(code)));

/**
 * Waits, with full jitter, before what failed with these codes is done again. Throws 429 where throttling outlasts that,
 * 503 where the deadline comes first or an outage lasts.
 */
export function patience(scope: Scope): (codes: readonly string[]) => Promise<void> {
  let attempt = 0;
  let throttles = 0;
  let outages = 0;
  return async (codes) => {
    if (codes.some((code) => OUTAGES.has(code)) && ++outages > MAX_OUTAGES) throw failed(codes);
    if (codes.some((code) => THROTTLES.has(code)) && ++throttles > MAX_THROTTLES) throw throttled();
    await backOff(scope, ++attempt);
  };
}

function failed(codes: readonly string[]) {
  console.error({ message: 'the store failed', codes });
  return unavailable();
}

/** What failed: the reasons of a cancelled transaction that are failures, or the error's own name. */
export function codesOf(error: unknown): string[] {
  if (error instanceof TransactionCanceledException) {
    return (error.CancellationReasons ?? []).flatMap(({ Code = 'None' }) => (Code === 'None' ? [] : [Code]));
  }
  const { name, code } = Object(error) as { name?: unknown; code?: unknown };
  return [name, code].filter((found): found is string => typeof found === 'string' && found !== 'Error');
}
