import { forbidden, notFound } from '../scim/errors.ts';
import { describeResourceType, describeSchema, schemasOf, serviceProviderConfig } from '../scim/schemas/discovery.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { MAX_BODY_BYTES } from './body.ts';
import { listResponse } from './messages.ts';
import { MAX_RESULTS } from './query.ts';
import type { ScimRequest } from './request.ts';
import type { ScimResponse } from './response.ts';
import type { Route, Routes } from './routes.ts';

interface Described {
  readonly id: string;
  readonly meta: { readonly resourceType: string; readonly location: string };
}

/** The discovery endpoints (RFC 7644 section 4), generated from the data that requests are validated with. */
export function discoveryRoutes(types: readonly ResourceType[]): Routes {
  const config = serviceProviderConfig({
    maxResults: MAX_RESULTS,
    maxPayloadSize: MAX_BODY_BYTES,
  });
  return {
    'GET /ServiceProviderConfig': async (request) => ({
      status: 200,
      body: JSON.stringify(unfiltered(request) && located(request, config)),
    }),
    ...collection('/ResourceTypes', types.map(describeResourceType)),
    ...collection('/Schemas', schemasOf(types).map(describeSchema)),
  };
}

function collection(path: string, described: readonly Described[]): Routes {
  const list: Route = async (request) => {
    const resources = unfiltered(request) ? described.map((one) => JSON.stringify(located(request, one))) : [];
    return { status: 200, body: listResponse(resources, resources.length, 1) };
  };
  const one: Route = async (request): Promise<ScimResponse> => {
    const { id = '' } = request.params;
    const found = unfiltered(request) && described.find((candidate) => candidate.id.toLowerCase() === id.toLowerCase());
    if (!found) throw notFound(id);
    return { status: 200, body: JSON.stringify(located(request, found)) };
  };
  return { [`GET ${path}`]: list, [`GET ${path}/{id}`]: one };
}

/** Paging and sorting are ignored here, but a filter must be refused: its answer would be taken for a match. */
function unfiltered({ query }: ScimRequest): true {
  if (query.filter !== undefined) throw forbidden('filter is not supported on discovery endpoints');
  return true;
}

const located = <T extends { readonly meta: Described['meta'] }>({ baseUrl }: ScimRequest, described: T): T => ({
  ...described,
  meta: { ...described.meta, location: `${baseUrl}${described.meta.location}` },
});
