import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Trace } from '../directory/store.ts';
import { coldStart } from '../log/cold-start.ts';
import { failureOf } from '../log/failure.ts';
import { writeLine } from '../log/line.ts';
import { isKey, isPrivate, masked } from '../log/masked.ts';

/** One line a request: never a body, a query or a credential. */
export function logRequest(
  event: APIGatewayProxyEvent,
  { trace, start }: { readonly trace: Trace; readonly start: number },
  status: number | undefined,
  scimType?: string,
): void {
  const { requestId, storeCalls, unknownAttributes } = trace;
  const unknown = unknownAttributes.size;
  const properties = {
    directory: event.requestContext.authorizer?.directory,
    method: event.httpMethod,
    route: event.resource,
    status,
    scimType,
    ms: Math.round(performance.now() - start),
    requestId,
    userAgent: userAgentOf(event),
    coldStart: coldStart(),
    ...(unknown > 0 && { unknownAttributes: namesFit(unknownAttributes) }),
  };
  writeLine('INFO', properties, { counts: { StoreCalls: storeCalls, ...(unknown > 0 && { UnknownAttributes: unknown }) } });
}

/** An unexpected failure, once, with its stack. */
export function logFailure(requestId: string, error: unknown): void {
  console.error({ message: 'request failed', requestId, ...failureOf(error) });
}

/** What the client calls itself: an identity provider, and which part of it. */
function userAgentOf({ requestContext, headers }: APIGatewayProxyEvent): string | undefined {
  const given =
    requestContext.identity?.userAgent ?? Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'user-agent')?.[1];
  return given ? masked(given) : undefined;
}

const MAX_NAMES = 20;
/** Longer than any path that is one. */
const MAX_PATH = 400;
/** RFC 7643 section 2.1, with dots between names and the URN of a schema in front. */
const ATTRIBUTE_PATH = /^(?:urn:[\w.:-]{1,100}:)?[A-Za-z$][\w$-]{0,50}(?:\.[A-Za-z$][\w$-]{0,50}){0,3}$/;

/**
 * The first names, without the filters that PATCH paths have in brackets: those hold values. A key that could be no
 * attribute's name (a telephone number, an e-mail address), or looks like a token or a key, may itself be a value, and is not repeated.
 */
const namesFit = (names: ReadonlySet<string>): string[] => [
  ...new Set(
    [...names].slice(0, MAX_NAMES).map((name) => {
      const path = withoutFilters(name);
      const isName = path.length <= MAX_PATH && ATTRIBUTE_PATH.test(path) && !isPrivate(path) && !isKey(path);
      return isName ? path : '(no attribute name)';
    }),
  ),
];

/** Not by a pattern: a client may send a name of any length, and any number of brackets in it. */
function withoutFilters(path: string): string {
  const [open, close] = [path.indexOf('['), path.lastIndexOf(']')];
  return open >= 0 && close > open ? path.slice(0, open) + path.slice(close + 1) : path;
}
