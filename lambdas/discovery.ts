import { discoveryRoutes } from './http/discovery-routes.ts';
import { scimHandler } from './http/scim-handler.ts';
import { METHODS, unbuiltRoutes } from './http/unbuilt-routes.ts';
import { resourceTypes } from './scim/schemas/registry.ts';

/** Also where every path ends that is nobody's: its 404 is a SCIM error, which API Gateway's own would not be. */
export const handler = scimHandler({
  ...discoveryRoutes(resourceTypes),
  ...unbuiltRoutes('POST /.search', ...METHODS.map((method) => `${method} /Me`)),
});
