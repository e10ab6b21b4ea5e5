import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { userSchema } from '../../lambdas/scim/schemas/user.ts';
import { type LogLine, listenToLog } from '../support/log-lines.ts';
import { usersFunction } from '../support/resource-function.ts';

const { send } = usersFunction();
beforeAll(async () => {
  for (const userName of ['a', 'b', 'c'])
    await send({ method: 'POST', path: '/Users', body: { schemas: [userSchema.id], userName, title: 'Dr', nickName: `nick ${userName}` } });
});

const SEARCH_REQUEST = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
const search = (body: object, query = '') => send({ method: 'POST', path: `/Users/.search${query}`, body });
const schemas = [SEARCH_REQUEST];

describe('POST /Users/.search (RFC 7644 section 3.4.3)', () => {
  test.each([
    { name: 'nothing', message: {}, expected: { totalResults: 3, startIndex: 1, itemsPerPage: 3 } },
    { name: 'a filter', message: { filter: 'userName eq "B"' }, expected: { totalResults: 1, startIndex: 1, itemsPerPage: 1 } },
    { name: 'a window', message: { startIndex: 2, count: 1 }, expected: { totalResults: 3, startIndex: 2, itemsPerPage: 1 } },
    { name: 'numbers out of range', message: { startIndex: -1, count: -1 }, expected: { totalResults: 3, startIndex: 1, itemsPerPage: 0 } },
    { name: 'nulls', message: { filter: null, count: null, attributes: null }, expected: { totalResults: 3, itemsPerPage: 3 } },
    { name: 'names in another case', message: { STARTINDEX: 3, Count: 5 }, expected: { startIndex: 3, itemsPerPage: 1 } },
    { name: 'what nobody knows', message: { x: 1 }, expected: { totalResults: 3 } },
    {
      name: 'an order and a window',
      message: { sortBy: 'USERNAME', sortOrder: 'Descending', startIndex: 2, count: 1 },
      expected: { totalResults: 3, itemsPerPage: 1, Resources: [{ userName: 'b' }] },
    },
    {
      name: 'an order and a filter',
      message: { sortBy: 'nickName', filter: 'userName ne "b"' },
      expected: { totalResults: 2, Resources: [{ userName: 'a' }, { userName: 'c' }] },
    },
  ])('with $name', async ({ message, expected }) => {
    const { status, body } = await search({ schemas, ...message });
    expect(status).toBe(200);
    expect(body).toMatchObject({ schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], ...expected });
  });

  test('attributes and excludedAttributes choose what is shown', async () => {
    const one = { schemas, filter: 'userName eq "a"' };
    const only = await search({ ...one, attributes: ['nickName'] });
    expect(only.body.Resources).toEqual([{ schemas: [userSchema.id], id: expect.any(String), nickName: 'nick a' }]);
    const less = await search({ ...one, excludedAttributes: ['nickName', 'meta'] });
    expect(Object.keys(less.body.Resources[0] as object).sort()).toEqual(['active', 'id', 'schemas', 'title', 'userName']);
  });

  test('names of attributes are trimmed, and empty ones are none', async () => {
    const { body } = await search({ schemas, filter: 'userName eq "a"', attributes: [' userName ', ''] });
    expect(body.Resources).toEqual([{ schemas: [userSchema.id], id: expect.any(String), userName: 'a' }]);
    const all = await search({ schemas, filter: 'userName eq "a"', attributes: [''] });
    expect(all.body.Resources[0]).toHaveProperty('nickName');
  });

  test('a filter that holds a percent sign means it: a body is not encoded', async () => {
    const { body } = await search({ schemas, filter: 'userName eq "%61"' });
    expect(body.totalResults).toBe(0);
  });

  test('GET takes the same order', async () => {
    const { body } = await send({ path: '/Users?sortBy=userName&sortOrder=descending&attributes=userName' });
    expect(body.Resources.map((resource) => (resource as { userName: string }).userName)).toEqual(['c', 'b', 'a']);
  });

  test('a filter by what is never returned does not belong in an address', async () => {
    const { status, body } = await send({ path: `/Users?filter=${encodeURIComponent('emails[value eq "x"] or not (password eq "x")')}` });
    expect({ status, ...body }).toMatchObject({
      status: '400',
      scimType: 'sensitive',
      detail: expect.stringContaining('password: never returned'),
    });
  });

  test('the query of the URL does not count', async () => {
    const { body } = await search({ schemas }, '?filter=userName%20eq%20%22a%22&count=0&attributes=id&excludedAttributes=id');
    expect(body).toMatchObject({ totalResults: 3, itemsPerPage: 3 });
  });

  test('what GET finds, it finds', async () => {
    const filter = 'title eq "dr" and not (userName eq "a")';
    const { body } = await search({ schemas, filter, count: 1 });
    expect(body).toEqual((await send({ path: `/Users?count=1&filter=${encodeURIComponent(filter)}` })).body);
  });

  test.each([
    { message: { schemas: ['urn:other'] }, scimType: 'invalidSyntax', detail: 'schemas: expected an array that names urn:ietf' },
    { message: { schemas: undefined }, scimType: 'invalidSyntax', detail: 'schemas: expected an array that names urn:ietf' },
    { message: { sortBy: 7 }, scimType: 'invalidValue', detail: 'sortBy: expected a string' },
    { message: { sortBy: 'shoeSize' }, scimType: 'invalidValue', detail: 'sortBy: no schema of User has an attribute shoeSize' },
    { message: { sortBy: 'name' }, scimType: 'invalidValue', detail: 'sortBy: name is complex' },
    { message: { sortBy: 'userName', sortOrder: 'up' }, scimType: 'invalidValue', detail: 'sortOrder: expected ascending or descending' },
    { message: { filter: 'password eq "x"' }, scimType: 'invalidFilter', detail: 'password: an attribute that is never returned' },
    { message: { count: 'ten' }, scimType: 'invalidValue', detail: 'count: expected an integer' },
    { message: { startIndex: 1.5 }, scimType: 'invalidValue', detail: 'startIndex: expected an integer' },
    { message: { filter: 7 }, scimType: 'invalidValue', detail: 'filter: expected a string' },
    { message: { filter: 'id pr', FILTER: 'id pr' }, scimType: 'invalidSyntax', detail: 'given twice' },
    { message: { filter: 'userName' }, scimType: 'invalidFilter', detail: 'position 9' },
    { message: { filter: 'shoeSize eq 1' }, scimType: 'invalidFilter', detail: 'shoeSize: no schema' },
    { message: { attributes: 'userName' }, scimType: 'invalidValue', detail: 'attributes: expected an array of attribute names' },
    { message: { excludedAttributes: [1] }, scimType: 'invalidValue', detail: 'excludedAttributes: expected an array' },
    { message: { attributes: ['id'], excludedAttributes: ['id'] }, scimType: 'invalidValue', detail: 'either' },
  ])('refuses $message', async ({ message, scimType, detail }) => {
    const { status, body } = await search({ schemas, ...message });
    expect(status).toBe(400);
    expect(body).toMatchObject({ status: '400', scimType, detail: expect.stringContaining(detail) });
  });

  test('GET of it is 405 with Allow, not a user of that id', async () => {
    await expect(send({ path: '/Users/.search' })).resolves.toMatchObject({ status: 405, headers: { Allow: 'POST' } });
  });
});

describe('attributes that no schema has', () => {
  const lines: LogLine[] = [];
  const listen = () => {
    lines.length = 0;
    listenToLog((line) => void lines.push(line));
  };
  afterEach(() => void jest.restoreAllMocks());

  test.each([
    { filter: 'shoeSize eq 1', attribute: 'shoeSize' },
    { filter: 'userName eq "a" or name.nick pr', attribute: 'name.nick' },
    { filter: 'emails[colour eq "red"]', attribute: 'emails.colour' },
    { filter: 'urn:nobody:User:x eq 1', attribute: 'urn:nobody:User:x' },
  ])('in a filter are 400 invalidFilter: $filter', async ({ filter, attribute }) => {
    const { status, body } = await send({ path: `/Users?filter=${encodeURIComponent(filter)}` });
    expect(status).toBe(400);
    expect(body).toMatchObject({ scimType: 'invalidFilter', detail: expect.stringContaining(`${attribute}: no schema`) });
  });

  test('in a query are ignored, and so are parameters that nobody knows', async () => {
    const { status, body } = await send({ path: '/Users?attributes=shoeSize&aadOptscim062020&x=1' });
    expect(status).toBe(200);
    expect(Object.keys(body.Resources[0] as object).sort()).toEqual(['id', 'schemas']);
  });

  test.each([
    {
      method: 'POST',
      path: '/Users',
      body: { schemas: [userSchema.id], userName: 'lossy', shoeSize: 'extra large', name: { nick: 'x' }, 'urn:nobody:User': { a: 1 } },
      names: ['shoeSize', 'name.nick', 'urn:nobody:User'],
    },
    {
      method: 'PUT',
      path: '/Users/{id}',
      body: { schemas: [userSchema.id], userName: 'a', emails: [{ value: 'a@x', colour: 1 }] },
      names: ['emails.colour'],
    },
    {
      method: 'PATCH',
      path: '/Users/{id}',
      body: {
        Operations: [
          { op: 'add', value: { shoeSize: 1, name: { nick: 'x' } } },
          { op: 'add', path: 'emails[value eq "ada@example.com"]', value: { colour: 'red', type: 'work' } },
        ],
      },
      names: ['shoeSize', 'name.nick', 'emails.colour'],
    },
  ])('in the body of $method are ignored, and their names are in the line of the log', async ({ method, path, body, names }) => {
    const { Resources } = (await search({ schemas, filter: 'userName eq "a"' })).body;
    listen();
    const { status } = await send({ method, path: path.replace('{id}', (Resources[0] as { id: string }).id), body });
    expect(status).toBeLessThan(300);
    expect(lines).toMatchObject([{ unknownAttributes: names, UnknownAttributes: names.length }]);
    expect(JSON.stringify(lines)).not.toMatch(/red|extra large|lossy|example\.com/);
  });

  test('a body that loses nothing leaves no such mark, and the round trips are counted', async () => {
    listen();
    await send({ method: 'POST', path: '/Users', body: { schemas: [userSchema.id], userName: 'whole' } });
    expect(lines).toMatchObject([{ status: 201, StoreCalls: 1 }]);
    expect(lines[0]).not.toHaveProperty('unknownAttributes');
  });
});
