import { scimHandler } from './http/scim-handler.ts';
import { resourceRouteNames, unbuiltRoutes } from './http/unbuilt-routes.ts';
import { group } from './scim/schemas/group.ts';

export const handler = scimHandler(unbuiltRoutes(...resourceRouteNames(group.endpoint)));
