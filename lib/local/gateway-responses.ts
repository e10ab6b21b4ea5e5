import type { Api } from './api.ts';
import type { Incoming } from './proxy-event.ts';

export interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array;
}

/** What API Gateway says by itself where the template does not shape it. */
const BUILT_IN: Readonly<Record<string, { readonly status: number; readonly message: string }>> = {
  UNAUTHORIZED: { status: 401, message: 'Unauthorized' },
  ACCESS_DENIED: { status: 403, message: 'User is not authorized to access this resource' },
  MISSING_AUTHENTICATION_TOKEN: { status: 403, message: 'Missing Authentication Token' },
  INTEGRATION_TIMEOUT: { status: 504, message: 'Endpoint request timed out' },
  AUTHORIZER_FAILURE: { status: 500, message: 'Internal server error' },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, message: 'Internal server error' },
  // A function that failed, or answered what is no answer, has no type of its own: it is a 502 under the default.
  DEFAULT_5XX: { status: 502, message: 'Internal server error' },
};

/** The gateway response of a type, from the template of that type or of the default for its status. */
export function gatewayResponse({ gatewayResponses }: Api, type: string, { requestId }: Incoming): Answer {
  const { status, message } = BUILT_IN[type] ?? { status: 500, message: 'Internal server error' };
  const shaped = gatewayResponses.get(type) ?? gatewayResponses.get(status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
  const variables: Readonly<Record<string, string>> = {
    'error.message': message,
    'error.messageString': JSON.stringify(message),
    'error.responseType': type,
    requestId,
  };
  const template = shaped?.template ?? '{"message":$context.error.messageString}';
  return {
    status: shaped?.status ?? status,
    headers: Object.entries({ 'Content-Type': 'application/json', ...shaped?.headers }),
    body: template.replaceAll(/\$context\.([A-Za-z.]+)/g, (_, name: string) => variables[name] ?? ''),
  };
}

/** The 413 above API Gateway's 10 MB and Lambda's 6 MB. No template shapes it. */
export const tooLarge: Answer = {
  status: 413,
  headers: [['Content-Type', 'application/json']],
  body: '{"message":"Request Too Long"}',
};
