import { discoveryRoutes } from './http/discovery-routes.ts';
import { scimHandler } from './http/scim-handler.ts';
import { unbuiltRoot } from './http/unbuilt-routes.ts';
import { resourceTypes } from './scim/schemas/registry.ts';

export const handler = scimHandler({ ...discoveryRoutes(resourceTypes), ...unbuiltRoot });
