import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { isObject, type JsonObject } from '../../lambdas/scim/json.ts';
import { resourceTypes } from '../../lambdas/scim/schemas/registry.ts';
import type { Settings } from '../../lambdas/scim/schemas/settings.ts';
import type { TokenScope } from '../../lambdas/scim/token-scopes.ts';
import { validate } from '../../lambdas/scim/validate.ts';
import { readApi } from '../../lib/local/api.ts';
import { type Incoming, toEvent } from '../../lib/local/proxy-event.ts';
import { route } from '../../lib/local/router.ts';
import { template } from './test-table.ts';

export interface TestRequest {
  readonly method?: string;
  /** Below the base URL, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is if it is a string, else as JSON. */
  readonly body?: unknown;
  /** The directory in the path, and that of the credential. */
  readonly directory?: string;
  readonly credential?: string;
  /** What the credential may do, as the authorizer tells it; it says nothing of that if this is null. */
  readonly scopes?: readonly TokenScope[] | null;
  /** The settings of which the authorizer tells. */
  readonly settings?: Partial<Settings>;
}

const CONTENT_TYPE = { 'Content-Type': 'application/scim+json; charset=utf-8' };

const api = readApi(template());

/** The event that the API of the template makes of a request. */
export function eventOf({
  method = 'GET',
  path,
  headers = {},
  body,
  directory = 'acme',
  credential = directory,
  scopes = ['provision'],
  settings = {},
}: TestRequest): APIGatewayProxyEvent {
  const [pathname = '', query = ''] = path.split(/\?(.*)/s, 2);
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const incoming: Incoming = {
    method,
    path: `/${directory}/scim/v2${pathname}`,
    query,
    headers: Object.entries({ Host: 'scim.example', ...(body !== undefined && CONTENT_TYPE), ...headers }),
    body: Buffer.from(text ?? ''),
    sourceIp: '127.0.0.1',
    requestId: 'request-1',
  };
  const match = route(api.root, method, incoming.path);
  if (!match) throw new Error(`the API has no route for ${method} ${path}`);
  const event = toEvent(incoming, api, match);
  const told = Object.entries(settings).map(([name, value]) => [name, String(value)]);
  return {
    ...event,
    body: text ?? null,
    isBase64Encoded: false,
    requestContext: {
      ...event.requestContext,
      authorizer: { ...Object.fromEntries(told), directory: credential, tokenId: 't', ...(scopes && { scopes: scopes.join(' ') }) },
    },
  } as unknown as APIGatewayProxyEvent;
}

/** The logical id of the function that the API of the template has a request answered by. */
export function functionOf({ method = 'GET', path, directory = 'acme' }: TestRequest): string {
  const [pathname = ''] = path.split('?', 1);
  const match = route(api.root, method, `/${directory}/scim/v2${pathname}`);
  if (!match) throw new Error(`the API has no route for ${method} ${path}`);
  return match.method.functionId;
}

/** What tests read of an answer by name; the rest is matched. */
interface TestBody {
  readonly id: string;
  readonly meta: { readonly location: string; readonly version: string };
  readonly Resources: readonly unknown[];
  readonly scimType?: string;
  readonly [attribute: string]: unknown;
}

export interface TestResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: TestBody;
}

type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** Gives a handler the event of a request and reads its answer. Throws where a resource in it is not what its schemas say. */
export async function call(handler: Handler, request: TestRequest): Promise<TestResponse> {
  const result = await handler(eventOf(request), { getRemainingTimeInMillis: () => 28_000 } as Context);
  const body = result.body === '' ? undefined : JSON.parse(result.body);
  [body?.Resources ?? body].flat().forEach(requireConformance);
  return { status: result.statusCode, headers: result.headers as Record<string, string>, body };
}

/** Only a resource that is shown as a whole has `meta`, as long as a test does not ask for that with some of the rest. */
function requireConformance(answer: unknown) {
  const { meta } = isObject(answer) ? (answer as { meta?: { resourceType?: string } }) : {};
  const type = resourceTypes.find(({ name }) => name === meta?.resourceType);
  if (!type) return;
  const { unknowns } = validate(type, answer as JsonObject, { to: 'respond' });
  if (unknowns.length > 0) throw new Error(`the answer has attributes that no schema declares: ${unknowns.join(', ')}`);
}
