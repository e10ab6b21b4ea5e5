import { create, type Directory, get, patch, remove, replace, search } from '../directory/operations.ts';
import type { Store } from '../directory/store.ts';
import type { JsonObject } from '../scim/json.ts';
import { oncePer } from '../scim/once-per.ts';
import { compileProjection } from '../scim/project.ts';
import { etag, represent, type StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { isShownOnRequest, namesIn, namesInOperations } from '../scim/written.ts';
import { listResponse, readPatchOp, readSearchRequest } from './messages.ts';
import { ifMatch, ifNoneMatch } from './preconditions.ts';
import { readQuery, type Search, selectionOf } from './query.ts';
import type { ScimRequest } from './request.ts';
import type { ScimResponse } from './response.ts';
import type { Route, Routes } from './routes.ts';

/** The routes of one resource type (RFC 7644 section 3). A type is data: users, groups and entitlements share this code. */
export function resourceRoutes(type: ResourceType, store: Store): Routes {
  const directoryOf = ({ directory, credential, settings, deadline, trace }: ScimRequest): Directory => ({
    store,
    directory,
    credential,
    settings,
    deadline,
    trace,
  });
  const idOf = ({ params: { id = '' } }: ScimRequest) => id;
  const one = answerWith(type);
  const list =
    (read: (request: ScimRequest) => Search): Route =>
    async (request) => {
      const { window, selection, ...criteria } = read(request);
      const show = compileProjection(type, selection);
      const shown = oncePer((stored: StoredResource) => show(located(type, request, stored)));
      const fitting = (found: readonly StoredResource[]) => countFitting(found.map(shown));
      const { totalResults, resources } = await search(directoryOf(request), type, { ...window, fitting }, criteria);
      return { status: 200, body: listResponse(resources.map(shown), totalResults, window.startIndex) };
    };
  return {
    [`GET ${type.endpoint}`]: list(({ query }) => readQuery(type, query)),
    [`POST ${type.endpoint}/.search`]: list((request) => readSearchRequest(request.body())),
    [`POST ${type.endpoint}`]: one(201, (request) => {
      const body = request.body();
      return { names: () => namesIn(type, body), act: () => create(directoryOf(request), type, body) };
    }),
    [`GET ${type.endpoint}/{id}`]: unlessKnown(one(200, (request) => ({ act: () => get(directoryOf(request), type, idOf(request)) }))),
    [`PUT ${type.endpoint}/{id}`]: one(200, (request) => {
      const body = request.body();
      return {
        names: () => namesIn(type, body),
        act: () => replace(directoryOf(request), type, idOf(request), body, ifMatch(request.headers)),
      };
    }),
    [`PATCH ${type.endpoint}/{id}`]: one(200, (request) => {
      const operations = readPatchOp(request.body());
      return {
        names: () => namesInOperations(type, operations),
        act: () => patch(directoryOf(request), type, idOf(request), operations, ifMatch(request.headers)),
      };
    }),
    [`DELETE ${type.endpoint}/{id}`]: async (request) => {
      await remove(directoryOf(request), type, idOf(request), ifMatch(request.headers));
      return { status: 204 };
    },
  };
}

/** What is to be done for a request that has been read. */
interface Task {
  /** The attributes that it writes: the answer shows those that are returned on request, as it does what is asked for. */
  readonly names?: () => string[];
  readonly act: () => Promise<StoredResource>;
}

/** A route whose answer is one resource, with where it is and which version of it this is. What to show is read before anything is done. */
const answerWith = (type: ResourceType) => {
  const isAnyShownOnRequest = type.attributes.some(isShownOnRequest);
  return (status: number, read: (request: ScimRequest) => Task): Route =>
    async (request) => {
      const selection = selectionOf(request.query);
      const { names, act } = read(request);
      const show = compileProjection(type, names && isAnyShownOnRequest ? { ...selection, written: names() } : selection);
      const stored = await act();
      const resource = located(type, request, stored);
      const headers = { ETag: etag(stored), Location: (resource.meta as JsonObject).location as string };
      return { status, headers, body: show(resource) };
    };
};

/**
 * Spares the client a version that it has (RFC 7644 section 3.14). Not where the answer names groups: they change without
 * the version of the user.
 */
const unlessKnown =
  (route: Route): Route =>
  async (request): Promise<ScimResponse> => {
    const answer = await route(request);
    const isKnown = ifNoneMatch(request.headers)?.(answer.headers?.ETag ?? '') ?? false;
    const hasGroups = Object.hasOwn(answer.body as object, 'groups');
    return isKnown && !hasGroups ? { status: 304, headers: answer.headers ?? {} } : answer;
  };

/** Lambda's answers end at 6 MB, in which ours is a string: its quotes are escaped. Some room is left for the list around it. */
const MAX_PAGE_BYTES = 6 * 1024 * 1024 - 64 * 1024;

/** How many of some resources, from the first on, one answer holds; one at least. */
function countFitting(resources: readonly JsonObject[]): number {
  let bytes = 0;
  const end = resources.findIndex((resource, i) => {
    bytes += Buffer.byteLength(JSON.stringify(JSON.stringify(resource)));
    return i > 0 && bytes > MAX_PAGE_BYTES;
  });
  return end < 0 ? resources.length : end;
}

/** The resource with its address as the client would write it. */
function located(type: ResourceType, { baseUrl }: ScimRequest, stored: StoredResource): JsonObject {
  return represent(type, stored, {}, baseUrl);
}
