import { describe, expect, jest, test } from '@jest/globals';

jest.unstable_mockModule('../../lambdas/scim/schemas/entitlement-types.ts', () => import('../support/entitlement-types.ts'));
const { assignmentsSchema } = await import('../../lambdas/scim/schemas/assignments.ts');
const { resourceFunction } = await import('../support/resource-function.ts');
const { grant, PATCH_OP, seat, SEAT_TYPES, seatBody, upTo, user, userBody } = await import('../support/seats.ts');
const { checkTable } = await import('../support/table-checker.ts');

/*
 * What clients are told of a type whose assignments are counted. Each test has seats of its own.
 */

const { send, table } = resourceFunction(user, seat);
const scopes = ['application'] as const;
const URN = assignmentsSchema.id;
const postSeat = (id: string, assignments?: object) =>
  send({ method: 'POST', path: '/Seats', body: seatBody(id, assignments as ReturnType<typeof upTo>), scopes });
const postUser = (userName: string, ...ids: string[]) => send({ method: 'POST', path: '/Users', body: userBody(userName, ids) });
const patchUser = (id: string, Operations: object[]) =>
  send({ method: 'PATCH', path: `/Users/${id}`, body: { schemas: [PATCH_OP], Operations } });
const readSeat = (id: string) => send({ path: `/Seats/${id}` });
const assignmentsOf = async (id: string) => (await readSeat(id)).body[URN];

test('a seat says to how many it is granted, from the beginning', async () => {
  const created = await postSeat('fresh', upTo(2));
  expect(created).toMatchObject({ status: 201, body: { [URN]: { totalAssignmentsPermitted: 2, totalAssignmentsUsed: 0 } } });
  expect((await postSeat('bare')).body).toMatchObject({ schemas: expect.arrayContaining([URN]), [URN]: { totalAssignmentsUsed: 0 } });
  await postUser('fresh', 'fresh');
  expect(await assignmentsOf('fresh')).toEqual({ totalAssignmentsPermitted: 2, totalAssignmentsUsed: 1 });
  const { body } = await send({ path: `/Seats?filter=${encodeURIComponent('id eq "fresh"')}` });
  expect(body.Resources).toEqual([(await readSeat('fresh')).body]);
});

test.each([
  { by: 'POST', act: () => postUser('past', 'limited') },
  { by: 'PUT', act: (id: string) => send({ method: 'PUT', path: `/Users/${id}`, body: userBody('waiting POST', ['limited']) }) },
  { by: 'PATCH', act: (id: string) => patchUser(id, grant('limited')) },
])('$by of one too many is 409 with the numbers', async ({ by, act }) => {
  await postSeat('limited', upTo(1));
  await postUser('holder', 'limited');
  const { id } = (await postUser(`waiting ${by}`)).body;
  const { status, body } = await act(id);
  expect({ status, body }).toMatchObject({
    status: 409,
    body: { status: '409', detail: 'entitlements.value: limited of type Seat is granted to 1 users, and may be to 1' },
  });
  expect(await assignmentsOf('limited')).toMatchObject({ totalAssignmentsUsed: 1 });
  expect((await send({ path: `/Users/${id}` })).body).not.toHaveProperty('entitlements');
});

describe('totalAssignmentsUsed', () => {
  test('of a client is ignored in POST and PUT', async () => {
    const told = { totalAssignmentsPermitted: 2, totalAssignmentsUsed: 2 };
    expect((await postSeat('claimed', told)).body[URN]).toEqual({ totalAssignmentsPermitted: 2, totalAssignmentsUsed: 0 });
    await postUser('claimed', 'claimed');
    const put = await send({
      method: 'PUT',
      path: '/Seats/claimed',
      body: seatBody('claimed', { ...told, totalAssignmentsUsed: 0 }),
      scopes,
    });
    expect(put).toMatchObject({ status: 200, body: { [URN]: { totalAssignmentsUsed: 1 } } });
  });

  test('echoed by a PUT of what was read changes nothing', async () => {
    await postSeat('echoed', upTo(2));
    await postUser('echoed', 'echoed');
    const { body, headers } = await readSeat('echoed');
    const put = await send({ method: 'PUT', path: '/Seats/echoed', body, scopes });
    expect(put).toMatchObject({ status: 200, body, headers: { ETag: headers.ETag } });
  });

  test.each([
    { operation: { op: 'replace', path: `${URN}:totalAssignmentsUsed`, value: 0 } },
    { operation: { op: 'replace', value: { [URN]: { totalAssignmentsUsed: 0 } } } },
    { operation: { op: 'remove', path: `${URN}:totalAssignmentsUsed` } },
    { operation: { op: 'remove', path: URN } },
  ])('is not changed by a PATCH: $operation', async ({ operation }) => {
    await postSeat('patched', upTo(2));
    await postUser('patched', 'patched');
    const { status } = await send({
      method: 'PATCH',
      path: '/Seats/patched',
      body: { schemas: [PATCH_OP], Operations: [operation] },
      scopes,
    });
    expect([200, 400]).toContain(status);
    expect(await assignmentsOf('patched')).toMatchObject({ totalAssignmentsUsed: 1 });
  });
});

test('the ETag of a seat moves with each grant and each revocation, and a PUT of what is outdated is 412', async () => {
  await postSeat('versioned', upTo(9));
  const etags = [(await readSeat('versioned')).headers.ETag];
  const { id } = (await postUser('versioned', 'versioned')).body;
  etags.push((await readSeat('versioned')).headers.ETag);
  await patchUser(id, [{ op: 'replace', path: 'title', value: 'Dr' }]);
  expect((await readSeat('versioned')).headers.ETag).toBe(etags[1]);
  await send({ method: 'DELETE', path: `/Users/${id}` });
  etags.push((await readSeat('versioned')).headers.ETag);
  expect(new Set(etags).size).toBe(3);
  const put = (etag: unknown) =>
    send({ method: 'PUT', path: '/Seats/versioned', body: seatBody('versioned', upTo(3)), scopes, headers: { 'If-Match': String(etag) } });
  expect((await put(etags[0])).status).toBe(412);
  expect((await put(etags[2])).status).toBe(200);
});

test('fewer may be permitted than are used: those who have it keep it, and nobody else gets it', async () => {
  await postSeat('lowered', upTo(3));
  for (const i of [1, 2]) await postUser(`lowered${i}`, 'lowered');
  const put = await send({ method: 'PUT', path: '/Seats/lowered', body: seatBody('lowered', upTo(1)), scopes });
  expect(put).toMatchObject({ status: 200, body: { [URN]: { totalAssignmentsPermitted: 1, totalAssignmentsUsed: 2 } } });
  expect(await postUser('lowered3', 'lowered')).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('granted to 2 users, and may be to 1') },
  });
});

test('a seat that somebody has is 409 with their number on DELETE, and gone with cascade', async () => {
  await postSeat('deleted');
  const { id } = (await postUser('deleted', 'deleted')).body;
  expect(await send({ method: 'DELETE', path: '/Seats/deleted', scopes })).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('1 user:') },
  });
  expect((await send({ method: 'DELETE', path: '/Seats/deleted?cascade=true', scopes })).status).toBe(204);
  expect((await send({ path: `/Users/${id}` })).body).not.toHaveProperty('entitlements');
  expect((await readSeat('deleted')).status).toBe(404);
  // The id comes again, and nobody has it.
  expect(await postSeat('deleted')).toMatchObject({ status: 201, body: { [URN]: { totalAssignmentsUsed: 0 } } });
});

test('more than a transaction takes is 400 tooMany', async () => {
  const ids = Array.from({ length: 120 }, (_, i) => `many${i}`);
  for (const id of ids) await postSeat(id);
  expect(await postUser('many', ...ids)).toMatchObject({ status: 400, body: { scimType: 'tooMany' } });
});

test('after all that every number is right', async () => {
  expect(await checkTable(table(), SEAT_TYPES)).toEqual([]);
});
