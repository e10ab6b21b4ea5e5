import { randomUUID } from 'node:crypto';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { backOff } from '../directory/back-off.ts';
import type { Scope } from '../directory/store.ts';
import { throttled, unavailable } from '../scim/errors.ts';
import type { Table } from './table.ts';

type Action = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** One write of a transaction; the table's name is added when it is sent. */
export type Write = {
  readonly [Kind in keyof Action]?: Omit<NonNullable<Action[Kind]>, 'TableName'>;
};

/** The codes under which DynamoDB says "too fast", in exceptions and in the reasons of a cancelled transaction. */
const THROTTLES: ReadonlySet<string> = new Set([
  'ThrottlingException',
  'ThrottlingError',
  'ProvisionedThroughputExceededException',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
]);
const CONFLICTS: ReadonlySet<string> = new Set(['TransactionConflictException', 'TransactionConflict', 'TransactionInProgressException']);
/** Failures that are not ours: the service's, or the network's on the way to it. */
const OUTAGES: ReadonlySet<string> = new Set([
  'InternalServerError',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'TimeoutError',
  'AbortError',
  'NetworkingError',
  'ECONNREFUSED',
  'ECONNRESET',
]);

const MAX_THROTTLES = 5;

/** What each request to DynamoDB is sent with: it ends at the deadline of its scope. */
export interface RequestOptions {
  readonly abortSignal: AbortSignal;
}

/**
 * Sends one request, and again, with full jitter, while other transactions are at its items or DynamoDB asks for less.
 * Throws 429 where throttling outlasts that, 503 where the deadline or an outage ends it.
 */
export async function send<T>({ deadline }: Scope, request: (options: RequestOptions) => Promise<T>): Promise<T> {
  let throttles = 0;
  for (let attempt = 1; ; attempt++) {
    const left = deadline - Date.now();
    if (left <= 0) throw unavailable();
    try {
      return await request({ abortSignal: AbortSignal.timeout(left) });
    } catch (error) {
      const codes = codesOf(error);
      if (codes.some((code) => OUTAGES.has(code))) throw failed(codes);
      if (!codes.length || !codes.every((code) => THROTTLES.has(code) || CONFLICTS.has(code))) throw error;
      if (codes.some((code) => THROTTLES.has(code)) && ++throttles > MAX_THROTTLES) throw throttled();
      await backOff({ deadline }, attempt);
    }
  }
}

function failed(codes: readonly string[]) {
  console.error(JSON.stringify({ level: 'error', message: 'the store failed', codes }));
  return unavailable();
}

/** What failed: the reasons of a cancelled transaction that are failures, or the error's own name. */
function codesOf(error: unknown): string[] {
  if (error instanceof TransactionCanceledException) {
    return (error.CancellationReasons ?? []).flatMap(({ Code = 'None' }) => (Code === 'None' ? [] : [Code]));
  }
  const { name, code } = Object(error) as { name?: unknown; code?: unknown };
  return [name, code].filter((found): found is string => typeof found === 'string' && found !== 'Error');
}

/**
 * Commits some writes, all or none. Gives back the positions whose condition failed; none of the writes has happened then.
 * The request bears one token: repeated after a lost answer, it is not done twice.
 */
export async function transact(scope: Scope, { client, name }: Table, writes: readonly Write[]): Promise<number[]> {
  const command = new TransactWriteCommand({
    TransactItems: writes.map((write) => mapValues(write, (input) => ({ TableName: name, ...input })) as Action),
    ClientRequestToken: randomUUID(),
  });
  try {
    await send(scope, (options) => client.send(command, options));
    return [];
  } catch (error) {
    const failed = error instanceof TransactionCanceledException ? failedConditions(error) : [];
    if (failed.length === 0) throw error;
    return failed;
  }
}

const failedConditions = ({ CancellationReasons = [] }: TransactionCanceledException) =>
  CancellationReasons.flatMap(({ Code }, position) => (Code === 'ConditionalCheckFailed' ? [position] : []));

const mapValues = <T>(object: Record<string, T>, change: (value: T) => unknown) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
