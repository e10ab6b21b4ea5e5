import type { Context } from 'aws-lambda';
import { type Api, readApi } from '../../lib/local/api.ts';
import type { Invoke } from '../../lib/local/functions.ts';
import { gatewayAuthorizer } from '../../lib/local/gateway-authorizer.ts';
import { gatewayResponse } from '../../lib/local/gateway-responses.ts';
import { type Incoming, toEvent } from '../../lib/local/proxy-event.ts';
import { type Match, route } from '../../lib/local/router.ts';
import type { Running } from '../../lib/local/running.ts';
import { startSecretsManager } from '../../lib/local/secrets-manager.ts';
import { LOCAL_CREDENTIALS } from '../../lib/local/table.ts';
import { type TestTable, template, testTable } from './test-table.ts';

/** A request as a client sends it to the API; its path is whole, with its query. */
export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The body as it was sent. */
  readonly text: string;
}

/** What an authorizer says of a caller. */
export type Caller = Readonly<Record<string, string>>;

/** The service in this process, with the functions as they are deployed: quick enough to be asked some thousand times. */
export interface Service extends AsyncDisposable {
  readonly table: TestTable;
  /** What whoever makes directories needs to know of it. */
  readonly running: Running;
  /** Answers as API Gateway does: by the authorizer's policy, which it remembers, and by the function that the template names. */
  request(asked: Asked): Promise<Answered>;
  /** Answers as the function alone does, if a policy had let the caller come so far. */
  invoke(asked: Asked, caller: Caller): Promise<Answered>;
}

const PREFIX = 'isolation';
const CONTEXT = { getRemainingTimeInMillis: () => 28_000 } as Context;

type Handler = (event: never, context: Context) => Promise<unknown>;

/** Sets the environment of the functions, which they read once: for one service in a test file. */
export async function startService(): Promise<Service> {
  const [table, secretsManager] = await Promise.all([testTable(), startSecretsManager()]);
  const dynamodb = process.env.TEST_DYNAMODB_ENDPOINT ?? '';
  Object.assign(process.env, {
    TABLE_NAME: table.name,
    SECRET_PREFIX: PREFIX,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.endpoint,
    AWS_REGION: LOCAL_CREDENTIALS.region,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.credentials.secretAccessKey,
  });
  const functions = await deployed();
  const api = readApi(template());
  const invoke: Invoke = async (functionId, event) => {
    const handler = functions[functionId];
    if (!handler) throw new Error(`the template has a function that no test has: ${functionId}`);
    try {
      return { result: await handler(event as never, CONTEXT) };
    } catch (error) {
      return { errorType: 'Error', errorMessage: String(Object(error).message) };
    }
  };
  const address = 'http://scim.example';
  return {
    table,
    running: {
      pid: process.pid,
      address,
      baseUrl: `${address}/first/scim/v2`,
      apiUrl: address,
      credentialCacheSeconds: 60,
      dynamodb,
      secretsManager: secretsManager.endpoint,
      table: table.name,
      secretPrefix: PREFIX,
    },
    ...answering(api, invoke),
    async [Symbol.asyncDispose]() {
      await Promise.all([table[Symbol.asyncDispose](), secretsManager[Symbol.asyncDispose]()]);
    },
  };
}

/** By their logical ids in the template. */
const deployed = async (): Promise<Readonly<Record<string, Handler>>> => ({
  AuthorizerFunction: (await import('../../lambdas/authorizer.ts')).handler,
  UsersFunction: (await import('../../lambdas/users.ts')).handler,
  GroupsFunction: (await import('../../lambdas/groups.ts')).handler,
  EntitlementsFunction: (await import('../../lambdas/entitlements.ts')).handler,
  DiscoveryFunction: (await import('../../lambdas/discovery.ts')).handler,
  BulkFunction: (await import('../../lambdas/bulk.ts')).handler,
});

function answering(api: Api, invoke: Invoke): Pick<Service, 'request' | 'invoke'> {
  const authorize = gatewayAuthorizer(api, invoke);
  const integrate = async (incoming: Incoming, match: Match, caller: Caller): Promise<Answered> => {
    const event = toEvent(incoming, api, match);
    const payload = { ...event, body: incoming.body.toString() || null, isBase64Encoded: false };
    const outcome = await invoke(match.method.functionId, {
      ...payload,
      requestContext: { ...event.requestContext, authorizer: caller },
    });
    if ('errorType' in outcome) throw new Error(`${match.method.functionId} failed: ${outcome.errorMessage}`);
    const { statusCode, headers, body } = outcome.result as { statusCode: number; headers: Answered['headers']; body: string };
    return { status: statusCode, headers, text: body };
  };
  const refuse = (incoming: Incoming, refusal: string): Answered => {
    const { status, headers, body } = gatewayResponse(api, refusal, incoming);
    return { status, headers: Object.fromEntries(headers), text: String(body) };
  };
  return {
    request: async (asked) => {
      const incoming = incomingOf(asked);
      const match = route(api.root, incoming.method, incoming.path);
      if (!match) return refuse(incoming, 'MISSING_AUTHENTICATION_TOKEN');
      const { authorizer } = match.method;
      if (!authorizer) throw new Error(`${match.resource.path} is open to everybody`);
      const authorization = await authorize(incoming, match, authorizer);
      return 'refusal' in authorization ? refuse(incoming, authorization.refusal) : integrate(incoming, match, authorization.caller);
    },
    invoke: (asked, caller) => {
      const incoming = incomingOf(asked);
      const match = route(api.root, incoming.method, incoming.path);
      if (!match) throw new Error(`the API has no route for ${incoming.method} ${incoming.path}`);
      return integrate(incoming, match, caller);
    },
  };
}

/** Every request has the same id, so that answers are alike which should be. */
function incomingOf({ method = 'GET', path, headers = {}, body }: Asked): Incoming {
  const [pathname = '', query = ''] = path.split(/\?(.*)/s, 2);
  return {
    method,
    path: pathname,
    query,
    headers: Object.entries({ Host: 'scim.example', ...(body !== undefined && { 'Content-Type': 'application/scim+json' }), ...headers }),
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    sourceIp: '127.0.0.1',
    requestId: 'request-1',
  };
}
