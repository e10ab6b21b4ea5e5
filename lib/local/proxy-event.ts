import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Api } from './api.ts';
import type { Match } from './router.ts';

/** A request as it came in, before API Gateway makes an event of it. */
export interface Incoming {
  readonly method: string;
  /** Percent-encoded, without the query. */
  readonly path: string;
  readonly query: string;
  /** Names in the client's own letter case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly requestId: string;
}

export function toIncoming(request: IncomingMessage, body: Buffer): Incoming {
  const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s, 2);
  const { rawHeaders } = request;
  return {
    method: request.method ?? 'GET',
    path,
    query,
    headers: Array.from({ length: rawHeaders.length / 2 }, (_, i) => [rawHeaders[2 * i] ?? '', rawHeaders[2 * i + 1] ?? ''] as const),
    body,
    sourceIp: request.socket.remoteAddress ?? '',
    requestId: randomUUID(),
  };
}

export const headerOf = ({ headers }: Incoming, name: string): string | undefined =>
  headers.findLast(([candidate]) => candidate.toLowerCase() === name)?.[1];

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i;

/**
 * What is the same in the event of the authorizer and that of a function. Path and path parameters stay percent-encoded,
 * query values are decoded once with `+` as a space, and of what is repeated the last counts.
 */
export function toEvent(incoming: Incoming, { stage, id }: Api, { resource, pathParameters }: Match) {
  const { method, path, sourceIp, requestId } = incoming;
  const given = headerOf(incoming, 'host') ?? '';
  // Whatever else stands there would be printed in addresses; API Gateway knows its own names.
  const host = HOST.test(given) ? given : 'localhost';
  const query = parseQuery(incoming.query);
  // API Gateway itself writes these; what a client says of them does not reach the function.
  const forwarded = [
    ['X-Forwarded-For', sourceIp],
    ['X-Forwarded-Proto', 'http'],
  ] as const;
  const names = new Set(forwarded.map(([name]) => name.toLowerCase()));
  const headers = [...incoming.headers.filter(([name]) => !names.has(name.toLowerCase())), ...forwarded];
  return {
    resource: resource.path,
    path,
    httpMethod: method,
    headers: Object.fromEntries(headers),
    multiValueHeaders: grouped(headers),
    queryStringParameters: query.length > 0 ? Object.fromEntries(query) : null,
    multiValueQueryStringParameters: query.length > 0 ? grouped(query) : null,
    pathParameters: Object.keys(pathParameters).length > 0 ? pathParameters : null,
    stageVariables: null,
    requestContext: {
      accountId: '000000000000',
      apiId: id,
      domainName: host,
      domainPrefix: host.split('.')[0],
      extendedRequestId: requestId,
      httpMethod: method,
      identity: { sourceIp, userAgent: headerOf(incoming, 'user-agent') ?? null },
      path,
      protocol: 'HTTP/1.1',
      requestId,
      requestTime: new Date().toUTCString(),
      requestTimeEpoch: Date.now(),
      resourceId: resource.id,
      resourcePath: resource.path,
      stage,
    },
  };
}

const parseQuery = (query: string): [string, string][] =>
  query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', value = ''] = pair.split(/=(.*)/s, 2);
      return [decodeQuery(name), decodeQuery(value)];
    });

function decodeQuery(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

const grouped = (pairs: readonly (readonly [string, string])[]): Record<string, string[]> =>
  Object.fromEntries([...Map.groupBy(pairs, ([name]) => name)].map(([name, found]) => [name, found.map(([, value]) => value)]));
