import { describe, expect, test } from '@jest/globals';
import { entitlementSchema } from '../../lambdas/scim/schemas/entitlement.ts';
import { entitlementTypes } from '../../lambdas/scim/schemas/entitlement-types.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { resourceFunction } from '../support/resource-function.ts';
import { checkTable } from '../support/table-checker.ts';

const named = entitlementTypes.find(({ name }) => name === 'License') as ResourceType;
/** At an endpoint that every credential may write to. */
const license: ResourceType = { ...named, endpoint: '/Users', writtenBy: undefined };

const { send, table } = resourceFunction(license);
const PATH = license.endpoint;
const body = (attributes: object = {}) => ({ schemas: [entitlementSchema.id], displayName: 'Pro', type: 'License', ...attributes });
const post = (attributes: object = {}, directory = 'acme') => send({ method: 'POST', path: PATH, body: body(attributes), directory });
const at = (id: string) => `${PATH}/${id}`;
const patchOf = (value: object) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [{ op: 'replace', value }] });

const ALLOWED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-';

describe('POST', () => {
  test.each([
    { name: 'with hyphens', id: 'lic-pro' },
    { name: 'of every character that is allowed', id: ALLOWED },
    { name: 'of 255 characters', id: 'x'.repeat(255) },
    { name: 'that begins with a dot', id: '.well-known' },
    { name: 'of one character', id: '~' },
  ])('takes an id $name, by which the resource is then read, replaced, patched and deleted', async ({ id }) => {
    const created = await post({ id });
    expect(created).toMatchObject({ status: 201, body: { id, meta: { location: `http://scim.example/acme/scim/v2${at(id)}` } } });
    expect((await send({ path: at(id) })).body).toEqual(created.body);
    const replaced = await send({ method: 'PUT', path: at(id), body: body({ id: 'another', displayName: 'Replaced' }) });
    expect(replaced).toMatchObject({ status: 200, body: { id, displayName: 'Replaced' } });
    const patched = await send({ method: 'PATCH', path: at(id), body: patchOf({ displayName: 'Patched' }) });
    expect(patched).toMatchObject({ status: 200, body: { id, displayName: 'Patched' } });
    expect(await send({ method: 'DELETE', path: at(id) })).toMatchObject({ status: 204 });
    expect(await send({ path: at(id) })).toMatchObject({ status: 404 });
  });

  test.each([
    { id: 4711, is: '4711' },
    { ID: 'Other-Case', is: 'Other-Case' },
  ])('takes $is from any spelling', async ({ is, ...given }) => {
    expect(await post(given)).toMatchObject({ status: 201, body: { id: is } });
  });

  test.each([{}, { id: null }, { id: '' }])('gives a UUID where there is none: %j', async (given) => {
    expect((await post(given)).body.id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each(['x'.repeat(256), '.', '..', '.search', 'a/b', 'a b', 'a#b', 'é', true, { a: 1 }].map((id) => ({ id })))(
    'refuses what can be no id: $id',
    async ({ id }) => {
      const { status, body: answer } = await post({ id });
      expect({ status, ...answer }).toMatchObject({
        status: '400',
        scimType: 'invalidValue',
        detail: 'id: expected 1 to 255 letters, digits and any of . _ ~ -, but not dots alone and not .search',
      });
      expect(status).toBe(400);
    },
  );

  test('refuses an id that is taken, in the same directory', async () => {
    await post({ id: 'taken' });
    const again = await post({ id: 'taken', displayName: 'Other' });
    expect(again).toMatchObject({ status: 409, body: { scimType: 'uniqueness', detail: 'id is already in use' } });
    expect(await post({ id: 'TAKEN' })).toMatchObject({ status: 201 });
    expect(await post({ id: 'taken', displayName: 'Theirs' }, 'other')).toMatchObject({ status: 201 });
    expect((await send({ path: at('taken') })).body.displayName).toBe('Pro');
  });
});

test.each(
  ['.', '..', '%2E%2E', '%2Esearch', 'a%2Fb', 'a%23b', 'a%20b', 'x'.repeat(256), '%00', 'acme%23License%23-'].map((id) => ({ id })),
)('nobody has the id $id', async ({ id }) => {
  const { status } = await send({ path: at(id) }).catch(() => ({ status: 404 }));
  expect(status).toBe(404);
});

describe('a list', () => {
  const directory = 'lists';
  const list = async (query: string) => {
    const { body: answer } = await send({ path: `${PATH}?${query}`, directory });
    const { totalResults, startIndex, itemsPerPage, Resources = [] } = answer;
    return { totalResults, startIndex, itemsPerPage, ids: (Resources as { id: string }[]).map(({ id }) => id) };
  };

  test('is in the order of ids, and honours startIndex, count and filters', async () => {
    const ids = ['-a', '.b', '0c', 'Ad', '_e', 'af', '~g'];
    for (const [i, id] of ids.toReversed().entries()) await post({ id, displayName: `Plan ${i}`, externalId: `X${i}` }, directory);
    for (const [i, id] of ids.entries())
      expect(await list(`startIndex=${i + 1}&count=1`)).toEqual({ totalResults: 7, startIndex: i + 1, itemsPerPage: 1, ids: [id] });
    expect(await list('')).toMatchObject({ totalResults: 7, itemsPerPage: 7, ids });
    expect(await list('count=0')).toMatchObject({ totalResults: 7, ids: [] });
    const filtered = async (filter: string) => (await list(`filter=${encodeURIComponent(filter)}`)).ids;
    expect(await filtered('displayName eq "plan 2"')).toEqual(['_e']);
    expect(await filtered('externalId eq "X0"')).toEqual(['~g']);
    expect(await filtered('id eq ".b"')).toEqual(['.b']);
    expect(await filtered('id eq ".."')).toEqual([]);
    expect(await filtered('type eq "License"')).toEqual(ids);
    expect(await filtered('id gt "Ad"')).toEqual(['_e', 'af', '~g']);
    expect((await list('sortBy=displayName')).ids).toEqual(ids.toReversed());
    expect((await list('sortBy=id&sortOrder=descending&count=2')).ids).toEqual(['~g', 'af']);
  });
});

test('a resource that comes again is another one: the ETag of the one before does not hold', async () => {
  const first = await post({ id: 'again', displayName: 'First' });
  const version = first.body.meta.version;
  await send({ method: 'DELETE', path: at('again') });
  const second = await post({ id: 'again', displayName: 'Second' });
  expect(second.body.meta.version).not.toBe(version);
  expect(await send({ path: at('again'), headers: { 'If-None-Match': version } })).toMatchObject({ status: 200 });
  const write = { path: at('again'), headers: { 'If-Match': version } };
  expect(await send({ ...write, method: 'PUT', body: body() })).toMatchObject({ status: 412 });
  expect(await send({ ...write, method: 'DELETE' })).toMatchObject({ status: 412 });
  expect((await send({ path: `${PATH}?filter=${encodeURIComponent('displayName eq "first"')}` })).body.totalResults).toBe(0);
});

test('nothing of all this leaves anything behind', async () => {
  expect(await checkTable(table(), [license], { afterRepair: true })).toEqual([]);
});
