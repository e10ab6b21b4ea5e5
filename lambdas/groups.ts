import { resourceRoutes } from './http/resource-routes.ts';
import { scimHandler } from './http/scim-handler.ts';
import { group } from './scim/schemas/group.ts';
import { storeFromEnvironment } from './store/dynamo-store.ts';

export const handler = scimHandler(resourceRoutes(group, await storeFromEnvironment()));
