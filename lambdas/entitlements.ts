import { routesOf } from './http/resource-routes.ts';
import { scimHandler } from './http/scim-handler.ts';
import { typesOnSharedRoute } from './scim/schemas/registry.ts';
import { storeFromEnvironment } from './store/dynamo-store.ts';

export const handler = scimHandler(routesOf(typesOnSharedRoute, await storeFromEnvironment()));
