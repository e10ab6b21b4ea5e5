import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { startTrace, type Trace } from '../directory/store.ts';
import { ScimError } from '../scim/errors.ts';
import { type Surroundings, toRequest } from './request.ts';
import { logFailure, logRequest } from './request-log.ts';
import { errorResponse, render, type ScimResponse } from './response.ts';
import { methodsAt, placeOf, type Routes } from './routes.ts';

/** What is known of a request while it is under way. The first middleware lays it beside what Lambda says of the invocation. */
interface Traced extends Context {
  trace: Trace;
  /** Milliseconds, as `performance.now` has them. */
  start: number;
}

const traced = (context: Context) => context as Traced;

/** Makes the handler of a function out of its routes. Every error is shaped here, and every request is logged here, once. */
export const scimHandler = (routes: Routes, address = addressFromEnvironment()) =>
  middy<APIGatewayProxyEvent, APIGatewayProxyResult>()
    .before(({ event, context }) => {
      Object.assign(context, { trace: startTrace(event.requestContext.requestId), start: performance.now() });
    })
    .after(({ event, response, context }) => logRequest(event, traced(context), response?.statusCode))
    .onError((request) => {
      const { error, event } = request;
      const context = traced(request.context);
      const { requestId } = context.trace;
      if (!(error instanceof ScimError)) logFailure(requestId, error);
      const shown = error instanceof ScimError ? error : new ScimError(500, `Internal server error (request ${requestId})`);
      logRequest(event, context, shown.status, shown.scimType);
      request.response = render(errorResponse(shown), requestId);
      return request.response;
    })
    .handler(async (event, context) => {
      const { trace } = traced(context);
      return render(await answer(routes, event, { context, trace, address }), trace.requestId);
    });

/** `BASE_URL` names the address under which clients reach the service, if API Gateway cannot know it: that of a proxy or a tunnel. */
const addressFromEnvironment = (): string | undefined => process.env.BASE_URL?.replace(/\/+$/, '') || undefined;

async function answer(routes: Routes, event: APIGatewayProxyEvent, surroundings: Omit<Surroundings, 'params'>): Promise<ScimResponse> {
  const { path, params } = placeOf(routes, event);
  const request = toRequest(event, { ...surroundings, params });
  const key = `${event.httpMethod} ${path}`;
  const route = Object.hasOwn(routes, key) ? routes[key] : undefined;
  if (route) return route(request);
  const methods = methodsAt(routes, path);
  if (methods.length === 0) throw new ScimError(404, 'No such endpoint');
  const refusal = new ScimError(405, `${event.httpMethod} is not supported here, expected ${methods.join(', ')}`);
  return errorResponse(refusal, { Allow: methods.join(', ') });
}
