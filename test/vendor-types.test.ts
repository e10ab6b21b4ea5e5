import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { TestRequest, TestResponse } from './support/events.ts';
import type { TestTable } from './support/test-table.ts';

/*
 * A resource type of the vendor's own is data in one file: with that file alone replaced, the functions as they are deployed serve the
 * type, by the routes of the API as it is. In the order in which a vendor and its identity provider would go about it.
 */

jest.unstable_mockModule('../lambdas/scim/schemas/entitlement-types.ts', () => import('./support/badge-types.ts'));
const { BADGE_URN } = await import('./support/badge-types.ts');
const { assignmentsSchema } = await import('../lambdas/scim/schemas/assignments.ts');
const { entitlementSchema } = await import('../lambdas/scim/schemas/entitlement.ts');
const { userSchema } = await import('../lambdas/scim/schemas/user.ts');
const { call, functionOf } = await import('./support/events.ts');
const { testTable } = await import('./support/test-table.ts');
const { LOCAL_CREDENTIALS } = await import('../lib/local/table.ts');

type Handler = Parameters<typeof call>[0];

let table: TestTable;
let handlers: Readonly<Record<string, Handler>>;
beforeAll(async () => {
  table = await testTable();
  // What Lambda sets for a function, and where the SDK finds the table.
  Object.assign(process.env, {
    TABLE_NAME: table.name,
    AWS_ENDPOINT_URL_DYNAMODB: process.env.TEST_DYNAMODB_ENDPOINT,
    AWS_REGION: LOCAL_CREDENTIALS.region,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.credentials.secretAccessKey,
  });
  handlers = {
    UsersFunction: (await import('../lambdas/users.ts')).handler,
    EntitlementsFunction: (await import('../lambdas/entitlements.ts')).handler,
    DiscoveryFunction: (await import('../lambdas/discovery.ts')).handler,
    BulkFunction: (await import('../lambdas/bulk.ts')).handler,
  };
});
afterAll(async () => table[Symbol.asyncDispose]());

/** Sends a request to the function that the API of the template has it answered by. */
async function send(request: TestRequest): Promise<TestResponse> {
  const name = functionOf(request);
  const handler = handlers[name];
  if (!handler) throw new Error(`${request.path} is answered by ${name}`);
  return call(handler, request);
}

const asApplication = (request: TestRequest) => send({ ...request, scopes: ['application'] });
const get = (path: string) => send({ path });
const filtered = (path: string, filter: string, more = '') => get(`${path}?filter=${encodeURIComponent(filter)}${more}`);
const patchOf = (...Operations: readonly object[]) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations });

const schemas = [entitlementSchema.id, BADGE_URN];
const badge = (displayName: string, details: object = {}, more: object = {}) => ({
  schemas,
  displayName,
  [BADGE_URN]: { building: 'North', ...details },
  ...more,
});
const post = (body: object) => asApplication({ method: 'POST', path: '/Badges', body });
const idsOf = ({ body }: TestResponse) => body.Resources.map((resource) => (resource as { id: string }).id);

const NORTH = badge('North gate', { chip: 'N-1', doors: 3 }, { id: 'north' });
const SOUTH = badge('South gate', { building: 'South', chip: 'S-1', doors: 1 }, { id: 'south' });
const EAST = badge('East gate', { building: 'East', doors: 2 }, { id: 'east' });

/** Makes the badges that tests share, unless another test of this file has. */
async function withBadges(): Promise<void> {
  for (const one of [NORTH, SOUTH, EAST]) expect([201, 409]).toContain((await post(one)).status);
}

describe('discovery', () => {
  test('lists the type, and no example that the vendor has removed', async () => {
    const { body } = await get('/ResourceTypes');
    expect(body.Resources.map((one) => (one as { id: string }).id)).toEqual(['User', 'Group', 'Role', 'Entitlement', 'Badge']);
    expect(body.Resources.at(-1)).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
      id: 'Badge',
      name: 'Badge',
      endpoint: '/Badges',
      description: 'Opens doors: two for each user',
      schema: entitlementSchema.id,
      schemaExtensions: [
        { schema: BADGE_URN, required: true },
        { schema: assignmentsSchema.id, required: false },
      ],
      meta: { resourceType: 'ResourceType', location: 'http://scim.example/acme/scim/v2/ResourceTypes/Badge' },
    });
    expect((await get('/ResourceTypes/License')).status).toBe(404);
    expect((await get('/Licenses')).status).toBe(404);
  });

  test('has its schemas', async () => {
    const listed = idsOf(await get('/Schemas'));
    expect(listed).toEqual(expect.arrayContaining([BADGE_URN, assignmentsSchema.id]));
    expect(new Set(listed).size).toBe(listed.length);
    const { body } = await get(`/Schemas/${BADGE_URN}`);
    expect(body).toMatchObject({
      id: BADGE_URN,
      name: 'BadgeDetails',
      attributes: [
        { name: 'building', type: 'string', required: true, uniqueness: 'none' },
        { name: 'chip', type: 'string', required: false, caseExact: true, uniqueness: 'server' },
        { name: 'doors', type: 'integer' },
      ],
    });
  });
});

describe('a resource of the type', () => {
  test('is created under the id that the vendor gives, with the type that it has anyway', async () => {
    const { status, headers, body } = await post(badge('West gate', { chip: 'W-1' }, { id: 'west' }));
    expect(status).toBe(201);
    const location = 'http://scim.example/acme/scim/v2/Badges/west';
    expect(headers).toMatchObject({ Location: location, ETag: body.meta.version });
    expect(body).toMatchObject({
      schemas: [...schemas, assignmentsSchema.id],
      id: 'west',
      displayName: 'West gate',
      type: 'Badge',
      [BADGE_URN]: { building: 'North', chip: 'W-1' },
      [assignmentsSchema.id]: { totalAssignmentsUsed: 0 },
      meta: { resourceType: 'Badge', location },
    });
    expect((await get('/Badges/west')).body).toEqual(body);
    expect(await post(badge('West gate again', {}, { id: 'west' }))).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } });
  });

  test('is created without one, under a random one', async () => {
    const { status, body } = await post(badge('Back door'));
    expect(status).toBe(201);
    expect(body.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect((await asApplication({ method: 'DELETE', path: `/Badges/${body.id}` })).status).toBe(204);
    expect((await get(`/Badges/${body.id}`)).status).toBe(404);
  });

  test.each([
    { what: 'a description of 1001 characters', body: badge('Long', {}, { description: 'x'.repeat(1_001) }), detail: 'description' },
    { what: 'the type of another', body: badge('Other', {}, { type: 'Entitlement' }), detail: 'type' },
    { what: 'no name', body: { schemas, [BADGE_URN]: { building: 'North' } }, detail: 'displayName' },
    { what: 'no extension', body: { schemas: [entitlementSchema.id], displayName: 'Bare' }, detail: BADGE_URN },
    { what: 'no building', body: { schemas, displayName: 'Bare', [BADGE_URN]: { chip: 'B-1' } }, detail: `${BADGE_URN}:building` },
    { what: 'a building of 21 characters', body: badge('Long', { building: 'x'.repeat(21) }), detail: `${BADGE_URN}:building` },
    { what: 'doors that are no number', body: badge('Open', { doors: 'all' }), detail: `${BADGE_URN}:doors` },
    { what: 'an id with a slash', body: badge('Slash', {}, { id: 'a/b' }), detail: 'id' },
  ])('is refused with $what', async ({ body, detail }) => {
    const before = await table.items();
    expect(await post(body)).toMatchObject({
      status: 400,
      body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], scimType: 'invalidValue', detail: expect.stringContaining(detail) },
    });
    expect(await table.items()).toEqual(before);
  });

  test('takes a description of 1000 characters', async () => {
    const description = 'x'.repeat(1_000);
    expect(await post(badge('Described', {}, { id: 'described', description }))).toMatchObject({ status: 201, body: { description } });
    expect((await asApplication({ method: 'DELETE', path: '/Badges/described' })).status).toBe(204);
  });

  test('has an attribute that is unique, until it is gone', async () => {
    expect((await post(badge('First', { chip: 'U-1' }, { id: 'first' }))).status).toBe(201);
    const second = badge('Second', { chip: 'U-1' }, { id: 'second' });
    expect(await post(second)).toMatchObject({ status: 409, body: { scimType: 'uniqueness', detail: expect.stringContaining('chip') } });
    expect((await asApplication({ method: 'DELETE', path: '/Badges/first' })).status).toBe(204);
    expect((await post(second)).status).toBe(201);
    expect((await asApplication({ method: 'DELETE', path: '/Badges/second' })).status).toBe(204);
  });

  test.each([
    { method: 'POST', path: '/Badges', body: badge('Not mine') },
    { method: 'PUT', path: '/Badges/north', body: badge('Not mine') },
    { method: 'PATCH', path: '/Badges/north', body: patchOf({ op: 'replace', path: 'displayName', value: 'Not mine' }) },
    { method: 'DELETE', path: '/Badges/north' },
  ])('is not written by an identity provider: $method', async (request) => {
    await withBadges();
    const before = await table.items();
    expect(await send(request)).toMatchObject({ status: 403, body: { status: '403', detail: expect.stringContaining('Badges') } });
    expect(await table.items()).toEqual(before);
  });

  test('is replaced and patched, each with a new version that If-Match and If-None-Match go by', async () => {
    const created = await post(badge('Gate', { chip: 'G-1', doors: 1 }, { id: 'gate' }));
    const known = created.headers.ETag ?? '';
    expect((await send({ path: '/Badges/gate', headers: { 'If-None-Match': known } })).status).toBe(304);

    const replacement = badge('Great gate', { building: 'Centre' });
    const replaced = await asApplication({ method: 'PUT', path: '/Badges/gate', body: replacement, headers: { 'If-Match': known } });
    expect(replaced).toMatchObject({ status: 200, body: { id: 'gate', displayName: 'Great gate', type: 'Badge' } });
    expect(replaced.body[BADGE_URN]).toEqual({ building: 'Centre' });
    expect(replaced.headers.ETag).not.toBe(known);

    const operation = { op: 'replace', path: `${BADGE_URN}:doors`, value: 7 };
    const outdated = { method: 'PATCH', path: '/Badges/gate', body: patchOf(operation), headers: { 'If-Match': known } };
    expect((await asApplication(outdated)).status).toBe(412);
    const patched = await asApplication({ ...outdated, headers: { 'If-Match': replaced.headers.ETag ?? '' } });
    expect(patched.status).toBe(200);
    expect(patched.body[BADGE_URN]).toEqual({ building: 'Centre', doors: 7 });
    const read = await send({ path: '/Badges/gate', headers: { 'If-None-Match': known } });
    expect(read).toMatchObject({ status: 200, headers: { ETag: patched.headers.ETag }, body: patched.body });

    expect((await asApplication({ method: 'DELETE', path: '/Badges/gate', headers: { 'If-Match': known } })).status).toBe(412);
    const current = { 'If-Match': patched.headers.ETag ?? '' };
    expect((await asApplication({ method: 'DELETE', path: '/Badges/gate', headers: current })).status).toBe(204);
    expect((await asApplication({ method: 'DELETE', path: '/Badges/gate' })).status).toBe(404);
  });

  test.each([
    { what: 'its type', operation: { op: 'replace', path: 'type', value: 'Role' }, scimType: 'invalidValue' },
    { what: 'what it must have', operation: { op: 'remove', path: `${BADGE_URN}:building` }, scimType: 'mutability' },
    { what: 'its id', operation: { op: 'replace', path: 'id', value: 'other' }, scimType: 'mutability' },
  ])('keeps $what whatever PATCH says', async ({ operation, scimType }) => {
    await withBadges();
    const before = (await get('/Badges/north')).body;
    expect(await asApplication({ method: 'PATCH', path: '/Badges/north', body: patchOf(operation) })).toMatchObject({
      status: 400,
      body: { scimType },
    });
    expect((await get('/Badges/north')).body).toEqual(before);
  });
});

describe('resources of the type', () => {
  const mine = `${BADGE_URN}:building eq "North" or ${BADGE_URN}:building eq "South" or ${BADGE_URN}:building eq "East"`;
  const three = `(${mine}) and (id eq "north" or id eq "south" or id eq "east")`;
  beforeAll(withBadges);

  test('are listed by pages', async () => {
    const { totalResults } = (await get('/Badges?count=0')).body;
    const all = idsOf(await get('/Badges'));
    expect(all).toHaveLength(totalResults as number);
    expect(all).toEqual(expect.arrayContaining(['east', 'north', 'south']));
    for (const [i, id] of all.entries()) {
      const { body } = await get(`/Badges?startIndex=${i + 1}&count=1`);
      expect(body).toMatchObject({ totalResults, startIndex: i + 1, itemsPerPage: 1, Resources: [{ id }] });
    }
  });

  test.each([
    { filter: 'id eq "south"', found: ['south'] },
    { filter: 'displayName eq "south GATE"', found: ['south'] },
    { filter: `${BADGE_URN}:chip eq "S-1"`, found: ['south'] },
    { filter: `${BADGE_URN}:chip eq "s-1"`, found: [] },
    { filter: `${BADGE_URN}:building eq "south"`, found: ['south'] },
    { filter: `${three} and ${BADGE_URN}:doors ge 2`, found: ['east', 'north'] },
    { filter: `${three} and type eq "Badge"`, found: ['east', 'north', 'south'] },
    { filter: `${three} and not (${BADGE_URN}:chip pr)`, found: ['east'] },
    { filter: 'type eq "Entitlement"', found: [] },
  ])('are found by $filter', async ({ filter, found }) => {
    const answer = await filtered('/Badges', filter);
    expect(answer).toMatchObject({ status: 200, body: { totalResults: found.length } });
    expect(idsOf(answer).sort()).toEqual(found);
    const search = { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter };
    expect(idsOf(await send({ method: 'POST', path: '/Badges/.search', body: search })).sort()).toEqual(found);
  });

  test('are sorted, and shown in part', async () => {
    const byDoors = `&sortBy=${encodeURIComponent(`${BADGE_URN}:doors`)}`;
    expect(idsOf(await filtered('/Badges', three, byDoors))).toEqual(['south', 'east', 'north']);
    expect(idsOf(await filtered('/Badges', three, `${byDoors}&sortOrder=descending&count=2`))).toEqual(['north', 'east']);
    const { body } = await filtered('/Badges', 'id eq "north"', `&attributes=${encodeURIComponent(`${BADGE_URN}:chip`)}`);
    expect(body.Resources).toEqual([{ schemas, id: 'north', [BADGE_URN]: { chip: 'N-1' } }]);
  });

  test('are those of one directory', async () => {
    expect((await send({ path: '/Badges/north', directory: 'globex' })).status).toBe(404);
    expect((await send({ path: '/Badges', directory: 'globex' })).body).toMatchObject({ totalResults: 0 });
  });

  test('are reached with a slash too many, by the function that has every route', async () => {
    expect(functionOf({ path: '//Badges/north' })).toBe('BulkFunction');
    expect((await get('//Badges/north')).body).toEqual((await get('/Badges/north')).body);
    expect((await get('/Badges/north/')).body).toEqual((await get('/Badges/north')).body);
    expect((await get('/Badges/?count=1')).body).toEqual((await get('/Badges?count=1')).body);
    expect((await get('//Badges?count=1')).body).toEqual((await get('/Badges?count=1')).body);
    const made = await asApplication({ method: 'POST', path: '//Badges', body: badge('Slashed', {}, { id: 'slashed' }) });
    expect(made).toMatchObject({ status: 201, body: { id: 'slashed', type: 'Badge' } });
    expect((await send({ method: 'DELETE', path: '//Badges/slashed' })).status).toBe(403);
    expect((await asApplication({ method: 'DELETE', path: '//Badges/slashed/' })).status).toBe(204);
  });
});

describe('a grant of it', () => {
  let made = 0;
  const postUser = (...entitlements: readonly object[]) => {
    made += 1;
    return send({ method: 'POST', path: '/Users', body: { schemas: [userSchema.id], userName: `holder ${made}`, entitlements } });
  };
  const grant = (id: string, ...value: readonly object[]) =>
    send({ method: 'PATCH', path: `/Users/${id}`, body: patchOf({ op: 'add', path: 'entitlements', value }) });
  const used = async (id: string) => Object((await get(`/Badges/${id}`)).body[assignmentsSchema.id]).totalAssignmentsUsed;
  /** A badge of a test's own, which may be granted so often. */
  const badgeFor = async (id: string, totalAssignmentsPermitted = 10) => {
    const counted = { schemas: [...schemas, assignmentsSchema.id], [assignmentsSchema.id]: { totalAssignmentsPermitted } };
    expect((await post(badge(`Badge ${id}`, {}, { id, ...counted }))).status).toBe(201);
  };
  beforeAll(withBadges);

  test('is made by writing a user, and gets its name and type', async () => {
    const { status, body } = await postUser({ value: 'north' }, { value: 'south', type: 'badge' });
    expect(status).toBe(201);
    const full = [
      { value: 'north', type: 'Badge', display: 'North gate' },
      { value: 'south', type: 'Badge', display: 'South gate' },
    ];
    expect(body.entitlements).toEqual(full);
    expect((await get(`/Users/${body.id}`)).body.entitlements).toEqual(full);
  });

  test.each([
    { what: 'of what there is not', entitlements: [{ value: 'nowhere', type: 'Badge' }], status: 400, details: ['nowhere', 'Badge'] },
    { what: 'of what no type has', entitlements: [{ value: 'nowhere' }], status: 400, details: ['nowhere', 'Badge'] },
    {
      what: 'past what one user may have',
      entitlements: [{ value: 'north' }, { value: 'south' }, { value: 'east' }],
      status: 409,
      details: ['Badge', 'at most 2'],
    },
  ])('is refused $what', async ({ entitlements, status, details }) => {
    const answer = await postUser(...entitlements);
    expect(answer.status).toBe(status);
    for (const detail of details) expect(answer.body.detail).toContain(detail);
  });

  test('is counted, and refused where all are used', async () => {
    await badgeFor('rare', 1);
    const first = (await postUser({ value: 'rare' })).body.id;
    expect(await used('rare')).toBe(1);
    const second = (await postUser()).body.id;
    expect(await grant(second, { value: 'rare' })).toMatchObject({ status: 409, body: { detail: expect.stringContaining('rare') } });
    await send({ method: 'PUT', path: `/Users/${first}`, body: { schemas: [userSchema.id], userName: 'has none now' } });
    expect(await used('rare')).toBe(0);
    expect(await grant(second, { value: 'rare' })).toMatchObject({
      status: 200,
      body: { entitlements: [{ value: 'rare', type: 'Badge', display: 'Badge rare' }] },
    });
    expect(await used('rare')).toBe(1);
    expect((await send({ method: 'DELETE', path: `/Users/${second}` })).status).toBe(204);
    expect(await used('rare')).toBe(0);
  });

  test('tells who has it', async () => {
    await badgeFor('held');
    const holders = [(await postUser({ value: 'held' })).body.id, (await postUser({ value: 'held', type: 'Badge' })).body.id];
    for (const filter of ['entitlements.value eq "held"', 'entitlements[value eq "held" and type eq "Badge"]'])
      expect(idsOf(await filtered('/Users', filter)).sort()).toEqual([...holders].sort());
    expect((await filtered('/Users', 'entitlements[value eq "held" and type eq "Entitlement"]')).body.totalResults).toBe(0);
  });

  test('keeps it from being deleted, unless it is taken from who has it', async () => {
    await badgeFor('kept');
    const { id } = (await postUser({ value: 'kept' }, { value: 'north' })).body;
    await postUser({ value: 'kept' });
    expect(await asApplication({ method: 'DELETE', path: '/Badges/kept' })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('granted to 2 users') },
    });
    expect((await send({ method: 'DELETE', path: '/Badges/kept?cascade=true' })).status).toBe(403);
    expect(await used('kept')).toBe(2);
    expect((await asApplication({ method: 'DELETE', path: '/Badges/kept?cascade=true' })).status).toBe(204);
    expect((await get('/Badges/kept')).status).toBe(404);
    expect((await get(`/Users/${id}`)).body.entitlements).toEqual([{ value: 'north', type: 'Badge', display: 'North gate' }]);
    expect((await filtered('/Users', 'entitlements.value eq "kept"')).body.totalResults).toBe(0);
  });

  test('is made by way of a slash too many as well', async () => {
    const { id } = (await postUser()).body;
    const operations = patchOf({ op: 'add', path: 'entitlements', value: [{ value: 'east' }] });
    expect(await send({ method: 'PATCH', path: `//Users/${id}/`, body: operations })).toMatchObject({
      status: 200,
      body: { entitlements: [{ value: 'east', type: 'Badge', display: 'East gate' }] },
    });
  });
});
