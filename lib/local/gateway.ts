import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from './api.ts';
import type { Invoke } from './functions.ts';
import { type Authorize, gatewayAuthorizer } from './gateway-authorizer.ts';
import { type Answer, gatewayResponse, tooLarge } from './gateway-responses.ts';
import { headerOf, type Incoming, toEvent, toIncoming } from './proxy-event.ts';
import { type Match, route } from './router.ts';

/** API Gateway's limits, which no setting of ours changes. It also throttles an account; that is not imitated. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_EVENT_BYTES = 6 * 1024 * 1024;
const INTEGRATION_TIMEOUT_MS = 29_000;

/** More than the 10,240 bytes of API Gateway, whose refusal is not documented: a long credential is for the authorizer to judge. */
const MAX_HEADER_BYTES = 64 * 1024;
/** Longer than clients keep a connection that nobody uses: one that is ended while a request is on its way would lose that. */
const KEEP_ALIVE_MS = 65_000;

/** What the gateway needs to answer; requests that come before it is there wait for it. */
export interface Backend {
  readonly api: Api;
  readonly invoke: Invoke;
}

/** An HTTP server that answers as API Gateway does. Only its tests do not wait for the 29 seconds. */
export function createGateway(backend: Promise<Backend>, timeoutMs = INTEGRATION_TIMEOUT_MS): Server {
  const ready = backend.then(({ api, invoke }) => ({ api, invoke, timeoutMs, authorize: gatewayAuthorizer(api, invoke) }));
  // Whoever waits for the backend hears of its failure; here it must not end the process before that.
  ready.catch(() => {});
  return createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS }, async (request, response) => {
    try {
      const incoming = toIncoming(request, await readBody(request));
      const answer = await handle(await ready, incoming);
      send(response, { ...answer, headers: [...answer.headers, ['x-amzn-RequestId', incoming.requestId]] });
    } catch {
      response.destroy();
    }
  });
}

interface Gateway extends Backend {
  readonly authorize: Authorize;
  readonly timeoutMs: number;
}

async function handle(gateway: Gateway, incoming: Incoming): Promise<Answer> {
  const { api, authorize } = gateway;
  if (incoming.body.length > MAX_BODY_BYTES) return tooLarge;
  const match = route(api.root, incoming.method, incoming.path);
  if (!match) return gatewayResponse(api, 'MISSING_AUTHENTICATION_TOKEN', incoming);
  const { authorizer } = match.method;
  const authorization = authorizer ? await authorize(incoming, match, authorizer) : { caller: {} };
  if ('refusal' in authorization) return gatewayResponse(api, authorization.refusal, incoming);
  return integrate(gateway, incoming, match, authorization.caller);
}

/** The Lambda proxy integration. */
async function integrate(
  { api, invoke, timeoutMs }: Gateway,
  incoming: Incoming,
  match: Match,
  caller: Record<string, string>,
): Promise<Answer> {
  const event = toEvent(incoming, api, match);
  const payload = { ...event, ...bodyOf(api, incoming), requestContext: { ...event.requestContext, authorizer: caller } };
  if (Buffer.byteLength(JSON.stringify(payload)) > MAX_EVENT_BYTES) return tooLarge;
  const timer = new AbortController();
  const timeout = sleep(timeoutMs, undefined, { signal: timer.signal }).catch(() => undefined);
  const outcome = await Promise.race([invoke(match.method.functionId, payload), timeout]);
  timer.abort();
  if (outcome === undefined) return gatewayResponse(api, 'INTEGRATION_TIMEOUT', incoming);
  const answer = 'result' in outcome ? toAnswer(outcome.result) : undefined;
  return answer ?? gatewayResponse(api, 'DEFAULT_5XX', incoming);
}

/** A body is text, but in base64 where its type is one of those that the API declares to be binary. */
function bodyOf({ binaryMediaTypes }: Api, incoming: Incoming) {
  const type = headerOf(incoming, 'content-type')?.split(';')[0]?.trim().toLowerCase() ?? 'application/json';
  const isBase64Encoded = binaryMediaTypes.some((binary) => binary === '*/*' || binary.toLowerCase() === type);
  const text = incoming.body.toString(isBase64Encoded ? 'base64' : 'utf8');
  return { body: incoming.body.length > 0 ? text : null, isBase64Encoded };
}

interface ProxyResult {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string | number | boolean>>;
  readonly multiValueHeaders?: Readonly<Record<string, readonly (string | number | boolean)[]>>;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

const isProxyResult = (value: unknown): value is ProxyResult =>
  typeof value === 'object' &&
  value !== null &&
  'statusCode' in value &&
  Number.isInteger(Number(value.statusCode)) &&
  (!('body' in value) || value.body === null || typeof value.body === 'string');

/** Headers that API Gateway keeps for itself: a function's are renamed. */
const REMAPPED: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'content-length',
  'date',
  'host',
  'server',
  'user-agent',
  'www-authenticate',
]);

/** What a function answered, as API Gateway passes it on; `undefined` for what is no answer. */
function toAnswer(result: unknown): Answer | undefined {
  if (!isProxyResult(result)) return undefined;
  const { statusCode, headers = {}, multiValueHeaders = {}, body, isBase64Encoded } = result;
  const multi = new Set(Object.keys(multiValueHeaders).map((name) => name.toLowerCase()));
  const given = [
    ...Object.entries(headers).filter(([name]) => !multi.has(name.toLowerCase())),
    ...Object.entries(multiValueHeaders).flatMap(([name, values]) => values.map((value) => [name, value] as const)),
  ].map(([name, value]) => [REMAPPED.has(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name, String(value)] as const);
  const hasType = given.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    status: Number(statusCode),
    headers: hasType ? given : [...given, ['Content-Type', 'application/json']],
    body: isBase64Encoded ? Buffer.from(body ?? '', 'base64') : (body ?? ''),
  };
}

/** Reads on above the limit, so that the client hears the answer, but keeps no more than tells that it is above. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    size += chunk.length;
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, headers, body }: Answer) {
  const grouped = Map.groupBy(headers, ([name]) => name);
  for (const [name, pairs] of grouped)
    response.setHeader(name, pairs.length === 1 ? (pairs[0]?.[1] ?? '') : pairs.map(([, value]) => value));
  const isEmpty = status === 204 || status === 304;
  if (isEmpty) response.removeHeader('Content-Type');
  response.writeHead(status);
  response.end(isEmpty ? undefined : body);
}
