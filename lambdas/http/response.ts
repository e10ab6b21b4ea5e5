import type { APIGatewayProxyResult } from 'aws-lambda';
import type { ScimError } from '../scim/errors.ts';
import { toErrorBody } from '../scim/errors.ts';

export interface ScimResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export const render = ({ status, headers = {}, body }: ScimResponse): APIGatewayProxyResult => ({
  statusCode: status,
  headers: {
    ...(body !== undefined && { 'Content-Type': 'application/scim+json' }),
    ...headers,
  },
  body: body === undefined ? '' : JSON.stringify(body),
});

export const errorResponse = (error: ScimError, headers: Readonly<Record<string, string>> = {}): ScimResponse => ({
  status: error.status,
  headers: {
    ...headers,
    ...(error.retryAfter !== undefined && {
      'Retry-After': String(error.retryAfter),
    }),
  },
  body: toErrorBody(error),
});
