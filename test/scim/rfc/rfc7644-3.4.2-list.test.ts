import { describe, expect, test } from '@jest/globals';
import { listResponse, readSearchRequest, SEARCH_REQUEST_URN } from '../../../lambdas/http/messages.ts';
import { compileFilter } from '../../../lambdas/scim/filter/compile.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import { project } from '../../../lambdas/scim/project.ts';
import { user, userSchema } from '../../../lambdas/scim/schemas/user.ts';
import { refusal } from '../../support/rfc.ts';

const USERS = [
  { schemas: [userSchema.id], id: '2819c223-7f76-453a-919d-413861904646', userName: 'bjensen', nickName: 'Babs' },
  { schemas: [userSchema.id], id: 'c75ad752-64ae-4823-840d-ffa80929976c', userName: 'jsmith', nickName: 'Jim' },
];

const listOf = (resources: readonly object[], totalResults: number, startIndex: number): unknown =>
  JSON.parse(
    listResponse(
      resources.map((resource) => JSON.stringify(resource)),
      totalResults,
      startIndex,
    ),
  );

describe('RFC 7644 section 3.4.2, query resources', () => {
  test('the example query for the userName of all Users is answered as there', () => {
    const resources = USERS.map((resource) => project(user, resource, { attributes: ['userName'] }));
    // More than the example: section 3 of RFC 7643 requires `schemas` of every resource.
    const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User'];
    expect(listOf(resources, 2, 1)).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 2,
      startIndex: 1,
      itemsPerPage: 2,
      Resources: [
        { schemas, id: '2819c223-7f76-453a-919d-413861904646', userName: 'bjensen' },
        { schemas, id: 'c75ad752-64ae-4823-840d-ffa80929976c', userName: 'jsmith' },
      ],
    });
  });

  test('"totalResults" may be larger than the number of resources returned, such as in a single page', () => {
    expect(listOf(USERS, 100, 11)).toMatchObject({ totalResults: 100, itemsPerPage: 2, startIndex: 11 });
  });

  test('a query that does not return any matches SHALL return "totalResults" set to 0', () => {
    expect(listOf([], 0, 1)).toMatchObject({ totalResults: 0 });
  });
});

describe('RFC 7644 section 3.4.2.1, query endpoints', () => {
  const resource = { meta: { resourceType: 'User' } };
  const matches = (filter: string) => compileFilter(parseFilter(filter), user.attributes)(resource);

  test('a filter expression using "meta.resourceType" MAY be used to restrict results', () => {
    expect(matches('(meta.resourceType eq "User") or (meta.resourceType eq "Group")')).toBe(true);
    expect(matches('meta.resourceType eq "Group"')).toBe(false);
  });

  test('the example itself lacks the quotes that figure 1 requires', () => {
    expect(() => parseFilter('(meta.resourceType eq User) or (meta.resourceType eq Group)')).toThrow(refusal('invalidFilter'));
  });
});

describe('RFC 7644 section 3.4.2.4, pagination', () => {
  const windowOf = (parameters: object) => readSearchRequest({ schemas: [SEARCH_REQUEST_URN], ...parameters }).window;

  test('the example of figure 3 is what a page looks like', () => {
    const page = Array.from({ length: 10 }, (_, index) => ({ id: String(index) }));
    expect(listOf(page, 100, 1)).toEqual({
      totalResults: 100,
      itemsPerPage: 10,
      startIndex: 1,
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      Resources: page,
    });
  });

  test.each([
    { says: 'to retrieve the first 10, set the startIndex to 1 and the count to 10', given: { startIndex: 1, count: 10 } },
    { says: 'to continue paging, set the startIndex to 11', given: { startIndex: 11, count: 10 } },
  ])('$says', ({ given }) => {
    expect(windowOf(given)).toEqual(given);
  });

  test('startIndex: the default is 1', () => {
    expect(windowOf({})).toMatchObject({ startIndex: 1 });
  });

  test('startIndex: a value less than 1 SHALL be interpreted as 1', () => {
    expect([0, -1, -100].map((startIndex) => windowOf({ startIndex }).startIndex)).toEqual([1, 1, 1]);
  });

  test('count: a negative value SHALL be interpreted as "0"', () => {
    expect(windowOf({ count: -1 })).toMatchObject({ count: 0 });
  });

  test('count: "0" indicates that no resource results are to be returned except for "totalResults"', () => {
    expect(windowOf({ count: 0 })).toMatchObject({ count: 0 });
    expect(listOf([], 100, 1)).toMatchObject({ totalResults: 100, itemsPerPage: 0, Resources: [] });
  });

  test('count: the service provider MUST NOT return more results than specified, although it MAY return fewer', () => {
    expect(windowOf({ count: 7 }).count).toBe(7);
    expect(windowOf({ count: 1_000_000 }).count).toBeLessThan(1_000_000);
  });

  test('count: if unspecified, the maximum number of results is set by the service provider', () => {
    expect(windowOf({}).count).toBeGreaterThan(0);
  });
});
