import { create, type Directory, get, patch, remove, replace, search } from '../directory/operations.ts';
import type { Store } from '../directory/store.ts';
import type { JsonObject } from '../scim/json.ts';
import { project } from '../scim/project.ts';
import { etag, represent, type StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { listResponse, readPatchOp } from './messages.ts';
import { ifMatch } from './preconditions.ts';
import { filterOf, selectionOf, windowOf } from './query.ts';
import type { ScimRequest } from './request.ts';
import type { ScimResponse } from './response.ts';
import type { Routes } from './scim-handler.ts';

/** The routes of one resource type (RFC 7644 section 3). A type is data: users, groups and entitlements share this code. */
export function resourceRoutes(type: ResourceType, store: Store): Routes {
  const directoryOf = ({ directory, deadline }: ScimRequest): Directory => ({
    store,
    directory,
    deadline,
  });
  const idOf = ({ params: { id = '' } }: ScimRequest) => id;
  return {
    [`GET ${type.endpoint}`]: async (request) => {
      const window = windowOf(request.query);
      const selection = selectionOf(request.query);
      const { totalResults, resources } = await search(directoryOf(request), type, window, filterOf(request.query));
      const shown = resources.map((stored) => project(type, located(type, request, stored), selection));
      return {
        status: 200,
        body: listResponse(shown, totalResults, window.startIndex),
      };
    },
    [`POST ${type.endpoint}`]: async (request) => respond(type, request, 201, await create(directoryOf(request), type, request.body())),
    [`GET ${type.endpoint}/{id}`]: async (request) => respond(type, request, 200, await get(directoryOf(request), type, idOf(request))),
    [`PUT ${type.endpoint}/{id}`]: async (request) =>
      respond(type, request, 200, await replace(directoryOf(request), type, idOf(request), request.body(), ifMatch(request.headers))),
    [`PATCH ${type.endpoint}/{id}`]: async (request) => {
      const operations = readPatchOp(request.body());
      return respond(type, request, 200, await patch(directoryOf(request), type, idOf(request), operations, ifMatch(request.headers)));
    },
    [`DELETE ${type.endpoint}/{id}`]: async (request) => {
      await remove(directoryOf(request), type, idOf(request), ifMatch(request.headers));
      return { status: 204 };
    },
  };
}

/** The answer that is one resource, with where it is and which version of it this is. */
function respond(type: ResourceType, request: ScimRequest, status: number, stored: StoredResource): ScimResponse {
  const resource = located(type, request, stored);
  return {
    status,
    headers: {
      ETag: etag(stored),
      Location: (resource.meta as JsonObject).location as string,
    },
    body: project(type, resource, selectionOf(request.query)),
  };
}

/** The resource with its address as the client would write it. */
function located(type: ResourceType, { baseUrl }: ScimRequest, stored: StoredResource): JsonObject {
  const resource = represent(type, stored);
  const meta = resource.meta as JsonObject;
  return {
    ...resource,
    meta: { ...meta, location: `${baseUrl}${meta.location}` },
  };
}
