import { randomUUID } from 'node:crypto';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Scope } from '../directory/store.ts';
import { unavailable } from '../scim/errors.ts';
import { patience, troubleOf } from './patience.ts';
import type { Table } from './table.ts';

type Action = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** One write of a transaction; the table's name is added when it is sent. */
export type Write = {
  readonly [Kind in keyof Action]?: Omit<NonNullable<Action[Kind]>, 'TableName'>;
};

/** How many writes one transaction has at most. */
export const MAX_WRITES = 100;

/** What each request to DynamoDB is sent with: it ends at the deadline of its scope. */
export interface RequestOptions {
  readonly abortSignal: AbortSignal;
}

/**
 * Sends one request, and the very same again while other transactions are at its items, DynamoDB asks for less, or its answer
 * is lost. Throws 429 where throttling outlasts that, 503 where the deadline or an outage ends it.
 */
export async function send<T>(scope: Scope, request: (options: RequestOptions) => Promise<T>): Promise<T> {
  const wait = patience(scope);
  for (;;) {
    const left = scope.deadline - Date.now();
    if (left <= 0) throw unavailable();
    scope.trace.storeCalls++;
    try {
      return await request({ abortSignal: AbortSignal.timeout(left) });
    } catch (error) {
      const trouble = troubleOf(error);
      if (!trouble) throw error;
      await wait(trouble, error);
    }
  }
}

/**
 * Commits some writes, all or none. Gives back the positions whose condition failed; none of the writes has happened then.
 * The request bears one token: repeated after a lost answer, it is not done twice. Should DynamoDB have forgotten the token,
 * an item that bears our stamp tells that it was done.
 */
export async function transact(scope: Scope, { client, name }: Table, writes: readonly Write[], stamp?: string): Promise<number[]> {
  const command = new TransactWriteCommand({
    TransactItems: writes.map((write) => mapValues(write, (input) => ({ TableName: name, ...input })) as Action),
    ClientRequestToken: randomUUID(),
  });
  try {
    await send(scope, (options) => client.send(command, options));
    return [];
  } catch (error) {
    const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
    const failed = reasons.flatMap(({ Code }, position) => (Code === 'ConditionalCheckFailed' ? [position] : []));
    if (failed.length === 0) throw error;
    return stamp !== undefined && reasons.some(({ Item }) => Item?.stamp?.S === stamp) ? [] : failed;
  }
}

const mapValues = <T>(object: Record<string, T>, change: (value: T) => unknown) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
