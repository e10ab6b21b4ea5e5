import { afterEach, expect, test } from '@jest/globals';
import { openSecrets } from '../../lambdas/auth/secrets-client.ts';

const before = { ...process.env };
afterEach(() => {
  process.env = before;
});

test('a function signs with the credentials of its environment, whatever profile it names', async () => {
  process.env = {
    ...before,
    AWS_ACCESS_KEY_ID: 'own',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'session',
    AWS_PROFILE: 'another',
  };
  const { config } = openSecrets({ region: 'eu-west-1' });
  expect(await config.credentials()).toMatchObject({ accessKeyId: 'own', secretAccessKey: 'secret', sessionToken: 'session' });
});

test('without credentials in its environment a function says so, and looks nowhere else', async () => {
  process.env = { ...before, AWS_ACCESS_KEY_ID: '' };
  const { config } = openSecrets({ region: 'eu-west-1' });
  await expect(config.credentials()).rejects.toThrow('Unable to find environment variable credentials');
});
