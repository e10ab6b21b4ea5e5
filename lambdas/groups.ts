import { resourceRoutes } from './http/resource-routes.ts';
import { scimHandler } from './http/scim-handler.ts';
import { group } from './scim/schemas/group.ts';
import { dynamoStore } from './store/dynamo-store.ts';
import { tableFromEnvironment } from './store/table.ts';

export const handler = scimHandler(resourceRoutes(group, dynamoStore(tableFromEnvironment())));
