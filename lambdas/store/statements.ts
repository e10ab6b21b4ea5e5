import { BatchExecuteStatementCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import type { Scope } from '../directory/store.ts';
import { inBatches } from './batches.ts';
import type { Key } from './keys.ts';
import { patience, troubleOfCodes } from './patience.ts';
import { send } from './send.ts';
import type { Table } from './table.ts';

/** A PartiQL statement about one item. A batch of them is no transaction: each is done or fails by itself. */
export interface Statement {
  readonly Statement: string;
  readonly Parameters: unknown[];
}

const STATEMENTS_PER_BATCH = 25;
/** How many batches are under way at once. The SDK has 50 sockets. */
const BATCHES = 16;

/**
 * Executes statements in parallel batches, and again those that met a transaction or were throttled. Gives the code of the
 * error that each ended with, in their order, `undefined` for what is done. Throws as `send` does where some cannot be finished.
 */
export async function executeStatements(
  table: Table,
  scope: Scope,
  statements: readonly Statement[],
): Promise<readonly (string | undefined)[]> {
  const batches = inBatches(statements, STATEMENTS_PER_BATCH);
  return (await pMap(batches, (batch) => executeBatch(table, scope, batch), { concurrency: BATCHES })).flat();
}

async function executeBatch({ client }: Table, scope: Scope, batch: readonly Statement[]): Promise<(string | undefined)[]> {
  const outcomes: (string | undefined)[] = batch.map(() => undefined);
  const wait = patience(scope);
  let left = [...batch.keys()];
  for (;;) {
    const command = new BatchExecuteStatementCommand({ Statements: left.map((position) => batch[position] as Statement) });
    const { Responses = [] } = await send(scope, (options) => client.send(command, options));
    left.forEach((position, i) => {
      outcomes[position] = Responses[i]?.Error?.Code;
    });
    left = left.filter((position) => troubleOfCodes([outcomes[position] ?? '']));
    const trouble = troubleOfCodes(left.map((position) => outcomes[position] ?? ''));
    if (!trouble) return outcomes;
    await wait(trouble);
  }
}

/** Deletes one item, whether it is there or not. */
export const deletion = ({ name }: Table, { pk, sk }: Key): Statement => ({
  Statement: `DELETE FROM "${name}" WHERE pk = ? AND sk = ?`,
  Parameters: [pk, sk],
});
