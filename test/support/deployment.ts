import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { startSecretsManager } from '../../lib/local/secrets-manager.ts';
import { LOCAL_CREDENTIALS } from '../../lib/local/table.ts';
import type { Deployment } from '../../lib/operator/deployment.ts';
import { type TestTable, testTable } from './test-table.ts';

export interface TestDeployment extends Deployment, AsyncDisposable {
  readonly table: TestTable;
}

/** A stack as the operator reaches it, for one test alone, without the functions. */
export async function testDeployment(): Promise<TestDeployment> {
  await using started = new AsyncDisposableStack();
  const table = started.use(await testTable());
  const manager = started.use(await startSecretsManager());
  const client = new SecretsManagerClient({ ...LOCAL_CREDENTIALS, endpoint: manager.endpoint });
  started.defer(() => client.destroy());
  const owned = started.move();
  return {
    table,
    secrets: { client, prefix: 'rollcall' },
    apiUrl: 'https://scim.example',
    credentialCacheSeconds: 0,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
