import { resourceRoutes } from './http/resource-routes.ts';
import { scimHandler } from './http/scim-handler.ts';
import { user } from './scim/schemas/user.ts';
import { storeFromEnvironment } from './store/dynamo-store.ts';

export const handler = scimHandler(resourceRoutes(user, await storeFromEnvironment()));
