import type { APIGatewayProxyEvent } from 'aws-lambda';
import { invalidSyntax, ScimError } from '../scim/errors.ts';
import { isObject } from '../scim/json.ts';

/** Below what Lambda and API Gateway take (6 and 10 MB), whose own refusals are no SCIM errors. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

/**
 * Some 85,000 members of a group fit into a body by their ids alone, 48,000 with an address for `display`. Each request is made as a whole, so
 * that it also has to be done in its time.
 */
const HOW_TO_SPLIT =
  'send less in one request; members of a group in several PATCH requests that add at most some 10,000 each, as each is made as a whole';

const JSON_TYPES: ReadonlySet<string> = new Set(['application/scim+json', 'application/json']);

/** Names that JavaScript gives a meaning of its own. No schema has them; in a body they can only be meant to do harm. */
const DANGEROUS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** The JSON object in the body of a request. */
export function readBody({ body, isBase64Encoded }: APIGatewayProxyEvent, headers: ReadonlyMap<string, string>): Record<string, unknown> {
  const contentType = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!JSON_TYPES.has(contentType)) throw new ScimError(415, `Content-Type: expected ${[...JSON_TYPES].join(' or ')}`);
  const text = isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString() : (body ?? '');
  if (Buffer.byteLength(text) > MAX_BODY_BYTES)
    throw new ScimError(413, `The body is larger than ${MAX_BODY_BYTES} bytes: ${HOW_TO_SPLIT}`);
  const value = parse(text);
  if (!isObject(value)) throw invalidSyntax('The body is no JSON object');
  refuseDangerousNames(value);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidSyntax('The body is not valid JSON');
  }
}

/** Without recursion: a body may be nested as deep as it is long. */
function refuseDangerousNames(root: unknown) {
  const left: unknown[] = [root];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    for (const name of Object.keys(value)) {
      if (DANGEROUS.has(name)) throw invalidSyntax(`${name} is not the name of an attribute`);
      left.push((value as Record<string, unknown>)[name] ?? null);
    }
  }
}
