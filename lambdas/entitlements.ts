import { scimHandler } from './http/scim-handler.ts';
import { resourceRouteNames, unbuiltRoutes } from './http/unbuilt-routes.ts';
import { ScimError } from './scim/errors.ts';

/** Where Okta's entitlement types will be. They share one variable path, so that a new type needs no new route. */
const ENDPOINTS: ReadonlySet<string> = new Set(['Roles', 'Entitlements']);

const unbuilt = unbuiltRoutes(...resourceRouteNames('/{type}'));

export const handler = scimHandler(
  Object.fromEntries(
    Object.entries(unbuilt).map(([name, route]) => [
      name,
      async (request) => {
        if (!ENDPOINTS.has(request.params.type ?? '')) throw new ScimError(404, 'No such endpoint');
        return route(request);
      },
    ]),
  ),
);
