import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { newDirectorySecret } from '../../lambdas/auth/directory-secret.ts';
import { createDirectorySecret } from '../../lambdas/auth/secret-life.ts';
import { mintToken } from '../../lambdas/auth/token.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../lambdas/scim/schemas/settings.ts';
import type { TokenScope } from '../../lambdas/scim/token-scopes.ts';
import { putDirectory } from '../../lambdas/store/directories.ts';
import { openTable, type Table } from '../../lambdas/store/table.ts';
import type { Running } from '../../lib/local/running.ts';
import { LOCAL_CREDENTIALS } from '../../lib/local/table.ts';
import { scopeOf } from './test-table.ts';

/** A directory of a running stack, and its credentials: one of the scopes that a test wants, and that of the vendor's application. */
export interface TestDirectory {
  readonly directory: string;
  readonly baseUrl: string;
  readonly token: string;
  readonly applicationToken: string;
}

/** Makes a directory in a running stack, as the operator would. */
export async function makeDirectory(
  running: Running,
  directory: string,
  scopes: readonly TokenScope[] = ['provision'],
  settings: Settings = DEFAULT_SETTINGS,
): Promise<TestDirectory> {
  const own = mintToken(directory, 'test', scopes);
  const application = mintToken(directory, 'application', ['application']);
  const client = new SecretsManagerClient({ ...LOCAL_CREDENTIALS, endpoint: running.secretsManager });
  await putDirectory(tableOf(running), scopeOf(directory), { name: directory, state: 'active', settings });
  const secret = newDirectorySecret([own.stored, application.stored], settings);
  await createDirectorySecret({ client, prefix: running.secretPrefix }, directory, secret);
  return {
    directory,
    token: own.token,
    applicationToken: application.token,
    baseUrl: running.baseUrl.replace(/[^/]+\/scim\/v2$/, `${directory}/scim/v2`),
  };
}

export const tableOf = ({ dynamodb, table }: Running): Table => openTable(table, { ...LOCAL_CREDENTIALS, endpoint: dynamodb });
