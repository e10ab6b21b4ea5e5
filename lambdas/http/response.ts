import type { APIGatewayProxyResult } from 'aws-lambda';
import type { ScimError } from '../scim/errors.ts';
import { toErrorBody } from '../scim/errors.ts';

export interface ScimResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body?: string;
}

/** Every answer names its request, as the log does. */
export const render = ({ status, headers = {}, body }: ScimResponse, requestId: string): APIGatewayProxyResult => ({
  statusCode: status,
  headers: {
    'X-Request-Id': requestId,
    ...(body !== undefined && { 'Content-Type': 'application/scim+json' }),
    ...headers,
  },
  body: body ?? '',
});

export const errorResponse = (error: ScimError, headers: Readonly<Record<string, string>> = {}): ScimResponse => ({
  status: error.status,
  headers: {
    ...headers,
    ...(error.retryAfter !== undefined && {
      'Retry-After': String(error.retryAfter),
    }),
  },
  body: JSON.stringify(toErrorBody(error)),
});
