import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { openTable, type Table } from '../../lambdas/store/table.ts';
import { type Running, readRunning } from '../local/running.ts';
import { LOCAL_CREDENTIALS } from '../local/table.ts';
import { reasonOf } from '../reason.ts';
import type { Deployment } from './deployment.ts';
import { OperatorError } from './operator-error.ts';
import { whyNotDescribed } from './stack-trouble.ts';

/** From a desk to AWS, through whatever lies between. */
const PATIENT = { maxAttempts: 5, requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000, throwOnRequestTimeout: true } };

/** Finds the stack that runs on a data folder of this machine. Throws an `OperatorError` if there is none, or it does not answer. */
export async function findLocalStack(folder: string): Promise<Deployment> {
  const start = `npm start -- --data ${folder}`;
  const running = readOrRefuse(folder, start);
  if (!running)
    throw new OperatorError(
      `no stack runs on the data folder ${folder}: start it first, with ${start} (one that was started with --memory leaves nothing to find it by)`,
    );
  if (!isAlive(running.pid)) throw new OperatorError(`the stack on the data folder ${folder} has ended: start it again, with ${start}`);
  const { address, dynamodb, secretsManager, table, secretPrefix, apiUrl, credentialCacheSeconds } = running;
  const silent = await whichIsSilent([address, dynamodb, secretsManager]);
  if (silent !== undefined)
    throw new OperatorError(
      `the stack on the data folder ${folder} does not answer at ${silent}: stop it if it runs, and start it again, with ${start}`,
    );
  const opened = openTable(table, { ...LOCAL_CREDENTIALS, endpoint: dynamodb });
  if (!(await isThere(opened)))
    throw new OperatorError(
      `the table of the stack on the data folder ${folder} is gone: stop the stack, and start it again, with ${start}`,
    );
  return {
    table: opened,
    secrets: { client: new SecretsManagerClient({ ...LOCAL_CREDENTIALS, ...PATIENT, endpoint: secretsManager }), prefix: secretPrefix },
    apiUrl,
    credentialCacheSeconds,
  };
}

function readOrRefuse(folder: string, start: string): Running | undefined {
  try {
    return readRunning(folder);
  } catch (error) {
    throw new OperatorError(`${reasonOf(error)}, with ${start}`, { cause: error });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It may be somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whoever has removed the data below a stack that runs, or shares a DynamoDB with others, may be without it. */
async function isThere({ client, name }: Table): Promise<boolean> {
  try {
    await client.send(new DescribeTableCommand({ TableName: name }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

/** A process id may be another process's by now; that something answers at each of the stack's ports too is enough. */
async function whichIsSilent(urls: readonly string[]): Promise<string | undefined> {
  const answered = await Promise.all(
    urls.map(async (url) => {
      try {
        const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) });
        await answer.arrayBuffer();
        return true;
      } catch {
        return false;
      }
    }),
  );
  return urls.find((_, position) => !answered[position]);
}

/** Where a stack is looked for, if not where the environment and the files of the AWS command line say. */
export interface StackLocation {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

/**
 * Finds a deployed stack by its name, with the credentials that the AWS command line would use. Throws an `OperatorError` if it
 * cannot be asked for, is not there, or has not the outputs of this version.
 */
export async function findStack(stackName: string, { region, profile }: StackLocation = {}): Promise<Deployment> {
  const client = new CloudFormationClient({ ...PATIENT, ...(region && { region }), ...(profile && { profile }) });
  const stack = await describe(client, stackName, profile);
  const outputs = outputsOf(stack, `the stack ${stackName} in ${await client.config.region()}`);
  const { credentials } = client.config;
  const reached = { region: await client.config.region(), credentials, ...(profile && { profile }) };
  return {
    table: openTable(outputs.TableName, reached),
    secrets: { client: new SecretsManagerClient({ ...reached, ...PATIENT }), prefix: outputs.SecretPrefix },
    apiUrl: outputs.ApiUrl.replace(/\/+$/, ''),
    credentialCacheSeconds: outputs.CredentialCacheSeconds,
  };
}

async function describe(client: CloudFormationClient, stackName: string, profile: string | undefined): Promise<Partial<Stack>> {
  const asked = { stackName, profile, region: '' };
  try {
    asked.region = await client.config.region();
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    return Stacks[0] ?? {};
  } catch (error) {
    throw new OperatorError(whyNotDescribed(error, asked), { cause: error });
  }
}

const REQUIRED = ['ApiUrl', 'TableName', 'SecretPrefix'] as const;

/** Of a stack from before it was a setting, too. */
const DEFAULT_CACHE_SECONDS = 60;

function outputsOf({ StackStatus, Outputs = [] }: Partial<Stack>, which: string) {
  const status: string = StackStatus ?? 'of no status';
  const outputs = Object.fromEntries(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  const missing = REQUIRED.filter((name) => !outputs[name]);
  if (status.startsWith('DELETE_')) throw new OperatorError(`${which} is being deleted (${status})`);
  if (missing.length > 0 && !/^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT)_COMPLETE/.test(status))
    throw new OperatorError(`${which} is not deployed (${status}): have \`npx cdk deploy\` finish first`);
  if (missing.length > 0)
    throw new OperatorError(
      `${which} has no output ${missing.join(', ')}: it is no stack of Rollcall, or one of an older version, to be deployed again with \`npx cdk deploy\``,
    );
  const { ApiUrl = '', TableName = '', SecretPrefix = '', CredentialCacheSeconds } = outputs;
  return { ApiUrl, TableName, SecretPrefix, CredentialCacheSeconds: Number(CredentialCacheSeconds ?? DEFAULT_CACHE_SECONDS) };
}
