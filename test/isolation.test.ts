import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { groupSchema } from '../lambdas/scim/schemas/group.ts';
import { roleSchema } from '../lambdas/scim/schemas/role.ts';
import { userSchema } from '../lambdas/scim/schemas/user.ts';
import { makeDirectory, type TestDirectory, tableOf } from './support/directories.ts';
import { NOBODY } from './support/groups.ts';
import { npmStart, type Started, temporaryFolder } from './support/npm-start.ts';

/*
 * Two directories with the same userNames and the same groups. What the credential of one does is never about the other, and what
 * is said of one when it is created is said of it alone.
 */

let stack: Started;
let acme: TestDirectory;
let globex: TestDirectory;
beforeAll(async () => {
  stack = await npmStart(temporaryFolder());
  acme = await makeDirectory(stack.running, 'iso-acme');
  globex = await makeDirectory(stack.running, 'iso-globex', ['application']);
});
afterAll(async () => stack[Symbol.asyncDispose]());

interface Sent {
  readonly method?: string;
  readonly body?: object;
  readonly authorization?: string;
}

async function send({ token }: TestDirectory, url: string, { method = 'GET', body, authorization = `Bearer ${token}` }: Sent = {}) {
  const response = await fetch(url, {
    method,
    headers: { Authorization: authorization, ...(body && { 'Content-Type': 'application/scim+json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text), text };
}

const ada = { schemas: [userSchema.id], userName: 'ada@example.com', externalId: '00u1', emails: [{ value: 'ada@example.com' }] };
const patchOp = {
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op: 'replace', path: 'title', value: 'Thief' }],
};
const pilots = { schemas: [groupSchema.id], displayName: 'Pilots', externalId: '00g1' };
const navigator = { schemas: [roleSchema.id], displayName: 'Navigator' };
const patchMembers = (op: string, ids: readonly string[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [{ op, path: 'members', value: ids.map((value) => ({ value })) }],
});
const itemsOf = async (directory: string) => {
  const { client, name } = tableOf(stack.running);
  const { Items = [] } = await client.send(new ScanCommand({ TableName: name, ConsistentRead: true }));
  return Items.filter(({ pk, sk }) => String(pk).startsWith(`${directory}#`) || sk === directory);
};

describe('two directories with the same users and groups', () => {
  const ids: Record<string, string> = {};
  const groupIds: Record<string, string> = {};
  /** Of globex; acme has none. */
  let foreignRole: string;
  beforeAll(async () => {
    for (const target of [acme, globex]) {
      const { status, body } = await send(target, `${target.baseUrl}/Users`, { method: 'POST', body: ada });
      expect(status).toBe(201);
      ids[target.directory] = body.id;
      const group = { ...pilots, members: [{ value: body.id }] };
      const created = await send(target, `${target.baseUrl}/Groups`, { method: 'POST', body: group });
      expect(created.status).toBe(201);
      groupIds[target.directory] = created.body.id;
    }
    const role = await send(globex, `${globex.baseUrl}/Roles`, { method: 'POST', body: navigator });
    expect(role.status).toBe(201);
    foreignRole = role.body.id;
  });
  const own = () => ({ user: ids[acme.directory] ?? '', group: groupIds[acme.directory] ?? '' });
  const foreign = () => ({ user: ids[globex.directory] ?? '', group: groupIds[globex.directory] ?? '' });

  test('each sees its own alone', async () => {
    for (const target of [acme, globex]) {
      for (const query of [
        '',
        'filter=userName%20eq%20%22ADA@example.com%22',
        'filter=externalId%20eq%20%2200u1%22',
        'filter=emails%20co%20%22ada%22',
      ]) {
        const { body } = await send(target, `${target.baseUrl}/Users?${query}`);
        expect([query, body.totalResults, body.Resources[0].id]).toEqual([query, 1, ids[target.directory]]);
        expect(body.Resources[0].groups.map(({ value }: { value: string }) => value)).toEqual([groupIds[target.directory]]);
      }
    }
  });

  test('each sees its own groups alone, with its own members', async () => {
    for (const target of [acme, globex]) {
      const member = ids[target.directory];
      const all = (await send(target, `${target.baseUrl}/Groups`)).text;
      const other = target === acme ? globex : acme;
      expect(all).toContain(groupIds[target.directory]);
      for (const strange of [groupIds[other.directory], ids[other.directory], other.directory]) expect(all).not.toContain(strange);
      for (const query of [
        'filter=displayName%20eq%20%22PILOTS%22',
        'filter=externalId%20eq%20%2200g1%22',
        'filter=displayName%20co%20%22ilo%22',
        `filter=members.value%20eq%20%22${member}%22`,
      ]) {
        const { body } = await send(target, `${target.baseUrl}/Groups?${query}`);
        expect([query, body.totalResults, body.Resources[0].id]).toEqual([query, 1, groupIds[target.directory]]);
        expect(body.Resources[0].members).toMatchObject([{ value: member, $ref: `${target.baseUrl}/Users/${member}` }]);
      }
    }
  });

  const routes: { method: string; path: string; body?: object }[] = [
    { method: 'GET', path: '' },
    { method: 'GET', path: '/' },
    { method: 'GET', path: '/ServiceProviderConfig' },
    { method: 'GET', path: '/ResourceTypes/User' },
    { method: 'GET', path: '/Schemas' },
    { method: 'GET', path: '/Users' },
    { method: 'GET', path: '/Users?filter=userName%20eq%20%22ada@example.com%22' },
    { method: 'POST', path: '/Users', body: ada },
    { method: 'GET', path: '/Users/{id}' },
    { method: 'PUT', path: '/Users/{id}', body: ada },
    { method: 'PATCH', path: '/Users/{id}', body: patchOp },
    { method: 'DELETE', path: '/Users/{id}' },
    { method: 'HEAD', path: '/Users/{id}' },
    { method: 'OPTIONS', path: '/Users/{id}' },
    { method: 'GET', path: '/Users/{id}/more' },
    { method: 'GET', path: '/Groups' },
    { method: 'GET', path: '/Groups?filter=displayName%20eq%20%22Pilots%22' },
    { method: 'GET', path: '/Groups?filter=members.value%20eq%20%22{id}%22' },
    { method: 'POST', path: '/Groups', body: pilots },
    { method: 'POST', path: '/Groups/.search', body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'] } },
    { method: 'GET', path: '/Groups/{group}' },
    { method: 'PUT', path: '/Groups/{group}', body: pilots },
    { method: 'PATCH', path: '/Groups/{group}', body: patchMembers('remove', []) },
    { method: 'DELETE', path: '/Groups/{group}' },
    { method: 'GET', path: '/Groups/{group}/members' },
    { method: 'POST', path: '/Bulk', body: {} },
    { method: 'GET', path: '/Roles' },
    { method: 'GET', path: '/Roles?filter=displayName%20eq%20%22Navigator%22' },
    { method: 'POST', path: '/Roles', body: navigator },
    { method: 'POST', path: '/Licenses/.search', body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'] } },
    { method: 'GET', path: '/Roles/{role}' },
    { method: 'PUT', path: '/Roles/{role}', body: navigator },
    { method: 'PATCH', path: '/Roles/{role}', body: patchOp },
    { method: 'DELETE', path: '/Roles/{role}' },
    { method: 'DELETE', path: '/Roles/{role}?cascade=true' },
    { method: 'GET', path: '//Roles//{role}' },
    { method: 'GET', path: '/nothing/at/all' },
  ];

  test.each(routes)('$method $path of another directory is 403, and says nothing of what is there', async ({ method, path, body }) => {
    const before = await itemsOf(globex.directory);
    const { user, group } = foreign();
    const url = globex.baseUrl + path.replace('{id}', user).replace('{group}', group).replace('{role}', foreignRole);
    // Twice: the first asks the authorizer, the second has API Gateway's remembered answer.
    for (let i = 0; i < 2; i++) {
      const { status, text } = await send(acme, url, { method, ...(body && { body }) });
      expect(status).toBe(403);
      for (const secret of ['ada', 'Pilots', 'Navigator', user, group, foreignRole]) expect(text).not.toContain(secret);
    }
    expect(await itemsOf(globex.directory)).toEqual(before);
  });

  test("the id of another directory's user is as unknown as any", async () => {
    const before = await itemsOf(globex.directory);
    for (const [method, body] of [['GET'], ['PUT', ada], ['PATCH', patchOp], ['DELETE']] as const) {
      const { status } = await send(acme, `${acme.baseUrl}/Users/${foreign().user}`, { method, ...(body && { body }) });
      expect([method, status]).toEqual([method, 404]);
    }
    const { body } = await send(acme, `${acme.baseUrl}/Users?filter=id%20eq%20%22${foreign().user}%22`);
    expect(body.totalResults).toBe(0);
    expect(await itemsOf(globex.directory)).toEqual(before);
  });

  test("the id of another directory's group is as unknown as any", async () => {
    const before = await itemsOf(globex.directory);
    const { user, group } = foreign();
    for (const [method, body] of [
      ['GET'],
      ['PUT', pilots],
      ['PATCH', patchMembers('remove', [user])],
      ['PATCH', patchMembers('add', [own().user])],
      ['DELETE'],
    ] as const) {
      const { status } = await send(acme, `${acme.baseUrl}/Groups/${group}`, { method, ...(body && { body }) });
      expect([method, status]).toEqual([method, 404]);
    }
    for (const filter of [`id eq "${group}"`, `members.value eq "${user}"`, `members.value eq "${group}"`]) {
      const { body } = await send(acme, `${acme.baseUrl}/Groups?filter=${encodeURIComponent(filter)}`);
      expect([filter, body.totalResults]).toEqual([filter, 0]);
    }
    const { body } = await send(acme, `${acme.baseUrl}/Users?filter=${encodeURIComponent(`groups.value eq "${group}"`)}`);
    expect(body.totalResults).toBe(0);
    expect(await itemsOf(globex.directory)).toEqual(before);
  });

  test("the id of another directory's role is as unknown as any", async () => {
    const before = await itemsOf(globex.directory);
    const application = await makeDirectory(stack.running, 'iso-application', ['application']);
    for (const [method, body] of [['GET'], ['PUT', navigator], ['PATCH', patchOp], ['DELETE']] as const) {
      const sent = { method, ...(body && { body }) };
      const { status } = await send(application, `${application.baseUrl}/Roles/${foreignRole}`, sent);
      expect([method, status]).toEqual([method, 404]);
    }
    for (const query of ['', `?filter=id%20eq%20%22${foreignRole}%22`, '?filter=displayName%20eq%20%22Navigator%22'])
      expect([query, (await send(acme, `${acme.baseUrl}/Roles${query}`)).body.Resources]).toEqual([query, []]);
    expect(await itemsOf(globex.directory)).toEqual(before);
  });

  test.each(['user', 'group'] as const)("another directory's %s is no member, and neither directory changes", async (kind) => {
    const before = [await itemsOf(acme.directory), await itemsOf(globex.directory)];
    const stranger = foreign()[kind];
    const path = `/Groups/${own().group}`;
    const members = [{ value: own().user }, { value: stranger }];
    for (const [method, where, body] of [
      ['POST', '/Groups', { ...pilots, members }],
      ['PUT', path, { ...pilots, members }],
      ['PATCH', path, patchMembers('add', [stranger])],
      ['PATCH', path, patchMembers('replace', [own().user, stranger])],
    ] as const) {
      const answer = await send(acme, acme.baseUrl + where, { method, body });
      expect([method, answer.status, answer.body.scimType]).toEqual([method, 400, 'invalidValue']);
      const unknown = await send(acme, acme.baseUrl + where, {
        method,
        body: JSON.parse(JSON.stringify(body).replaceAll(stranger, NOBODY)),
      });
      expect(answer.text.replaceAll(stranger, NOBODY)).toBe(unknown.text);
    }
    expect([await itemsOf(acme.directory), await itemsOf(globex.directory)]).toEqual(before);
  });

  test.each(['user', 'group'] as const)("the removal of another directory's %s changes neither directory", async (kind) => {
    const before = [await itemsOf(acme.directory), await itemsOf(globex.directory)];
    const stranger = foreign()[kind];
    const byFilter = { ...patchOp, Operations: [{ op: 'remove', path: `members[value eq "${stranger}"]` }] };
    for (const body of [patchMembers('remove', [stranger]), byFilter]) {
      const { status } = await send(acme, `${acme.baseUrl}/Groups/${own().group}`, { method: 'PATCH', body });
      expect(status).toBe(204);
    }
    expect([await itemsOf(acme.directory), await itemsOf(globex.directory)]).toEqual(before);
  });

  test("what another directory's groups are called is shown to nobody else", async () => {
    const { body } = await send(acme, `${acme.baseUrl}/Users/${own().user}`);
    expect(body.groups).toEqual([{ value: own().group, $ref: `${acme.baseUrl}/Groups/${own().group}`, display: 'Pilots', type: 'direct' }]);
    expect(JSON.stringify(body)).not.toContain(globex.directory);
  });

  test.each([
    ['dots in the path', '/iso-acme/../iso-globex/scim/v2/Users'],
    ['encoded dots', '/iso-acme/%2e%2e/iso-globex/scim/v2/Users'],
    ['an encoded slash', '/iso-acme%2F..%2Fiso-globex/scim/v2/Users'],
    ['an encoded name', '/%69so-globex/scim/v2/Users'],
    ['a name in capitals', '/ISO-GLOBEX/scim/v2/Users'],
  ])('%s leads nowhere', async (_, path) => {
    const { request } = await import('node:http');
    const { hostname, port } = new URL(acme.baseUrl);
    const status = await new Promise((resolve, reject) => {
      request({ hostname, port, path, headers: { Authorization: `Bearer ${acme.token}` } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect([403, 404]).toContain(status);
  });

  test('Basic with the name of one and the token of another is 401', async () => {
    const basic = `Basic ${Buffer.from(`${globex.directory}:${acme.token}`).toString('base64')}`;
    expect((await send(acme, `${globex.baseUrl}/Users`, { authorization: basic })).status).toBe(401);
  });
});

describe('a directory that was created with unique names of groups, beside one that was not', () => {
  let initech: TestDirectory;
  beforeAll(async () => {
    initech = await makeDirectory(stack.running, 'iso-initech', ['provision'], { uniqueGroupNames: true });
  });
  const post = (target: TestDirectory, displayName: string) =>
    send(target, `${target.baseUrl}/Groups`, { method: 'POST', body: { schemas: [groupSchema.id], displayName } });
  const find = async (target: TestDirectory, displayName: string): Promise<number> => {
    const filter = encodeURIComponent(`displayName eq "${displayName}"`);
    return (await send(target, `${target.baseUrl}/Groups?filter=${filter}`)).body.totalResults;
  };

  test('refuses a name that a group of its own has, and no other directory does', async () => {
    for (const target of [acme, initech]) expect((await post(target, 'Engineering')).status).toBe(201);
    expect(await post(initech, 'ENGINEERING')).toMatchObject({
      status: 409,
      body: { scimType: 'uniqueness', detail: 'displayName is already in use' },
    });
    expect((await post(acme, 'ENGINEERING')).status).toBe(201);
    expect([await find(initech, 'engineering'), await find(acme, 'engineering')]).toEqual([1, 2]);
  });
});
