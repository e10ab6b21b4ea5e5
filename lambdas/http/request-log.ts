import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Trace } from '../directory/store.ts';

/*
 * Lambda writes what the console is given as one line of JSON, with the object as its `message`.
 */

/** One line a request: never a body, a query or a credential. */
export function logRequest(
  { httpMethod, resource, requestContext: { authorizer } }: APIGatewayProxyEvent,
  { trace, start }: { readonly trace: Trace; readonly start: number },
  status: number | undefined,
  scimType?: string,
): void {
  const { requestId, storeCalls, unknownAttributes } = trace;
  console.info({
    directory: authorizer?.directory,
    method: httpMethod,
    route: resource,
    status,
    scimType,
    ms: Math.round(performance.now() - start),
    requestId,
    storeCalls,
    // A metric of the stack counts these.
    ...(unknownAttributes.size > 0 && {
      unknownAttributes: namesFit(unknownAttributes),
      unknownAttributeCount: unknownAttributes.size,
    }),
  });
}

/** An unexpected failure, once, with its stack; its other members may hold what a client sent. */
export function logFailure(requestId: string, error: unknown): void {
  console.error({ message: 'request failed', requestId, stack: error instanceof Error ? error.stack : typeof error });
}

const MAX_NAMES = 20;
/** RFC 7643 section 2.1, with dots between names and the URN of a schema in front. */
const ATTRIBUTE_PATH = /^(?:urn:[\w.:-]{1,100}:)?[A-Za-z$][\w$-]{0,50}(?:\.[A-Za-z$][\w$-]{0,50}){0,3}$/;

/**
 * The first names, without the filters that PATCH paths have in brackets: those hold values. A key that could be no
 * attribute's name (a telephone number, an e-mail address) may itself be a value, and is not repeated.
 */
const namesFit = (names: ReadonlySet<string>): string[] => [
  ...new Set(
    [...names].slice(0, MAX_NAMES).map((name) => {
      const path = name.replace(/\[.*\]/s, '');
      return ATTRIBUTE_PATH.test(path) ? path : '(no attribute name)';
    }),
  ),
];
