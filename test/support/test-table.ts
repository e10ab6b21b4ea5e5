import { randomUUID } from 'node:crypto';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Directory } from '../../lambdas/directory/operations.ts';
import { type Scope, startTrace } from '../../lambdas/directory/store.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import type { Table } from '../../lambdas/store/table.ts';
import { ensureTable } from '../../lib/local/table.ts';
import { readTemplate, type Template } from '../../lib/local/template.ts';
import { makeStrict, type Strict } from './strict-dynamodb.ts';

/** The stack as the CDK app describes it, synthesized once for all tests. */
export const template = (): Template => readTemplate(process.env.TEST_CDK_OUT ?? '');

export interface TestTable extends Table, Strict, AsyncDisposable {
  /** Every item, as it lies in the table. */
  items(): Promise<Record<string, unknown>[]>;
}

/** The stack's table, empty and for one test alone, as strict as DynamoDB itself is. */
export async function testTable(): Promise<TestTable> {
  const { client, name } = await ensureTable(template(), process.env.TEST_DYNAMODB_ENDPOINT ?? '', {
    name: `test-${randomUUID()}`,
    stream: false,
  });
  return {
    client,
    name,
    ...makeStrict(client),
    async items() {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: name, ConsistentRead: true }));
      return Items;
    },
    async [Symbol.asyncDispose]() {
      await client.send(new DeleteTableCommand({ TableName: name }));
      client.destroy();
    },
  };
}

/** The scope of one request, with all the time that a test needs. */
export const scopeOf = (directory: string, deadline = Date.now() + 30_000): Scope => ({
  directory,
  credential: 'token 1',
  deadline,
  trace: startTrace(randomUUID()),
});

/** A directory in a table as a request of its own sees it. */
export const directoryOn = (table: Table, name = 'acme'): Directory => ({ ...scopeOf(name), store: dynamoStore(table) });
