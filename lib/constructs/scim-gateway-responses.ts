import { GatewayResponse, type IRestApi, ResponseType } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import { ERROR_URN, RETRY_AFTER_SECONDS } from '../../lambdas/scim/errors.ts';

interface Answer {
  readonly type: ResponseType;
  readonly status: number;
  readonly detail: string;
  /** Headers beside the content type, quoted as API Gateway wants literals. */
  readonly headers?: Readonly<Record<string, string>>;
}

const NO_SUCH_ENDPOINT = 'No such endpoint';
/** API Gateway fills in the id under which the log has the request. */
const FAILED = 'Internal server error (request $context.requestId)';
const RETRY = { 'Retry-After': `'${RETRY_AFTER_SECONDS}'` };

/** What API Gateway answers by itself, before or after any function runs, must be SCIM as well. */
const ANSWERS: readonly Answer[] = [
  {
    type: ResponseType.UNAUTHORIZED,
    status: 401,
    detail: 'The credential is missing or not valid',
    headers: { 'WWW-Authenticate': "'Bearer'" },
  },
  { type: ResponseType.ACCESS_DENIED, status: 403, detail: "This path is not in the credential's directory" },
  { type: ResponseType.EXPIRED_TOKEN, status: 403, detail: 'The credential has expired' },
  { type: ResponseType.INVALID_API_KEY, status: 403, detail: 'The API key is not valid' },
  { type: ResponseType.WAF_FILTERED, status: 403, detail: 'The request was refused by a firewall rule' },
  // API Gateway's two names for a path that has no route; the second repeats the caller's token in its text.
  { type: ResponseType.MISSING_AUTHENTICATION_TOKEN, status: 404, detail: NO_SUCH_ENDPOINT },
  { type: ResponseType.INVALID_SIGNATURE, status: 404, detail: NO_SUCH_ENDPOINT },
  { type: ResponseType.RESOURCE_NOT_FOUND, status: 404, detail: NO_SUCH_ENDPOINT },
  { type: ResponseType.BAD_REQUEST_BODY, status: 400, detail: 'The body is not valid' },
  { type: ResponseType.BAD_REQUEST_PARAMETERS, status: 400, detail: 'A parameter is not valid' },
  // Accepted by API Gateway, though its 413 above 10 MB has been seen to keep its own text.
  { type: ResponseType.REQUEST_TOO_LARGE, status: 413, detail: 'The body is too large' },
  { type: ResponseType.UNSUPPORTED_MEDIA_TYPE, status: 415, detail: 'Content-Type: expected application/scim+json or application/json' },
  { type: ResponseType.QUOTA_EXCEEDED, status: 429, detail: 'Too many requests', headers: RETRY },
  { type: ResponseType.THROTTLED, status: 429, detail: 'Too many requests', headers: RETRY },
  { type: ResponseType.API_CONFIGURATION_ERROR, status: 500, detail: FAILED },
  { type: ResponseType.AUTHORIZER_CONFIGURATION_ERROR, status: 500, detail: FAILED },
  { type: ResponseType.AUTHORIZER_FAILURE, status: 500, detail: FAILED },
  {
    type: ResponseType.INTEGRATION_FAILURE,
    status: 504,
    detail: 'The service did not answer (request $context.requestId)',
    headers: RETRY,
  },
  { type: ResponseType.INTEGRATION_TIMEOUT, status: 504, detail: 'The request took too long (request $context.requestId)', headers: RETRY },
];

/** What is left. A status here would become that of every type above which has none, so these have none of their own. */
const DEFAULTS: readonly Answer[] = [
  { type: ResponseType.DEFAULT_4XX, status: 400, detail: 'The request is not valid' },
  { type: ResponseType.DEFAULT_5XX, status: 500, detail: FAILED },
];

export interface ScimGatewayResponsesProps {
  readonly restApi: IRestApi;
}

/** Gives every answer of API Gateway's own the form of a SCIM error, with fixed texts. */
export class ScimGatewayResponses extends Construct {
  constructor(scope: Construct, id: string, { restApi }: ScimGatewayResponsesProps) {
    super(scope, id);

    const add = ({ type, status, detail, headers = {} }: Answer, statusCode?: string) =>
      new GatewayResponse(this, type.responseType, {
        restApi,
        type,
        ...(statusCode && { statusCode }),
        responseHeaders: { 'Content-Type': "'application/scim+json'", ...headers },
        templates: { 'application/json': JSON.stringify({ schemas: [ERROR_URN], status: String(status), detail }) },
      });

    for (const answer of ANSWERS) add(answer, String(answer.status));
    for (const answer of DEFAULTS) add(answer);
  }
}
