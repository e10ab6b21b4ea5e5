import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { forbidden, ScimError } from '../scim/errors.ts';
import { readBody } from './body.ts';

/** A request as the routes see it: decoded, and of one directory. */
export interface ScimRequest {
  readonly directory: string;
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
  /** The body as an object; throws where there is none, or one of another kind. */
  body(): Record<string, unknown>;
}

/** What is left, of the time a function has, to answer after the last request to the database. */
const TIME_TO_ANSWER_MS = 1_500;

/** Reads an event of API Gateway's Lambda proxy integration. Throws 403 where the path names another directory than the credential. */
export function toRequest(event: APIGatewayProxyEvent, context: Pick<Context, 'getRemainingTimeInMillis'>): ScimRequest {
  const params = mapValues(event.pathParameters ?? {}, decodeOnce);
  const directory: unknown = event.requestContext.authorizer?.directory;
  // The policy has said so already; a handler that is reached some other way must not rely on it.
  if (typeof directory !== 'string' || params.directory !== directory) throw forbidden("This path is not in the credential's directory");
  const headers = new Map(Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value ?? '']));
  return {
    directory,
    params,
    query: event.queryStringParameters ?? {},
    headers,
    baseUrl: baseUrlOf(event, headers),
    deadline: Date.now() + context.getRemainingTimeInMillis() - TIME_TO_ANSWER_MS,
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

/** The address that the client used, up to `/scim/v2`. API Gateway says `https` in X-Forwarded-Proto, the local stack `http`. */
function baseUrlOf({ requestContext: { domainName, path } }: APIGatewayProxyEvent, headers: ReadonlyMap<string, string>): string {
  const prefix = /^.*?\/scim\/v2(?=\/|$)/.exec(path)?.[0] ?? '';
  return `${headers.get('x-forwarded-proto') ?? 'https'}://${domainName}${prefix}`;
}

const mapValues = (object: Record<string, string | undefined>, change: (value: string) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value ?? '')]));
