import { BatchExecuteStatementCommand, type BatchExecuteStatementCommandOutput } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import type { Scope } from '../directory/store.ts';
import { inBatches } from './batches.ts';
import type { Key } from './keys.ts';
import { patience, troubleOf, troubleOfCodes } from './patience.ts';
import { send } from './send.ts';
import type { Table } from './table.ts';

/** A PartiQL statement about one item. A batch of them is no transaction: each is done or fails by itself. */
export interface Statement {
  readonly Statement: string;
  readonly Parameters: unknown[];
}

const STATEMENTS_PER_BATCH = 25;
/** How many batches are under way at once: 400 statements, which is more than a table takes in the time that they take. */
export const BATCHES = 16;

export interface ExecuteOptions {
  /** How many batches may be under way at once. */
  readonly concurrency?: number;
  /**
   * Whether nothing is sent again that may have been done, or be done yet: its statements are UNANSWERED.
   *
   * @default false
   */
  readonly once?: boolean;
  /** Ends the work before all of it is done: no further batch is begun. */
  readonly signal?: AbortSignal;
}

/** Stands for the code of a statement of which nobody knows whether it is done, or will be. */
export const UNANSWERED = 'Unanswered';

/** The code of a statement whose condition does not hold, or that inserts what is there. */
export const isRefusal = (code: string | undefined): boolean => code === 'ConditionalCheckFailed' || code === 'DuplicateItem';

/** A statement that can never be done: the service is to blame, or what it may do. */
class StatementError extends Error {
  override readonly name = 'StatementError';
  readonly code: string;

  constructor(code: string) {
    super(`a statement ended with ${code}`);
    this.code = code;
  }
}

/** Throws for a statement that ended otherwise than done, refused or unanswered. */
export function requireDecided(codes: readonly (string | undefined)[]): void {
  const code = codes.find((one) => one !== undefined && one !== UNANSWERED && !isRefusal(one));
  if (code !== undefined) throw new StatementError(code);
}

/**
 * Executes statements in parallel batches, and again those that met a transaction or were throttled. Gives the code of the
 * error that each ended with, in their order, `undefined` for what is done. Throws as `send` does where some cannot be finished, when
 * nothing of the others is under way any more.
 */
export async function executeStatements(
  table: Table,
  scope: Scope,
  statements: readonly Statement[],
  { concurrency = BATCHES, once = false, signal }: ExecuteOptions = {},
): Promise<readonly (string | undefined)[]> {
  const over = new AbortController();
  const ended = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  const execute = async (batch: readonly Statement[]) => {
    if (ended.aborted) return [];
    return executeBatch(table, scope, batch, { once, ended }).catch((error: unknown) => {
      over.abort(error);
      return [];
    });
  };
  const codes = await pMap(inBatches(statements, STATEMENTS_PER_BATCH), execute, { concurrency });
  ended.throwIfAborted();
  return codes.flat();
}

interface BatchOptions {
  readonly once: boolean;
  readonly ended: AbortSignal;
}

async function executeBatch(
  { client }: Table,
  scope: Scope,
  batch: readonly Statement[],
  { once, ended }: BatchOptions,
): Promise<(string | undefined)[]> {
  const outcomes: (string | undefined)[] = batch.map(() => undefined);
  let wait = patience(scope);
  let left = [...batch.keys()];
  for (;;) {
    ended.throwIfAborted();
    const command = new BatchExecuteStatementCommand({ Statements: left.map((position) => batch[position] as Statement) });
    const codes = await send(scope, (options) => codesOf(client.send(command, options), left.length, once));
    left.forEach((position, i) => {
      outcomes[position] = once && troubleOfCodes([codes[i] ?? '']) === 'outage' ? UNANSWERED : codes[i];
    });
    const before = left.length;
    left = left.filter((position) => troubleOfCodes([outcomes[position] ?? '']));
    const trouble = troubleOfCodes(left.map((position) => outcomes[position] ?? ''));
    if (!trouble) return outcomes;
    // Where DynamoDB is too fast for some, the others are progress.
    if (left.length < before) wait = patience(scope);
    await wait(trouble);
  }
}

/** A statement of which the answer says nothing is one that was not answered. */
async function codesOf(sent: Promise<BatchExecuteStatementCommandOutput>, count: number, once: boolean): Promise<(string | undefined)[]> {
  try {
    const { Responses = [] } = await sent;
    return Array.from({ length: count }, (_, i) => (Responses[i] ? Responses[i].Error?.Code : 'InternalServerError'));
  } catch (error) {
    if (!once || troubleOf(error) !== 'outage') throw error;
    return Array(count).fill(UNANSWERED);
  }
}

/** Deletes one item, whether it is there or not. */
export const deletion = ({ name }: Table, { pk, sk }: Key): Statement => ({
  Statement: `DELETE FROM "${name}" WHERE pk = ? AND sk = ?`,
  Parameters: [pk, sk],
});
