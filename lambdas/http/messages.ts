import * as z from 'zod/mini';
import { invalidSyntax, invalidValue } from '../scim/errors.ts';
import type { Operation } from '../scim/patch/patch.ts';
import { namesSchema } from '../scim/validate.ts';

export const LIST_RESPONSE_URN = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
export const PATCH_OP_URN = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

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
  requirePatchOp(message.schemas);
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

/** Some clients (Ory Polis, for one) send a PatchOp without `schemas`; one that names another message is refused. */
function requirePatchOp(schemas: unknown) {
  if (schemas !== undefined && !namesSchema(schemas, PATCH_OP_URN)) throw invalidSyntax(`schemas: expected ${PATCH_OP_URN}`);
}

function lowercased(object: unknown): Record<string, unknown> {
  if (typeof object !== 'object' || object === null) throw invalidValue('Operations: expected an array of objects');
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name.toLowerCase(), value]));
}

/** RFC 7644 section 3.4.2. */
export const listResponse = (resources: readonly unknown[], totalResults: number, startIndex: number) => ({
  schemas: [LIST_RESPONSE_URN],
  totalResults,
  startIndex,
  itemsPerPage: resources.length,
  Resources: resources,
});
