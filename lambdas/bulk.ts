import { discoveryRoutes } from './http/discovery-routes.ts';
import { resourceRoutes } from './http/resource-routes.ts';
import { scimHandler } from './http/scim-handler.ts';
import { unbuiltBulk, unbuiltRoot } from './http/unbuilt-routes.ts';
import { group } from './scim/schemas/group.ts';
import { resourceTypes } from './scim/schemas/registry.ts';
import { user } from './scim/schemas/user.ts';
import { dynamoStore } from './store/dynamo-store.ts';
import { tableFromEnvironment } from './store/table.ts';

const store = dynamoStore(tableFromEnvironment());

/** Has every route, and so is where the catch-alls of the API end: see `placeOf`. */
export const handler = scimHandler({
  ...discoveryRoutes(resourceTypes),
  ...resourceRoutes(user, store),
  ...resourceRoutes(group, store),
  ...unbuiltBulk,
  ...unbuiltRoot,
});
