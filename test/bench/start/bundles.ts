import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLING } from '../../../lib/constructs/bundling.ts';
import { LOCAL_CREDENTIALS } from '../../../lib/local/table.ts';
import type { Template } from '../../../lib/local/template.ts';
import { bundle } from '../../support/bundle.ts';
import { deployedFunction } from '../deployed-function.ts';

/** A bundle on the disk, and what the environment has to say where it is loaded. */
export interface Subject {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** What Lambda sets that the SDK reads. Not how the environment was started: then nothing is asked while it loads. */
const ENVIRONMENT = {
  AWS_REGION: LOCAL_CREDENTIALS.region,
  AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.credentials.secretAccessKey,
  AWS_SESSION_TOKEN: 'local',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
};

/** The bundle of a function, as the template has it. */
export function functionBundle(template: Template, logicalId: string): Subject {
  const { file, variables } = deployedFunction(template, logicalId);
  const environment = { ...ENVIRONMENT, ...variables };
  return { name: logicalId.replace(/Function$/, ''), file, bytes: readFileSync(file).length, environment };
}

/** The clients alone, made as the functions make them, with the commands that these send. */
const CLIENTS = {
  DynamoDB: `
    import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
    import { fromEnv } from '@aws-sdk/credential-provider-env';
    import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
    export {
      BatchExecuteStatementCommand, BatchGetCommand, GetCommand, PutCommand, QueryCommand, TransactWriteCommand, UpdateCommand
    } from '@aws-sdk/lib-dynamodb';
    import { TIMEOUTS } from './store/table.ts';
    export const client = DynamoDBDocumentClient.from(
      new DynamoDBClient({ credentials: fromEnv(), maxAttempts: 1, requestHandler: TIMEOUTS }),
    );`,
  'Secrets Manager': `
    import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
    import { fromEnv } from '@aws-sdk/credential-provider-env';
    export { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
    import { TIMEOUTS } from './auth/secrets-client.ts';
    export const client = new SecretsManagerClient({ credentials: fromEnv(), maxAttempts: 3, requestHandler: TIMEOUTS });`,
} as const;

export type Service = keyof typeof CLIENTS;

/** Bundles the clients of a service: whole, or cut, without what the functions leave out of theirs. */
export async function bareClients(folder: string, service: Service, size: 'whole' | 'cut'): Promise<Subject> {
  const { code } = await bundle({ source: CLIENTS[service] }, size === 'whole' ? [] : BUNDLING.externalModules);
  const name = `${service} client, ${size}`;
  const file = join(folder, `${name.replaceAll(' ', '-')}.mjs`);
  writeFileSync(file, code);
  return { name, file, bytes: code.length, environment: ENVIRONMENT };
}
