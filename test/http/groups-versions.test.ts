import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { groupSchema } from '../../lambdas/scim/schemas/group.ts';
import { userSchema } from '../../lambdas/scim/schemas/user.ts';
import { resourceKey } from '../../lambdas/store/keys.ts';
import { groupClient, membersOf, NOBODY } from '../support/groups.ts';
import { usersAndGroups } from '../support/resource-function.ts';

const functions = usersAndGroups();
const { table, send } = functions;
const { user, group, members, get, version, patch, patchOp, tryTo } = groupClient(functions);

let ada: string;
let bob: string;
beforeAll(async () => {
  [ada, bob] = [await user(), await user()];
});

/** A group with Ada in it alone, and a user who is in nothing. */
const settle = async () => ({ id: (await group('Settled', [ada], { externalId: 'e1' })).id, fresh: await user() });

describe('the ETag of a group (RFC 7644 section 3.14)', () => {
  test.each([
    { by: 'a new name', operations: () => [{ op: 'replace', path: 'displayName', value: 'New' }] },
    { by: 'a new externalId', operations: () => [{ op: 'replace', value: { externalId: 'e2' } }] },
    { by: 'a member that joins', operations: (fresh: string) => [{ op: 'add', path: 'members', value: membersOf(fresh) }] },
    { by: 'a member that leaves', operations: () => [{ op: 'remove', path: `members[value eq "${ada}"]` }] },
    {
      by: 'one that joins and one that leaves',
      operations: (fresh: string) => [{ op: 'replace', path: 'members', value: membersOf(fresh) }],
    },
    { by: 'all that leave', operations: () => [{ op: 'remove', path: 'members' }] },
  ])('moves by $by, and `lastModified` does not go back', async ({ operations }) => {
    const { id, fresh } = await settle();
    const before = await get(`/Groups/${id}`);
    await patch(id, ...operations(fresh));
    const after = await get(`/Groups/${id}`);
    expect(after.meta.version).not.toBe(before.meta.version);
    const modified = ({ meta }: typeof after) => (meta as unknown as { lastModified: string }).lastModified;
    expect(modified(after) >= modified(before)).toBe(true);
    const { headers } = await send({ path: `/Groups/${id}` });
    expect(headers.ETag).toBe(after.meta.version);
  });

  test.each([
    { by: 'the name it has', operations: () => [{ op: 'replace', value: { id: 'x', displayName: 'Settled' } }] },
    { by: 'a member that is there', operations: () => [{ op: 'add', path: 'members', value: membersOf(ada) }] },
    { by: 'the members that are there', operations: () => [{ op: 'replace', path: 'members', value: membersOf(ada, ada) }] },
    { by: 'the removal of who is not', operations: () => [{ op: 'remove', path: `members[value eq "${bob}"]` }] },
    { by: 'the removal by value of who is not', operations: () => [{ op: 'Remove', path: 'members', value: membersOf(bob) }] },
    { by: 'the removal of an id that nothing has', operations: () => [{ op: 'remove', path: `members[value eq "${NOBODY}"]` }] },
    {
      by: 'the removal of what is no id',
      operations: () => [{ op: 'remove', path: 'members', value: membersOf('nobody', 'x'.repeat(3_000)) }],
    },
    { by: 'a removal by a filter that nobody matches', operations: () => [{ op: 'remove', path: 'members[type eq "Group"]' }] },
    { by: 'the addition of nobody', operations: () => [{ op: 'add', path: 'members', value: [] }] },
    {
      by: 'what is undone',
      operations: () => [
        { op: 'add', path: 'members', value: membersOf(bob) },
        { op: 'remove', path: `members[value eq "${bob}"]` },
      ],
    },
    {
      by: 'a member that leaves and joins',
      operations: () => [
        { op: 'remove', path: 'members' },
        { op: 'add', path: 'members', value: membersOf(ada) },
      ],
    },
  ])('stays by $by, and so do those of its members', async ({ operations }) => {
    const { id } = await settle();
    const before = await table().items();
    await patch(id, ...operations());
    expect(await table().items()).toEqual(before);
  });

  test('stays by the change of a member, whose name it shows though', async () => {
    const { id, fresh } = await settle();
    await patch(id, { op: 'add', path: 'members', value: membersOf(fresh) });
    const before = await version(`/Groups/${id}`);
    const renamed = await send({
      method: 'PATCH',
      path: `/Users/${fresh}`,
      body: patchOp([{ op: 'add', path: 'displayName', value: 'Renamed' }]),
    });
    expect(renamed.status).toBe(200);
    expect(await get(`/Groups/${id}`)).toMatchObject({ meta: { version: before } });
    expect(JSON.stringify(await get(`/Groups/${id}`))).toContain('Renamed');
  });

  test('moves when a member is deleted', async () => {
    const { id, fresh } = await settle();
    await patch(id, { op: 'add', path: 'members', value: membersOf(fresh) });
    const before = await version(`/Groups/${id}`);
    await send({ method: 'DELETE', path: `/Users/${fresh}` });
    expect(await version(`/Groups/${id}`)).not.toBe(before);
  });
});

describe('the ETag of a user', () => {
  test('moves when it joins and when it leaves, and not when others do', async () => {
    const { id, fresh } = await settle();
    const seen = [await version(`/Users/${fresh}`)];
    await patch(id, { op: 'add', path: 'members', value: membersOf(fresh) });
    seen.push(await version(`/Users/${fresh}`));
    await patch(id, { op: 'add', path: 'members', value: membersOf(bob) });
    await patch(id, { op: 'remove', path: 'members', value: membersOf(bob) });
    expect(await version(`/Users/${fresh}`)).toBe(seen[1]);
    await tryTo.put(id, 'Settled', membersOf(ada));
    seen.push(await version(`/Users/${fresh}`));
    expect(new Set(seen).size).toBe(3);
  });

  test('moves for the members of a group that is made', async () => {
    const fresh = await user();
    const before = await version(`/Users/${fresh}`);
    await group('Made', [fresh]);
    expect(await version(`/Users/${fresh}`)).not.toBe(before);
  });
});

describe('If-Match', () => {
  const requests = [
    { method: 'PUT', body: { schemas: [groupSchema.id], displayName: 'Matched' } },
    { method: 'PATCH', body: patchOp([{ op: 'replace', path: 'displayName', value: 'Matched' }]) },
    { method: 'PATCH', body: patchOp([{ op: 'remove', path: 'members' }]) },
    { method: 'PATCH', body: patchOp([{ op: 'add', path: 'members', value: membersOf(NOBODY) }]) },
    { method: 'DELETE' },
  ];

  test.each(requests)('an old version is 412 for $method $body, and nothing is done', async ({ method, body }) => {
    const { id, fresh } = await settle();
    const old = await version(`/Groups/${id}`);
    // By a change of members alone.
    await patch(id, { op: 'add', path: 'members', value: membersOf(fresh) });
    const before = await table().items();
    const response = await send({ method, path: `/Groups/${id}`, headers: { 'If-Match': old }, ...(body && { body }) });
    expect(response).toMatchObject({ status: 412, body: { status: '412' } });
    expect(await table().items()).toEqual(before);
  });

  test.each([
    { method: 'PUT', body: { schemas: [groupSchema.id], displayName: 'Matched' }, status: 200 },
    { method: 'PATCH', body: patchOp([{ op: 'replace', path: 'displayName', value: 'Matched' }]), status: 204 },
    { method: 'PATCH', body: patchOp([{ op: 'remove', path: 'members' }]), status: 204 },
    { method: 'PATCH', body: patchOp([{ op: 'remove', path: 'members[type eq "User"]' }]), status: 204 },
    { method: 'DELETE', status: 204 },
  ])('the present one, and any, let $method $body through', async ({ method, body, status }) => {
    for (const tag of ['present', '*']) {
      const { id } = await settle();
      const headers = { 'If-Match': tag === '*' ? '*' : `W/"0", ${await version(`/Groups/${id}`)}` };
      const response = await send({ method, path: `/Groups/${id}`, headers, ...(body && { body }) });
      expect([tag, response.status]).toEqual([tag, status]);
    }
  });

  test('an old version of a user, from before it joined a group, is 412', async () => {
    const fresh = await user();
    const old = await version(`/Users/${fresh}`);
    const { id } = await group('Joined', [fresh]);
    const headers = { 'If-Match': old };
    const put = { method: 'PUT', path: `/Users/${fresh}`, headers, body: { schemas: [userSchema.id], userName: 'matched@example.com' } };
    expect(await send(put)).toMatchObject({ status: 412 });
    expect(await send({ method: 'DELETE', path: `/Users/${fresh}`, headers })).toMatchObject({ status: 412 });
    expect(await members(id)).toEqual([fresh]);
  });
});

describe('If-None-Match', () => {
  const read = (path: string, tag: string) => send({ path, headers: { 'If-None-Match': tag } });

  test('a version of a group that the client has is 304; the next one is not', async () => {
    const { id, fresh } = await settle();
    const tag = await version(`/Groups/${id}`);
    expect(await read(`/Groups/${id}?excludedAttributes=members`, tag)).toMatchObject({
      status: 304,
      headers: { ETag: tag },
      body: undefined,
    });
    await patch(id, { op: 'add', path: 'members', value: membersOf(fresh) });
    expect(await read(`/Groups/${id}`, tag)).toMatchObject({ status: 200, body: { id } });
  });

  test('a group that shows names of its members is never 304, since they change without it', async () => {
    const { id, fresh } = await settle();
    await patch(id, { op: 'add', path: 'members', value: membersOf(fresh) });
    const tag = await version(`/Groups/${id}`);
    const operations = patchOp([{ op: 'replace', path: 'displayName', value: 'Renamed' }]);
    await send({ method: 'PATCH', path: `/Users/${fresh}`, body: operations });
    const { status, body } = await read(`/Groups/${id}`, tag);
    expect([status, JSON.stringify(body.members)]).toEqual([200, expect.stringContaining('Renamed')]);
    expect(await read(`/Groups/${id}?excludedAttributes=members`, tag)).toMatchObject({ status: 304 });
  });

  test('a user in groups is never 304, since their names are shown and change without it', async () => {
    const fresh = await user();
    const { id } = await group('Before', [fresh]);
    const tag = await version(`/Users/${fresh}`);
    await patch(id, { op: 'replace', path: 'displayName', value: 'After' });
    expect(await read(`/Users/${fresh}`, tag)).toMatchObject({ status: 200, body: { groups: [{ display: 'After' }] } });
    expect(await read(`/Users/${fresh}?excludedAttributes=groups`, tag)).toMatchObject({ status: 304 });
  });

  test('nor is one who has left the last group, for a client that has seen it there', async () => {
    const fresh = await user();
    const { id } = await group('Left', [fresh]);
    const tag = await version(`/Users/${fresh}`);
    await patch(id, { op: 'remove', path: 'members' });
    const response = await read(`/Users/${fresh}`, tag);
    expect(response.status).toBe(200);
    expect(response.body).not.toHaveProperty('groups');
    expect(await read(`/Users/${fresh}`, response.headers.ETag ?? '')).toMatchObject({ status: 304 });
  });

  test('nor is one whose last group was deleted', async () => {
    const fresh = await user();
    const { id } = await group('Deleted', [fresh]);
    const tag = await version(`/Users/${fresh}`);
    await send({ method: 'DELETE', path: `/Groups/${id}` });
    const response = await read(`/Users/${fresh}`, tag);
    expect(response.status).toBe(200);
    expect(response.body).not.toHaveProperty('groups');
  });

  test('nor is one whose last group was deleted, and who could not be told so', async () => {
    const fresh = await user();
    const tag = await version(`/Users/${fresh}`);
    // As a deletion leaves it that ended after the group was gone.
    await table().client.send(
      new UpdateCommand({
        TableName: table().name,
        Key: resourceKey('acme', { name: 'User' }, fresh),
        UpdateExpression: 'ADD groupIds :gone',
        ExpressionAttributeValues: { ':gone': new Set([NOBODY]) },
      }),
    );
    const response = await read(`/Users/${fresh}`, tag);
    expect(response.status).toBe(200);
    expect(response.body).not.toHaveProperty('groups');
  });
});
