import type { JsonObject } from '../../lambdas/scim/json.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { validate } from '../../lambdas/scim/validate.ts';

type Body = Readonly<Record<string, unknown>>;

const withSchemas = ({ schema }: ResourceType, body: Body) => ({ schemas: [schema.id], ...body });

/** What a POST with this body keeps; `schemas` need not be given. */
export const created = (type: ResourceType, body: Body): JsonObject => validate(type, withSchemas(type, body), { to: 'create' }).resource;

/** What a PUT with this body makes of a resource. */
export const replaced = (type: ResourceType, current: JsonObject, body: Body): JsonObject =>
  validate(type, withSchemas(type, body), { to: 'replace', current }).resource;

/** What is read of the answer of a service. */
export const answered = (type: ResourceType, body: Body): JsonObject => validate(type, withSchemas(type, body), { to: 'respond' }).resource;
