import { randomUUID } from 'node:crypto';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Directory } from '../../lambdas/directory/operations.ts';
import { type Scope, type Store, startTrace } from '../../lambdas/directory/store.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../lambdas/scim/schemas/settings.ts';
import { TOKEN_SCOPES } from '../../lambdas/scim/token-scopes.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import type { Table } from '../../lambdas/store/table.ts';
import { ensureTable } from '../../lib/local/table.ts';
import { readTemplate, type Template } from '../../lib/local/template.ts';
import { makeStrict, type Strict } from './strict-dynamodb.ts';

/** The stack as the CDK app describes it, synthesized once for all tests. */
export const template = (): Template => readTemplate(process.env.TEST_CDK_OUT ?? '');

export interface RawItem extends Record<string, unknown> {
  readonly pk: string;
  readonly sk: string;
}

/** Every item of a table, however many there are. */
async function rawItems({ client, name }: Table): Promise<RawItem[]> {
  const all: RawItem[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const command: ScanCommand = new ScanCommand({ TableName: name, ConsistentRead: true, ...(start && { ExclusiveStartKey: start }) });
    const { Items = [], LastEvaluatedKey } = await client.send(command);
    all.push(...(Items as RawItem[]));
    start = LastEvaluatedKey;
  } while (start);
  return all;
}

export interface TestTable extends Table, Strict, AsyncDisposable {
  /** Every item, as it lies in the table. */
  items(): Promise<RawItem[]>;
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
    items: () => rawItems({ client, name }),
    async [Symbol.asyncDispose]() {
      await client.send(new DeleteTableCommand({ TableName: name }));
      client.destroy();
    },
  };
}

/** The scope of one request, with all the time that a test needs. */
export const scopeOf = (directory: string, deadline = Date.now() + 120_000): Scope => ({
  directory,
  credential: 'token 1',
  settings: DEFAULT_SETTINGS,
  deadline,
  trace: startTrace(randomUUID()),
});

/** A directory in a table as a request of its own sees it, whose credential may write all that there is. */
export const directoryOn = (table: Table, name = 'acme', settings: Settings = DEFAULT_SETTINGS): Directory => ({
  ...scopeOf(name),
  settings,
  scopes: TOKEN_SCOPES,
  store: dynamoStore(table),
});

/** The directory gives the next resource this id: what is random in a run is chosen by its seed alone. */
export function givingId(directory: Directory, id: string): Directory {
  const { store } = directory;
  const create: Store['create'] = (scope, type, resource, members) => store.create(scope, type, { ...resource, id }, members);
  return { ...directory, store: { ...store, create } };
}
