import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { ensureFirstDirectory } from '../../lib/local/first-directory.ts';
import type { Outcome } from '../../lib/local/function-environment.ts';
import type { Running } from '../../lib/local/running.ts';
import { startSecretsManager } from '../../lib/local/secrets-manager.ts';
import { LOCAL_CREDENTIALS } from '../../lib/local/table.ts';
import { type SamFunction, samFunctions, samVariables } from '../support/sam.ts';
import { type TestTable, testTable } from '../support/test-table.ts';
import { type Environment, startEnvironment } from './environment.ts';
import type { LogLine } from './log.ts';

/** What one environment has otherwise than the template says. */
export interface Differences {
  readonly variables?: Readonly<Record<string, string>>;
  /** Variables that it has not at all. */
  readonly without?: readonly string[];
  readonly timeoutMs?: number;
}

/** The functions of the stack, each to be run by Lambda's runtime client, over a table and secrets of their own. */
export interface Deployment extends AsyncDisposable {
  readonly table: TestTable;
  /** What whoever makes directories needs to know of it. */
  readonly running: Running;
  /** The token of the directory `acme`, which is as `npm start` makes it. */
  readonly token: string;
  /** Starts an environment of a function; it ends with the deployment, if not before. */
  start(logicalId: string, differences?: Differences): Promise<Environment>;
}

const PREFIX = 'rollcall';
const ADDRESS = 'http://scim.example';

/** Deploys what was synthesized for the tests. */
export async function deploy(): Promise<Deployment> {
  const started = new AsyncDisposableStack();
  const functions = samFunctions(process.env.TEST_CDK_OUT ?? '');
  const table = started.use(await testTable());
  const { endpoint } = started.use(await startSecretsManager());
  const secrets = { client: new SecretsManagerClient({ ...LOCAL_CREDENTIALS, endpoint }), prefix: PREFIX };
  const { token } = await ensureFirstDirectory({ table, secrets, tokens: undefined, log: () => {} });
  const dynamodb = process.env.TEST_DYNAMODB_ENDPOINT ?? '';
  const given = {
    TABLE_NAME: table.name,
    SECRET_PREFIX: PREFIX,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
  };
  return {
    table,
    token,
    running: {
      pid: process.pid,
      address: ADDRESS,
      apiUrl: ADDRESS,
      baseUrl: `${ADDRESS}/acme/scim/v2`,
      credentialCacheSeconds: 60,
      dynamodb,
      secretPrefix: PREFIX,
      secretsManager: endpoint,
      table: table.name,
    },
    async start(logicalId, { variables: own = {}, without = [], timeoutMs } = {}) {
      const it = functions.get(logicalId) as SamFunction;
      const declared = { ...samVariables(it, { [logicalId]: given }), ...own };
      const variables = Object.fromEntries(Object.entries(declared).filter(([name]) => !without.includes(name)));
      return started.use(await startEnvironment({ function: it, variables, ...(timeoutMs !== undefined && { timeoutMs }) }));
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** What a function answered to API Gateway. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** Reads an outcome as API Gateway does. Throws where it is an error. */
export function answerIn(outcome: Outcome): Answer {
  if ('errorType' in outcome) throw new Error(`${outcome.errorType}: ${outcome.errorMessage}`);
  const { statusCode, headers = {}, body } = outcome.result as APIGatewayProxyResult;
  return { status: statusCode, headers, body: body === '' ? undefined : JSON.parse(body) };
}

/** A line of a log as one object. A request's line may be wrapped by Lambda, as `message`. Throws where it is no JSON. */
export function logged({ text }: LogLine): Readonly<Record<string, unknown>> {
  const { message, ...rest } = JSON.parse(text);
  return typeof message === 'object' ? { ...rest, ...message } : { ...rest, ...(message !== undefined && { message }) };
}
