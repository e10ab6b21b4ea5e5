import type { Directory } from '../directory/directory.ts';
import { create, get, patch, remove, replace, search } from '../directory/operations.ts';
import type { Store } from '../directory/store.ts';
import { etag, type StoredResource } from '../scim/resource.ts';
import { holderTypes } from '../scim/schemas/registry.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { isShownOnRequest, namesIn, namesInOperations } from '../scim/written.ts';
import { listResponse, readPatchOp, readSearchRequest } from './messages.ts';
import { ifMatch, ifNoneMatch } from './preconditions.ts';
import { cascadeOf, readQuery, type Search, selectionOf } from './query.ts';
import type { ScimRequest } from './request.ts';
import type { ScimResponse } from './response.ts';
import type { Route, Routes } from './routes.ts';
import { type Answered, type View, viewOf } from './view.ts';

/** The routes of one resource type (RFC 7644 section 3). A type is data: users, groups and entitlements share this code. */
export function resourceRoutes(type: ResourceType, store: Store): Routes {
  const directoryOf = ({ directory, credential, scopes, settings, deadline, trace }: ScimRequest): Directory => ({
    store,
    directory,
    credential,
    scopes,
    settings,
    deadline,
    trace,
  });
  const isGranted = holderTypes(type).length > 0;
  const isAnyShownOnRequest = type.attributes.some(isShownOnRequest);
  /** What the answer shows: with what is returned on request if it is among what the request writes, as what is asked for is. */
  const viewFor = (request: ScimRequest, names?: () => string[]): View => {
    const selection = selectionOf(request.query);
    const full = names && isAnyShownOnRequest ? { ...selection, written: names() } : selection;
    return viewOf(type, directoryOf(request), request.baseUrl, full);
  };
  const list =
    (read: (request: ScimRequest) => Search): Route =>
    async (request) => {
      const { window, selection, ...criteria } = read(request);
      const directory = directoryOf(request);
      const view = viewOf(type, directory, request.baseUrl, selection);
      const { totalResults, resources } = await search(directory, type, { ...window, fitting: view.fitting }, criteria);
      return { status: 200, body: listResponse(view.some(resources), totalResults, window.startIndex) };
    };
  return {
    [`GET ${type.endpoint}`]: list(({ query }) => readQuery(type, query)),
    [`POST ${type.endpoint}/.search`]: list((request) => readSearchRequest(request.body())),
    [`POST ${type.endpoint}`]: async (request) => {
      const body = request.body();
      const view = viewFor(request, () => namesIn(type, body));
      const { members, ...stored } = await create(directoryOf(request), type, body);
      return answer(201, view, await view.written(stored, members));
    },
    [`GET ${type.endpoint}/{id}`]: async (request) => {
      const view = viewFor(request);
      const stored = await get(directoryOf(request), type, idOf(request));
      return isKnown(request, view, stored) ? { status: 304, headers: view.headers(stored) } : answer(200, view, await view.one(stored));
    },
    [`PUT ${type.endpoint}/{id}`]: async (request) => {
      const body = request.body();
      const view = viewFor(request, () => namesIn(type, body));
      const stored = await replace(directoryOf(request), type, idOf(request), body, ifMatch(request.headers));
      return answer(200, view, await view.written(stored));
    },
    [`PATCH ${type.endpoint}/{id}`]: async (request) => {
      const operations = readPatchOp(request.body());
      const view = viewFor(request, () => namesInOperations(type, operations));
      const stored = await patch(directoryOf(request), type, idOf(request), operations, ifMatch(request.headers));
      if (type.members === undefined) return answer(200, view, await view.written(stored));
      // Nobody wants 100,000 members back.
      if (Object.keys(selectionOf(request.query)).length === 0) return { status: 204 };
      // Others may have changed it without this change noticing: the answer is about what is there.
      return answer(200, view, await view.written(await get(directoryOf(request), type, idOf(request))));
    },
    [`DELETE ${type.endpoint}/{id}`]: async (request) => {
      const cascade = isGranted && cascadeOf(request.query);
      await remove(directoryOf(request), type, idOf(request), ifMatch(request.headers), { cascade });
      return { status: 204 };
    },
  };
}

/** The routes of some resource types. */
export const routesOf = (types: readonly ResourceType[], store: Store): Routes =>
  Object.assign({}, ...types.map((type) => resourceRoutes(type, store)));

const idOf = ({ params: { id = '' } }: ScimRequest) => id;

/** One resource, with where it is and which version of it this is. */
const answer = (status: number, view: View, { stored, json }: Answered): ScimResponse => ({
  status,
  headers: view.headers(stored),
  body: json,
});

/**
 * Whether a client has the version that there is, which it is spared then (RFC 7644 section 3.14). Not where the answer may name
 * other resources: they are renamed without the version of this one.
 */
const isKnown = ({ headers }: ScimRequest, view: View, stored: StoredResource): boolean =>
  !view.showsNames(stored) && (ifNoneMatch(headers)?.(etag(stored)) ?? false);
