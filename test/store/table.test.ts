import { createServer } from 'node:http';
import { afterEach, expect, test } from '@jest/globals';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import { tableFromEnvironment } from '../../lambdas/store/table.ts';
import { listen } from '../../lib/local/listen.ts';
import { scopeOf } from '../support/test-table.ts';

const before = { ...process.env };
afterEach(() => {
  process.env = before;
});

test('a DynamoDB that takes requests and answers none is 503 with Retry-After, long before API Gateway gives up', async () => {
  const silent = createServer(() => {});
  const port = await listen(silent);
  process.env = {
    ...before,
    TABLE_NAME: 'any',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
  };
  const table = tableFromEnvironment();
  const reading = dynamoStore(table).get(scopeOf('acme'), user, '26118915-6090-4610-87e4-49d8ca9f808d');
  await expect(reading).rejects.toMatchObject({ status: 503, retryAfter: 5 });
  table.client.destroy();
  silent.closeAllConnections();
  silent.close();
});

test('without the name of its table a function does not start', () => {
  process.env = { ...before, TABLE_NAME: '' };
  expect(tableFromEnvironment).toThrow('TABLE_NAME is not set');
});
