/** The error keywords of RFC 7644 section 3.12, table 9. Each has a constructor of its own name below. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'
  | 'sensitive';

/** The one error a client may see. Anything else that is thrown becomes an opaque 500. */
export class ScimError extends Error {
  override readonly name = 'ScimError';

  readonly status: number;
  readonly scimType: ScimType | undefined;
  /** Whole seconds after which the client may try again: Okta understands no other form. */
  readonly retryAfter: number | undefined;

  constructor(status: number, detail: string, scimType?: ScimType, retryAfter?: number) {
    super(detail);
    this.status = status;
    this.scimType = scimType;
    this.retryAfter = retryAfter;
  }
}

export const ERROR_URN = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** A message of RFC 7644 section 3.12. `status` is a string there. */
export const toErrorBody = ({ status, scimType, message }: ScimError) => ({
  schemas: [ERROR_URN],
  status: String(status),
  ...(scimType && { scimType }),
  detail: message,
});

const badRequest = (scimType: ScimType) => (detail: string) => new ScimError(400, detail, scimType);

export const invalidFilter = badRequest('invalidFilter');
export const invalidPath = badRequest('invalidPath');
export const invalidSyntax = badRequest('invalidSyntax');
export const invalidValue = badRequest('invalidValue');
export const invalidVers = badRequest('invalidVers');
export const mutability = badRequest('mutability');
export const noTarget = badRequest('noTarget');
export const sensitive = badRequest('sensitive');
export const tooMany = badRequest('tooMany');
export const uniqueness = (attribute: string) => new ScimError(409, `${attribute} is already in use`, 'uniqueness');

/** What cannot be done as things are, and could be if others were otherwise. */
export const conflict = (detail: string) => new ScimError(409, detail);
export const forbidden = (detail: string) => new ScimError(403, detail);
export const notFound = (id: string) => new ScimError(404, `Resource ${id} not found`);
export const preconditionFailed = (id: string) => new ScimError(412, `Resource ${id} has changed: its version is not the one in If-Match`);
/** How long a client is told to wait where nothing says better. */
export const RETRY_AFTER_SECONDS = 5;

export const throttled = (seconds = RETRY_AFTER_SECONDS) =>
  new ScimError(429, 'Too many requests at once: try again later', undefined, seconds);
/** For what takes from many, one after another, before it is done: each step is right by itself, and the repeat does the rest. */
export const partlyDone = (seconds = RETRY_AFTER_SECONDS) =>
  new ScimError(503, 'The request could not be completed and is done in part: send the same one again', undefined, seconds);
export const unavailable = (seconds = RETRY_AFTER_SECONDS) =>
  new ScimError(503, 'The request could not be completed in time: nothing is half done, try again', undefined, seconds);
