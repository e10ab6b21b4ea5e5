import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { ScimError } from '../scim/errors.ts';
import { type ScimRequest, toRequest } from './request.ts';
import { errorResponse, render, type ScimResponse } from './response.ts';

export type Route = (request: ScimRequest) => Promise<ScimResponse>;

/** Routes by method and path below the base URL, as API Gateway names them: `PATCH /Users/{id}`. */
export type Routes = Readonly<Record<string, Route>>;

/** Where the directory's base URL ends in the resource paths of the API. */
const BASE = '/{directory}/scim/v2';

/** Makes the handler of a function out of its routes. Every error is shaped here, and every request is logged here, once. */
export const scimHandler = (routes: Routes) =>
  middy<APIGatewayProxyEvent, APIGatewayProxyResult, Error, Context, { start: number }>()
    .before((request) => {
      request.internal.start = performance.now();
    })
    .after(({ event, response, internal }) => logRequest(event, internal.start, response?.statusCode))
    .onError((request) => {
      const { error, event, internal } = request;
      if (!(error instanceof ScimError)) logFailure(event, error);
      const shown = error instanceof ScimError ? error : new ScimError(500, 'Internal server error');
      logRequest(event, internal.start, shown.status, shown.scimType);
      request.response = render(errorResponse(shown));
      return request.response;
    })
    .handler(async (event, context) => render(await answer(routes, event, context)));

async function answer(routes: Routes, event: APIGatewayProxyEvent, context: Context): Promise<ScimResponse> {
  const request = toRequest(event, context);
  const path = pathOf(event);
  const route = Object.hasOwn(routes, `${event.httpMethod} ${path}`) ? routes[`${event.httpMethod} ${path}`] : undefined;
  if (route) return route(request);
  const methods = methodsAt(routes, path);
  if (methods.length === 0) throw new ScimError(404, 'No such endpoint');
  const refusal = new ScimError(405, `${event.httpMethod} is not supported here, expected ${methods.join(', ')}`);
  return errorResponse(refusal, { Allow: methods.join(', ') });
}

const pathOf = ({ resource }: APIGatewayProxyEvent): string => (resource.startsWith(BASE) ? resource.slice(BASE.length) : '');

const methodsAt = (routes: Routes, path: string): string[] =>
  Object.keys(routes).flatMap((key) => (key.endsWith(` ${path}`) ? [key.slice(0, key.indexOf(' '))] : []));

/** One line a request: never a body, a query or a credential. */
function logRequest(event: APIGatewayProxyEvent, start: number, status: number | undefined, scimType?: string) {
  const { requestId, authorizer } = event.requestContext;
  const ms = Math.round(performance.now() - start);
  const line = {
    level: 'info',
    directory: authorizer?.directory,
    method: event.httpMethod,
    route: event.resource,
    status,
    scimType,
    ms,
    requestId,
  };
  console.log(JSON.stringify(line));
}

function logFailure({ requestContext: { requestId } }: APIGatewayProxyEvent, error: unknown) {
  const stack = error instanceof Error ? error.stack : String(error);
  console.error(
    JSON.stringify({
      level: 'error',
      message: 'request failed',
      requestId,
      stack,
    }),
  );
}
