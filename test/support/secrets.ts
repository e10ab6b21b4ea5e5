import { createServer } from 'node:http';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Secrets } from '../../lambdas/auth/directory-secret.ts';
import { listen } from '../../lib/local/listen.ts';
import { startSecretsManager } from '../../lib/local/secrets-manager.ts';
import { LOCAL_CREDENTIALS } from '../../lib/local/table.ts';

export interface TestSecrets extends Secrets, AsyncDisposable {}

const secretsAt = (endpoint: string, dispose: () => unknown): TestSecrets => {
  const client = new SecretsManagerClient({ ...LOCAL_CREDENTIALS, endpoint, maxAttempts: 1 });
  return {
    client,
    prefix: 'rollcall',
    async [Symbol.asyncDispose]() {
      client.destroy();
      await dispose();
    },
  };
};

/** A Secrets Manager for one test alone. */
export async function testSecrets(): Promise<TestSecrets> {
  const manager = await startSecretsManager();
  return secretsAt(manager.endpoint, () => manager[Symbol.asyncDispose]());
}

/** A Secrets Manager that answers everything alike, as it stands on the wire. */
export async function answeringSecrets(status: number, body: string): Promise<TestSecrets> {
  const server = createServer((_, response) => response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(body));
  const port = await listen(server);
  return secretsAt(`http://127.0.0.1:${port}`, () => {
    server.closeAllConnections();
    server.close();
  });
}

/** Has the secret of a directory hold something, whatever it is: a text as it stands, anything else as JSON. */
export async function putSecret({ client, prefix }: Secrets, directory: string, value: unknown): Promise<void> {
  const SecretString = typeof value === 'string' ? value : JSON.stringify(value);
  const name = `${prefix}/${directory}`;
  await client
    .send(new CreateSecretCommand({ Name: name, SecretString }))
    .catch(() => client.send(new PutSecretValueCommand({ SecretId: name, SecretString })));
}
