import { describe, expect, test } from '@jest/globals';
import { readApi } from '../../../lib/local/api.ts';
import { route } from '../../../lib/local/router.ts';
import { template } from '../../support/test-table.ts';

const { root } = readApi(template());
const BASE = '/{directory}/scim/v2';

describe('routes of the template', () => {
  test.each([
    ['/', '/', {}],
    ['/acme', '/{directory}', { directory: 'acme' }],
    ['/acme/', '/{directory}', { directory: 'acme' }],
    ['/acme/elsewhere', '/{directory}/{proxy+}', { directory: 'acme', proxy: 'elsewhere' }],
    ['/acme/scim/v1/Users', '/{directory}/{proxy+}', { directory: 'acme', proxy: 'scim/v1/Users' }],
    ['/acme/scim/v2', BASE, { directory: 'acme' }],
    ['/acme/scim/v2/Users', `${BASE}/Users`, { directory: 'acme' }],
    ['/acme/scim/v2/Users/', `${BASE}/Users`, { directory: 'acme' }],
    ['/acme/scim/v2/Users/a%2Fb', `${BASE}/Users/{id}`, { directory: 'acme', id: 'a%2Fb' }],
    ['/acme/scim/v2/Users/1/x/y', `${BASE}/Users/{id}/{proxy+}`, { directory: 'acme', id: '1', proxy: 'x/y' }],
    ['/acme/scim/v2/Schemas/urn:x:y', `${BASE}/Schemas/{id}`, { directory: 'acme', id: 'urn:x:y' }],
    ['/acme/scim/v2/Licenses/1', `${BASE}/{type}/{id}`, { directory: 'acme', type: 'Licenses', id: '1' }],
    [
      '/acme/scim/v2/ServiceProviderConfig/1/2',
      `${BASE}/{type}/{id}/{proxy+}`,
      { directory: 'acme', type: 'ServiceProviderConfig', id: '1', proxy: '2' },
    ],
  ])('%s is %s', (path, resource, pathParameters) => {
    expect(route(root, 'GET', path)).toMatchObject({ resource: { path: resource }, pathParameters });
  });
});

test('a template with two variable children of one resource is refused, as at deployment', () => {
  const original = template();
  const ofType: typeof original.ofType = (type) => {
    const resources = original.ofType(type);
    const [first] = resources;
    if (type !== 'AWS::ApiGateway::Resource' || !first) return resources;
    const properties = { ParentId: 'ScimApi.RootResourceId', PathPart: '{other}' } as typeof first.properties;
    return [...resources, { logicalId: 'Other', properties }];
  };
  expect(() => readApi({ ...original, ofType })).toThrow('one variable child per resource');
});
