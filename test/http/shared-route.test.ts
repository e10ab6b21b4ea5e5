import { describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { resourceRoutes } from '../../lambdas/http/resource-routes.ts';
import { placeOf } from '../../lambdas/http/routes.ts';
import { resourceTypes, typesOnSharedRoute } from '../../lambdas/scim/schemas/registry.ts';
import { eventOf } from '../support/events.ts';
import { resourceFunction } from '../support/resource-function.ts';

/*
 * Types that have no resource of the API to themselves: it knows their endpoints and ids as variables.
 */

const { send } = resourceFunction(...typesOnSharedRoute);

const SEARCH = { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'] };
const COLLECTION = 'GET, POST';
const RESOURCE = 'GET, PUT, PATCH, DELETE';

describe.each(typesOnSharedRoute.map(({ endpoint }) => ({ endpoint })))('$endpoint', ({ endpoint }) => {
  test('is a list, and searched by POST', async () => {
    const empty = { status: 200, body: { totalResults: 0, startIndex: 1, itemsPerPage: 0, Resources: [] } };
    await expect(send({ path: `${endpoint}?startIndex=1&count=1` })).resolves.toMatchObject(empty);
    await expect(send({ method: 'POST', path: `${endpoint}/.search`, body: SEARCH })).resolves.toMatchObject(empty);
  });

  test('has resources that are found by their ids', async () => {
    await expect(send({ path: `${endpoint}/nobody` })).resolves.toMatchObject({
      status: 404,
      body: { detail: 'Resource nobody not found' },
    });
    await expect(send({ path: `${endpoint}/no%2Fbody` })).resolves.toMatchObject({ body: { detail: 'Resource no/body not found' } });
  });

  test.each([
    { path: '', methods: ['HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], allow: COLLECTION },
    { path: '/', methods: ['HEAD', 'DELETE'], allow: COLLECTION },
    { path: '/.search', methods: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], allow: 'POST' },
    { path: '/1', methods: ['HEAD', 'POST', 'OPTIONS'], allow: RESOURCE },
  ])('another method of $path is 405 with Allow', async ({ path, methods, allow }) => {
    for (const method of methods) {
      const { status, headers } = await send({ method, path: endpoint + path });
      expect([method, status, headers.Allow]).toEqual([method, 405, allow]);
    }
  });
});

test.each([
  '/Nonsense',
  '/Nonsense/1',
  '/Nonsense/.search',
  // Endpoints are compared as they are, and variables are no names of types.
  '/roles',
  '/Roles%2F',
  '/%7Btype%7D',
  '/%7Btype%7D/%7Bid%7D',
  '/constructor',
  '/__proto__/1',
])('%s is nobody, whatever the method', async (path) => {
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
    await expect(send({ method, path })).resolves.toMatchObject({ status: 404, body: { status: '404', detail: 'No such endpoint' } });
});

test.each(['/%E0%A4%A', '/%E0%A4%A/1', '/Roles/%E0%A4%A', '/Roles/%'])('%s is 404: its percent-encoding is malformed', async (path) => {
  const detail = 'No such endpoint: the path has a malformed percent-encoding';
  await expect(send({ path })).resolves.toMatchObject({ status: 404, body: { detail } });
});

describe('where an event belongs', () => {
  const routes = Object.assign({}, ...resourceTypes.map((type) => resourceRoutes(type, {} as never)));
  /** As API Gateway might hand over a path with a slash too many: with an empty parameter. */
  const withEmpty = (pathParameters: Record<string, string>): APIGatewayProxyEvent => ({
    ...eventOf({ path: '/Roles/1' }),
    pathParameters: { directory: 'acme', ...pathParameters },
  });

  test.each([
    { name: 'a list', event: eventOf({ path: '/Licenses' }), place: { path: '/Licenses', params: {} } },
    { name: 'one resource', event: eventOf({ path: '/Licenses/lic-pro' }), place: { path: '/Licenses/{id}', params: { id: 'lic-pro' } } },
    { name: 'an encoded id', event: eventOf({ path: '/Licenses/a%2Fb' }), place: { path: '/Licenses/{id}', params: { id: 'a%2Fb' } } },
    { name: 'a search', event: eventOf({ path: '/Licenses/.search' }), place: { path: '/Licenses/.search', params: {} } },
    { name: 'a slash too many', event: eventOf({ path: '//Licenses//1/' }), place: { path: '/Licenses/{id}', params: { id: '1' } } },
    { name: 'an empty id', event: withEmpty({ type: 'Roles', id: '' }), place: { path: '/Roles', params: {} } },
    { name: 'an empty type', event: withEmpty({ type: '', id: 'Roles' }), place: { path: '/Roles', params: {} } },
    { name: 'a user', event: eventOf({ path: '/Users/1' }), place: { path: '/Users/{id}', params: { id: '1' } } },
  ])('$name', ({ event, place }) => {
    expect(placeOf(routes, event)).toEqual(place);
  });
});
