import * as z from 'zod/mini';
import { invalidSyntax, invalidValue } from '../scim/errors.ts';
import { parseFilter } from '../scim/filter/parse.ts';
import type { Operation } from '../scim/patch/actions.ts';
import { namesSchema } from '../scim/validate.ts';
import { type Search, selection, sortOf, windowOf } from './query.ts';

export const LIST_RESPONSE_URN = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
export const PATCH_OP_URN = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
export const SEARCH_REQUEST_URN = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';

const OPERATIONS = 'an array of {op, path, value}';

/** Each member with what errors say was expected of it, as in `searchRequest`. */
const operation = z.object({
  op: z.string('add, replace or remove'),
  path: z.optional(z.nullable(z.string('a string'))),
  value: z.optional(z.unknown()),
});
const operations = z.array(operation, OPERATIONS).check(z.minLength(1, OPERATIONS));

/** The operations of a PatchOp message (RFC 7644 section 3.5.2). Names of members are compared without case. */
export function readPatchOp(body: Record<string, unknown>): Operation[] {
  const message = lowercased(body);
  requireMessage(patchOpWithoutSchemas(message.schemas), PATCH_OP_URN);
  const given = Array.isArray(message.operations) ? message.operations.map(lowercased) : message.operations;
  const parsed = operations.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalidSyntax(`Operations${issue?.path.map((step) => `.${String(step)}`).join('') ?? ''}: expected ${issue?.message}`);
  }
  return parsed.data.map(({ op, path, value }) => ({
    op,
    value,
    ...(path && { path }),
  }));
}

const NAMES = 'an array of attribute names';
const names = z.nullish(z.array(z.string(NAMES), NAMES));
const text = z.nullish(z.string('a string'));
const integer = z.nullish(z.int('an integer'));

const searchRequest = z.object({
  attributes: names,
  excludedAttributes: names,
  filter: text,
  sortBy: text,
  sortOrder: text,
  startIndex: integer,
  count: integer,
});

/** What a SearchRequest message asks for (RFC 7644 section 3.4.3). Names of members are compared without case. */
export function readSearchRequest(body: Record<string, unknown>): Search {
  const message = lowercased(body);
  requireMessage(message.schemas, SEARCH_REQUEST_URN);
  const parsed = searchRequest.safeParse(spelled(Object.keys(searchRequest.shape), message));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalidValue(`${String(issue?.path[0])}: expected ${issue?.message}`);
  }
  const { attributes, excludedAttributes, filter, sortBy, sortOrder, startIndex, count } = parsed.data;
  const sort = sortOf(sortBy, sortOrder);
  return {
    window: windowOf(startIndex ?? undefined, count ?? undefined),
    selection: selection(attributes ?? undefined, excludedAttributes ?? undefined),
    filter: typeof filter === 'string' ? parseFilter(filter) : undefined,
    sort,
  };
}

/** Members whose names have been lowercased, under the names that they have. */
const spelled = (names: readonly string[], message: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, message[name.toLowerCase()]]));

function requireMessage(schemas: unknown, urn: string) {
  if (!namesSchema(schemas, urn)) throw invalidSyntax(`schemas: expected an array that names ${urn}`);
}

/** Ory Polis sends a PatchOp without `schemas`. One that names another message is refused. */
const patchOpWithoutSchemas = (schemas: unknown): unknown => schemas ?? [PATCH_OP_URN];

function lowercased(object: unknown): Record<string, unknown> {
  if (typeof object !== 'object' || object === null) throw invalidSyntax(`Operations: expected ${OPERATIONS}`);
  const members = Object.entries(object).map(([name, value]) => [name.toLowerCase(), value] as const);
  const result = Object.fromEntries(members);
  if (Object.keys(result).length < members.length) throw invalidSyntax('A member is given twice, in different letter case');
  return result;
}

/** RFC 7644 section 3.4.2, as JSON. So are the resources, each of which has been written, and measured, already. */
export function listResponse(resources: readonly string[], totalResults: number, startIndex: number): string {
  const message = { schemas: [LIST_RESPONSE_URN], totalResults, startIndex, itemsPerPage: resources.length };
  return `${JSON.stringify(message).slice(0, -1)},"Resources":[${resources.join(',')}]}`;
}
