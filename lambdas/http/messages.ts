import * as z from 'zod/mini';
import { invalidSyntax, invalidValue } from '../scim/errors.ts';
import { parseFilter } from '../scim/filter/parse.ts';
import type { Operation } from '../scim/patch/patch.ts';
import { namesSchema } from '../scim/validate.ts';
import { type Search, selection, sortOf, windowOf } from './query.ts';

export const LIST_RESPONSE_URN = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
export const PATCH_OP_URN = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
export const SEARCH_REQUEST_URN = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';

const operations = z
  .array(
    z.object({
      op: z.string(),
      path: z.optional(z.nullable(z.string())),
      value: z.optional(z.unknown()),
    }),
  )
  .check(z.minLength(1));

/** The operations of a PatchOp message (RFC 7644 section 3.5.2). Names of members are compared without case. */
export function readPatchOp(body: Record<string, unknown>): Operation[] {
  const message = lowercased(body);
  requireMessage(patchOpWithoutSchemas(message.schemas), PATCH_OP_URN);
  const given = Array.isArray(message.operations) ? message.operations.map(lowercased) : message.operations;
  const parsed = operations.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalidSyntax(
      `Operations${issue?.path.map((step) => `.${String(step)}`).join('') ?? ''}: expected an array of {op, path, value}`,
    );
  }
  return parsed.data.map(({ op, path, value }) => ({
    op,
    value,
    ...(path && { path }),
  }));
}

const optionalNames = z.nullish(z.array(z.string()));

const searchRequest = z.object({
  attributes: optionalNames,
  excludedattributes: optionalNames,
  filter: z.nullish(z.string()),
  sortby: z.nullish(z.string()),
  sortorder: z.nullish(z.string()),
  startindex: z.nullish(z.int()),
  count: z.nullish(z.int()),
});

/** How a SearchRequest's members are spelled, for errors: they are read in any letter case. */
const SPELLED: Readonly<Record<string, string>> = {
  excludedattributes: 'excludedAttributes',
  sortby: 'sortBy',
  sortorder: 'sortOrder',
  startindex: 'startIndex',
};
const EXPECTED: Readonly<Record<string, string>> = {
  filter: 'a string',
  sortby: 'a string',
  sortorder: 'a string',
  startindex: 'an integer',
  count: 'an integer',
};

/** What a SearchRequest message asks for (RFC 7644 section 3.4.3). Names of members are compared without case. */
export function readSearchRequest(body: Record<string, unknown>): Search {
  const message = lowercased(body);
  requireMessage(message.schemas, SEARCH_REQUEST_URN);
  const parsed = searchRequest.safeParse(message);
  if (!parsed.success) {
    const name = String(parsed.error.issues[0]?.path[0] ?? '');
    throw invalidValue(`${SPELLED[name] ?? name}: expected ${EXPECTED[name] ?? 'an array of attribute names'}`);
  }
  const { attributes, excludedattributes, filter, sortby, sortorder, startindex, count } = parsed.data;
  const sort = sortOf(sortby, sortorder);
  return {
    window: windowOf(startindex ?? undefined, count ?? undefined),
    selection: selection(attributes ?? undefined, excludedattributes ?? undefined),
    ...(typeof filter === 'string' && { filter: parseFilter(filter) }),
    ...(sort && { sort }),
  };
}

function requireMessage(schemas: unknown, urn: string) {
  if (!namesSchema(schemas, urn)) throw invalidSyntax(`schemas: expected an array that names ${urn}`);
}

/** Ory Polis sends a PatchOp without `schemas`. One that names another message is refused. */
const patchOpWithoutSchemas = (schemas: unknown): unknown => schemas ?? [PATCH_OP_URN];

function lowercased(object: unknown): Record<string, unknown> {
  if (typeof object !== 'object' || object === null) throw invalidSyntax('Operations: expected an array of {op, path, value}');
  const members = Object.entries(object).map(([name, value]) => [name.toLowerCase(), value] as const);
  const result = Object.fromEntries(members);
  if (Object.keys(result).length < members.length) throw invalidSyntax('A member is given twice, in different letter case');
  return result;
}

/** RFC 7644 section 3.4.2. */
export const listResponse = (resources: readonly unknown[], totalResults: number, startIndex: number) => ({
  schemas: [LIST_RESPONSE_URN],
  totalResults,
  startIndex,
  itemsPerPage: resources.length,
  Resources: resources,
});
