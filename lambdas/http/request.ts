import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import type { Trace } from '../directory/store.ts';
import { forbidden, ScimError } from '../scim/errors.ts';
import { type Settings, settingsOf } from '../scim/schemas/settings.ts';
import { scopesIn, type TokenScope } from '../scim/token-scopes.ts';
import { readBody } from './body.ts';
import { partsOf } from './routes.ts';

/** A request as the routes see it: decoded, and of one directory. */
export interface ScimRequest {
  readonly directory: string;
  /** See `Scope`. */
  readonly credential: string;
  /** See `Directory`. */
  readonly scopes: readonly TokenScope[];
  /** See `Scope`. */
  readonly settings: Settings;
  /** Path parameters, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Query parameters, decoded; of a repeated one, the last. */
  readonly query: Readonly<Record<string, string | undefined>>;
  /** A header by its name in lower case; of a repeated one, the last. */
  readonly headers: ReadonlyMap<string, string>;
  /** Of the directory, without a slash at the end. */
  readonly baseUrl: string;
  /** See `Scope`. */
  readonly deadline: number;
  readonly trace: Trace;
  /** The body as an object; throws where there is none, or one of another kind. */
  body(): Record<string, unknown>;
}

/** What a request is beside its event. */
export interface Surroundings {
  readonly context: Pick<Context, 'getRemainingTimeInMillis'>;
  readonly trace: Trace;
  /** Path parameters as they were sent, without the directory's. */
  readonly params: Readonly<Record<string, string>>;
  /** The address of the service where it is another than API Gateway sees; without a slash at the end. */
  readonly address: string | undefined;
}

/** What is left, of the time a function has, to answer after the last request to the database. */
const TIME_TO_ANSWER_MS = 1_500;

/** Reads an event of API Gateway's Lambda proxy integration. Throws 403 where the path names another directory than the credential. */
export function toRequest(event: APIGatewayProxyEvent, { context, trace, params, address }: Surroundings): ScimRequest {
  const { directory, tokenId, scopes, uniqueGroupNames }: Readonly<Record<string, unknown>> = event.requestContext.authorizer ?? {};
  const named = decodeOnce(event.pathParameters?.directory ?? '');
  // The policy has said so already; a handler that is reached some other way must not rely on it.
  if (typeof directory !== 'string' || named !== directory) throw forbidden("This path is not in the credential's directory");
  const headers = new Map(Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value ?? '']));
  return {
    directory,
    credential: String(tokenId),
    scopes: scopesIn(typeof scopes === 'string' ? scopes : undefined),
    // API Gateway makes texts of what the authorizer says. An answer that it remembers from before there was a setting lacks it.
    settings: settingsOf({ uniqueGroupNames: String(uniqueGroupNames) === 'true' }),
    params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decodeOnce(value)])),
    query: event.queryStringParameters ?? {},
    headers,
    baseUrl: `${address ?? addressOf(event, headers)}/${directory}/scim/v2`,
    deadline: Date.now() + context.getRemainingTimeInMillis() - TIME_TO_ANSWER_MS,
    trace,
    body: () => readBody(event, headers),
  };
}

/** API Gateway hands path parameters over as they were sent. */
function decodeOnce(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new ScimError(404, 'No such endpoint: the path has a malformed percent-encoding');
  }
}

/** The address that the client used, up to the directory: with the stage where there is one. Only the local stack says `http`. */
function addressOf(event: APIGatewayProxyEvent, headers: ReadonlyMap<string, string>): string {
  const { domainName, path } = event.requestContext;
  const scheme = headers.get('x-forwarded-proto') === 'http' ? 'http' : 'https';
  const parts = path.split('/').filter((part) => part !== '');
  const before = parts.slice(0, Math.max(0, parts.length - partsOf(event).length));
  return [`${scheme}://${domainName}`, ...before].join('/');
}
