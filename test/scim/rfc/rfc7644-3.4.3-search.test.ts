import { describe, expect, test } from '@jest/globals';
import { listResponse, readSearchRequest } from '../../../lambdas/http/messages.ts';
import { refusal } from '../../support/rfc.ts';

const SCHEMAS = { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'] };
const search = (parameters: object) => readSearchRequest({ ...SCHEMAS, ...parameters });

describe('RFC 7644 section 3.4.3, querying resources using HTTP POST', () => {
  test('the example of figure 4 asks for its attributes, filter, startIndex and count', () => {
    const request = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      attributes: ['displayName', 'userName'],
      filter: 'displayName sw "smith"',
      startIndex: 1,
      count: 10,
    };
    expect(readSearchRequest(request)).toEqual({
      selection: { attributes: ['displayName', 'userName'] },
      filter: { op: 'sw', path: { names: ['displayName'] }, at: 1, value: 'smith' },
      window: { startIndex: 1, count: 10 },
    });
  });

  test('the example of figure 5 is what the answer looks like', () => {
    const resources = [
      { id: '2819c223-7f76-413861904646', userName: 'jsmith', displayName: 'Smith, James' },
      { id: 'c8596b90-7539-4f20968d1908', displayName: 'Smith Family' },
    ];
    const json = resources.map((resource) => JSON.stringify(resource));
    expect(JSON.parse(listResponse(json, 100, 1))).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 100,
      // The figure says 10, and leaves eight of them out for brevity.
      itemsPerPage: 2,
      startIndex: 1,
      Resources: resources,
    });
  });

  test.each([
    { why: 'no schemas', schemas: undefined },
    { why: 'empty schemas', schemas: [] },
    { why: 'the schemas of another message', schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'] },
  ])('query requests MUST be identified by their URI: $why', ({ schemas }) => {
    expect(() => readSearchRequest({ schemas, count: 10 })).toThrow(refusal('invalidSyntax', 'schemas: '));
  });

  test('every parameter is OPTIONAL', () => {
    expect(search({})).toEqual({ selection: {}, window: { startIndex: 1, count: expect.any(Number) } });
  });

  test('attributes: a multi-valued list of strings', () => {
    expect(search({ attributes: ['userName'] }).selection).toEqual({ attributes: ['userName'] });
    expect(() => search({ attributes: 'userName' })).toThrow(refusal('invalidValue', 'attributes: '));
  });

  test('excludedAttributes: a multi-valued list of strings', () => {
    expect(search({ excludedAttributes: ['emails'] }).selection).toEqual({ excludedAttributes: ['emails'] });
    expect(() => search({ excludedAttributes: [1] })).toThrow(refusal('invalidValue', 'excludedAttributes: '));
  });

  test('section 3.9, attributes and excludedAttributes are mutually exclusive', () => {
    expect(() => search({ attributes: ['userName'], excludedAttributes: ['emails'] })).toThrow(refusal('invalidValue', 'attributes: '));
  });

  test('filter: MUST be a valid filter expression', () => {
    expect(() => search({ filter: 'userName like "b"' })).toThrow(refusal('invalidFilter', 'like'));
    expect(() => search({ filter: 7 })).toThrow(refusal('invalidValue', 'filter: '));
  });

  test.each([
    { given: { sortBy: 'userName', sortOrder: 'ascending' }, sort: { by: 'userName', order: 'ascending' } },
    { given: { sortBy: 'name.givenName', sortOrder: 'descending' }, sort: { by: 'name.givenName', order: 'descending' } },
  ])('sortBy and sortOrder: the attribute and the order, $sort.order', ({ given, sort }) => {
    expect(search(given).sort).toEqual(sort);
  });

  test('section 3.4.2.3, sortOrder SHALL default to ascending', () => {
    expect(search({ sortBy: 'userName' }).sort).toEqual({ by: 'userName', order: 'ascending' });
  });

  test('sortOrder: allowed values are "ascending" and "descending"', () => {
    expect(() => search({ sortBy: 'userName', sortOrder: 'sideways' })).toThrow(refusal('invalidValue', 'sortOrder'));
  });

  test('startIndex and count: integers', () => {
    expect(() => search({ startIndex: 'first' })).toThrow(refusal('invalidValue', 'startIndex: '));
    expect(() => search({ count: 1.5 })).toThrow(refusal('invalidValue', 'count: '));
  });
});
