import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../lambdas/scim/json.ts';
import { project } from '../../../lambdas/scim/project.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { answered } from '../../support/bodies.ts';
import { without } from '../../support/rfc.ts';

const EXAMPLE: JsonObject = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  id: '2819c223-7f76-453a-919d-413861904646',
  externalId: 'bjensen',
  meta: {
    resourceType: 'User',
    created: '2011-08-01T18:29:49.793Z',
    lastModified: '2011-08-01T18:29:49.793Z',
    location: 'https://example.com/v2/Users/2819c223-7f76-453a-919d-413861904646',
    version: 'W/"f250dd84f0671c3"',
  },
  name: { formatted: 'Ms. Barbara J Jensen III', familyName: 'Jensen', givenName: 'Barbara' },
  userName: 'bjensen',
  phoneNumbers: [{ value: '555-555-8377', type: 'work' }],
  emails: [{ value: 'bjensen@example.com', type: 'work' }],
};

describe('RFC 7644 section 3.4.1, retrieving a known resource', () => {
  test('the example response is what the service returns for such a User', () => {
    expect(project(user, EXAMPLE)).toEqual(EXAMPLE);
  });

  test('the example response is understood as the answer of a service', () => {
    expect(without(answered(user, EXAMPLE), 'schemas')).toEqual(without(EXAMPLE, 'schemas'));
  });
});
