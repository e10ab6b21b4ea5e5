import { scimHandler } from './http/scim-handler.ts';
import { unbuiltRoutes } from './http/unbuilt-routes.ts';

export const handler = scimHandler(unbuiltRoutes('POST /Bulk'));
