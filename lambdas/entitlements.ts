import { routesOf } from './http/resource-routes.ts';
import { scimHandler } from './http/scim-handler.ts';
import { typesOnSharedRoute } from './scim/schemas/registry.ts';
import { dynamoStore } from './store/dynamo-store.ts';
import { tableFromEnvironment } from './store/table.ts';

export const handler = scimHandler(routesOf(typesOnSharedRoute, dynamoStore(tableFromEnvironment())));
