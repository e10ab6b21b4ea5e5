import { discoveryRoutes } from './http/discovery-routes.ts';
import { routesOf } from './http/resource-routes.ts';
import { scimHandler } from './http/scim-handler.ts';
import { unbuiltBulk, unbuiltRoot } from './http/unbuilt-routes.ts';
import { resourceTypes } from './scim/schemas/registry.ts';
import { storeFromEnvironment } from './store/dynamo-store.ts';

/** Has every route, and so is where the catch-alls of the API end: see `placeOf`. */
export const handler = scimHandler({
  ...discoveryRoutes(resourceTypes),
  ...routesOf(resourceTypes, await storeFromEnvironment()),
  ...unbuiltBulk,
  ...unbuiltRoot,
});
