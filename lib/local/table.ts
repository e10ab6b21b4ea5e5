import { CreateTableCommand, DynamoDBClient, ResourceInUseException, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { openTable, type Table } from '../../lambdas/store/table.ts';
import { PSEUDO, type Template } from './template.ts';

/** Credentials that emulators accept; they open nothing else. */
export const LOCAL_CREDENTIALS = {
  region: PSEUDO['AWS::Region'] ?? '',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};

/** Makes the table of a template in an emulator, unless it is there. `name` is its name if not the template's. */
export async function ensureTable(template: Template, endpoint: string, name?: string): Promise<Table> {
  const [resource] = template.ofType('AWS::DynamoDB::GlobalTable');
  if (!resource) throw new Error('the template has no table');
  const { AttributeDefinitions, KeySchema, StreamSpecification, TimeToLiveSpecification } = resource.properties;
  const config = { ...LOCAL_CREDENTIALS, endpoint };
  const client = new DynamoDBClient(config);
  const TableName = name ?? resource.logicalId;
  try {
    await client.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions,
        KeySchema,
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, ...StreamSpecification },
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
