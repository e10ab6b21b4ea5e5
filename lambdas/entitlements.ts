import type { Route } from './http/routes.ts';
import { scimHandler } from './http/scim-handler.ts';
import { METHODS, notBuilt } from './http/unbuilt-routes.ts';
import { ScimError } from './scim/errors.ts';

/** Where Okta's entitlement types will be. They share one variable path, so that a new type needs no new route. */
const ENDPOINTS: ReadonlySet<string> = new Set(['Roles', 'Entitlements']);

const route: Route = async (request) => {
  if (!ENDPOINTS.has(request.params.type ?? '')) throw new ScimError(404, 'No such endpoint');
  return notBuilt(request);
};

const names = METHODS.flatMap((method) => [`${method} /{type}`, `${method} /{type}/{id}`]);

export const handler = scimHandler(Object.fromEntries(names.map((name) => [name, route])));
