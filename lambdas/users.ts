import { resourceRoutes } from './http/resource-routes.ts';
import { scimHandler } from './http/scim-handler.ts';
import { user } from './scim/schemas/user.ts';
import { dynamoStore } from './store/dynamo-store.ts';
import { tableFromEnvironment } from './store/table.ts';

export const handler = scimHandler(resourceRoutes(user, dynamoStore(tableFromEnvironment())));
