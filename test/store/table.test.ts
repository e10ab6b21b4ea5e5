import { afterEach, expect, test } from '@jest/globals';
import { tableFromEnvironment } from '../../lambdas/store/table.ts';

const LAMBDA_CREDENTIALS = { AWS_ACCESS_KEY_ID: 'own', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'session' };

const before = { ...process.env };
afterEach(() => {
  process.env = before;
});

test('a function signs with the credentials of its environment, whatever profile it names', async () => {
  process.env = { ...before, ...LAMBDA_CREDENTIALS, TABLE_NAME: 'any', AWS_REGION: 'eu-west-1', AWS_PROFILE: 'another' };
  const { client } = tableFromEnvironment();
  expect(await client.config.credentials()).toMatchObject({ accessKeyId: 'own', secretAccessKey: 'secret', sessionToken: 'session' });
});

test('without credentials in its environment a function says so, and looks nowhere else', async () => {
  process.env = { ...before, AWS_ACCESS_KEY_ID: '', TABLE_NAME: 'any', AWS_REGION: 'eu-west-1' };
  const { client } = tableFromEnvironment();
  await expect(client.config.credentials()).rejects.toThrow('Unable to find environment variable credentials');
});

test('without the name of its table a function does not start', () => {
  process.env = { ...before, TABLE_NAME: '' };
  expect(tableFromEnvironment).toThrow('TABLE_NAME is not set');
});
