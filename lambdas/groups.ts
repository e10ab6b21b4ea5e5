import { scimHandler } from './http/scim-handler.ts';
import { unbuiltGroups } from './http/unbuilt-routes.ts';

export const handler = scimHandler(unbuiltGroups);
