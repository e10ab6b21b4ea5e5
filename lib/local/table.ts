import { CreateTableCommand, DynamoDBClient, ResourceInUseException, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { openTable, type Table } from '../../lambdas/store/table.ts';
import { PSEUDO, type Template } from './template.ts';

/** Credentials that emulators accept; they open nothing else. */
export const LOCAL_CREDENTIALS = {
  region: PSEUDO['AWS::Region'] ?? '',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};

export interface TableOptions {
  /** Its name if not the one that the template's functions use. */
  readonly name?: string;
  /**
   * Whether it has the template's stream. DynamoDB's costs a write nothing; DynamoDB Local looks through the streams of all tables
   * at each write, which is slower the more was written to them.
   *
   * @default true
   */
  readonly stream?: boolean;
}

/** Makes the table of a template in an emulator, unless it is there. */
export async function ensureTable(template: Template, endpoint: string, { name, stream = true }: TableOptions = {}): Promise<Table> {
  const [resource] = template.ofType('AWS::DynamoDB::GlobalTable');
  if (!resource) throw new Error('the template has no table');
  const { AttributeDefinitions, KeySchema, StreamSpecification, TimeToLiveSpecification } = resource.properties;
  const config = { ...LOCAL_CREDENTIALS, endpoint };
  const client = new DynamoDBClient(config);
  const TableName = name ?? template.outputs.TableName ?? resource.logicalId;
  try {
    await client.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions,
        KeySchema,
        BillingMode: 'PAY_PER_REQUEST',
        ...(stream && { StreamSpecification: { StreamEnabled: true, ...StreamSpecification } }),
      }),
    );
    const { AttributeName } = TimeToLiveSpecification;
    await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { AttributeName, Enabled: true } }));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  client.destroy();
  return openTable(TableName, config);
}
