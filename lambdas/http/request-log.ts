import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Trace } from '../directory/store.ts';
import { coldStart } from '../log/cold-start.ts';
import { failureOf } from '../log/failure.ts';
import { writeLine } from '../log/line.ts';
import { isPrivate, masked } from '../log/masked.ts';

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
    storeCalls,
    requestId,
    userAgent: userAgentOf(event),
    coldStart: coldStart(),
    ...(unknown > 0 && { unknownAttributes: namesFit(unknownAttributes), unknownAttributeCount: unknown }),
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
/** RFC 7643 section 2.1, with dots between names and the URN of a schema in front. */
const ATTRIBUTE_PATH = /^(?:urn:[\w.:-]{1,100}:)?[A-Za-z$][\w$-]{0,50}(?:\.[A-Za-z$][\w$-]{0,50}){0,3}$/;

/**
 * The first names, without the filters that PATCH paths have in brackets: those hold values. A key that could be no
 * attribute's name (a telephone number, an e-mail address), or looks like a token, may itself be a value, and is not repeated.
 */
const namesFit = (names: ReadonlySet<string>): string[] => [
  ...new Set(
    [...names].slice(0, MAX_NAMES).map((name) => {
      const path = name.replace(/\[.*\]/s, '');
      return ATTRIBUTE_PATH.test(path) && !isPrivate(path) ? path : '(no attribute name)';
    }),
  ),
];
