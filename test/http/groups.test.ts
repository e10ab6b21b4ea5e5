import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { groupSchema } from '../../lambdas/scim/schemas/group.ts';
import { userSchema } from '../../lambdas/scim/schemas/user.ts';
import { resourceKey } from '../../lambdas/store/keys.ts';
import { groupClient, inOrder, membersOf, NOBODY } from '../support/groups.ts';
import { usersAndGroups } from '../support/resource-function.ts';

const functions = usersAndGroups();
const { table, send } = functions;
const { user, group, members, groups, get, tryTo } = groupClient(functions);

const schemas = [groupSchema.id];
const BASE = 'http://scim.example/acme/scim/v2';
const post = (body: object, query = '') => send({ method: 'POST', path: `/Groups${query}`, body: { schemas, ...body } });

let ada: string;
let bob: string;
beforeAll(async () => {
  ada = await user({ displayName: 'Ada' });
  bob = await user();
});

describe('POST /Groups (RFC 7644 section 3.3)', () => {
  test('answers 201 with the group, its members, its Location and its ETag', async () => {
    const { status, headers, body } = await post({ displayName: 'Guides', externalId: 'g1', members: membersOf(ada) });
    expect(status).toBe(201);
    expect(headers).toMatchObject({ 'Content-Type': 'application/scim+json', ETag: 'W/"1"', Location: `${BASE}/Groups/${body.id}` });
    expect(body).toEqual({
      schemas,
      id: expect.any(String),
      externalId: 'g1',
      displayName: 'Guides',
      members: [{ value: ada, $ref: `${BASE}/Users/${ada}`, type: 'User', display: 'Ada' }],
      meta: {
        resourceType: 'Group',
        created: expect.any(String),
        lastModified: expect.any(String),
        location: headers.Location,
        version: 'W/"1"',
      },
    });
    expect(await get(`/Groups/${body.id}`)).toEqual(body);
  });

  test.each([{ members: [] }, { members: null }, { members: '' }, { members: [{}] }, {}])(
    'a group without members (%j) has no `members`',
    async (given) => {
      const { status, body } = await post({ displayName: 'Nobody', ...given });
      expect(status).toBe(201);
      expect(body).not.toHaveProperty('members');
      expect(await get(`/Groups/${body.id}`)).toEqual(body);
    },
  );

  test('members come in the order of their ids, each once', async () => {
    const { members } = (await post({ displayName: 'Twice', members: membersOf(bob, ada, bob, ada) })).body;
    expect((members as { value: string }[]).map(({ value }) => value)).toEqual(inOrder(ada, bob));
  });

  test('what it says of a member beside `value` does not count', async () => {
    const nested = (await group('Nested')).id;
    const { status, body } = await post({
      displayName: 'Talkative',
      members: [
        { value: ada, display: 'Eve', $ref: 'https://elsewhere.example/Users/1', type: 'Group' },
        { value: bob, display: null, $ref: null, type: null, primary: true },
        { value: nested, type: 'User', $ref: '', display: '' },
      ],
    });
    expect(status).toBe(201);
    const shown = [
      { value: ada, $ref: `${BASE}/Users/${ada}`, type: 'User', display: 'Ada' },
      { value: bob, $ref: `${BASE}/Users/${bob}`, type: 'User', display: expect.stringMatching(/^user\d+@example\.com$/) },
      { value: nested, $ref: `${BASE}/Groups/${nested}`, type: 'Group', display: 'Nested' },
    ];
    expect(body.members).toEqual(shown.sort((a, b) => (a.value < b.value ? -1 : 1)));
    expect(JSON.stringify(await table().items())).not.toMatch(/Eve|elsewhere/);
  });

  test('a name may be given to several groups', async () => {
    const one = await group('Namesake');
    const other = await group('Namesake');
    expect(one.id).not.toBe(other.id);
  });

  test.each([
    { body: {}, scimType: 'invalidValue', detail: 'displayName: ' },
    { body: { displayName: '' }, scimType: 'invalidValue', detail: 'displayName: ' },
    { body: { displayName: ['x'] }, scimType: 'invalidValue', detail: 'displayName: expected a string' },
    { body: { displayName: 'x', externalId: {} }, scimType: 'invalidValue', detail: 'externalId: expected a string' },
    { body: { displayName: 'x', members: 'x' }, scimType: 'invalidValue', detail: 'members: expected an array' },
    { body: { displayName: 'x', members: { value: 'x' } }, scimType: 'invalidValue', detail: 'members: expected an array' },
    { body: { displayName: 'x', schemas: [userSchema.id] }, scimType: 'invalidValue', detail: 'schemas: ' },
  ])('refuses $body with an error that names the attribute, and writes nothing', async ({ body, scimType, detail }) => {
    const before = await table().items();
    const response = await post(body);
    expect(response).toMatchObject({ status: 400, body: { status: '400', scimType, detail: expect.stringContaining(detail) } });
    expect(await table().items()).toEqual(before);
  });
});

describe('a member that there is not', () => {
  const strange = [
    { name: 'an id that nothing has', member: { value: NOBODY }, names: NOBODY },
    { name: 'no id', member: { value: 'somebody' }, names: 'somebody' },
    { name: 'a name', member: { value: 'user1@example.com' }, names: 'user1@example.com' },
    { name: 'a number', member: { value: 7 }, names: '7' },
    { name: 'another type', member: { value: true }, names: 'members.value' },
    { name: 'an object', member: { value: { id: NOBODY } }, names: 'members.value' },
    { name: 'nothing but a type', member: { type: 'User' }, names: 'members.value' },
    { name: 'nothing but an address', member: { $ref: `${BASE}/Users/${NOBODY}` }, names: 'members.value' },
    { name: 'a text', member: 'somebody', names: 'members' },
    { name: 'a list', member: [{ value: NOBODY }], names: 'members' },
    { name: 'what looks like another key', member: { value: `../User#0/${NOBODY}` }, names: 'User#0' },
    { name: 'a very long text', member: { value: 'x'.repeat(3_000) }, names: 'x' },
  ];

  test.each(strange)('$name is refused by POST, PUT and PATCH, and nothing is written', async ({ member, names }) => {
    const { id } = await group('Refusing', [ada]);
    const before = await table().items();
    const all = [{ value: bob }, member];
    for (const { status, body } of [
      await tryTo.post('With nobody', all),
      await tryTo.put(id, 'Renamed', all),
      await tryTo.patch(id, { op: 'replace', value: { displayName: 'Renamed' } }, { op: 'add', path: 'members', value: all }),
      await tryTo.patch(id, { op: 'replace', path: 'members', value: all }),
      await tryTo.patch(id, { op: 'add', value: { displayName: 'Renamed', members: all } }),
    ]) {
      expect([status, body.scimType]).toEqual([400, 'invalidValue']);
      expect(body.detail).toContain(names);
    }
    expect(await table().items()).toEqual(before);
  });

  test('among more than one transaction holds is refused too, and none of them joins', async () => {
    const many = await Promise.all(Array.from({ length: 60 }, () => user()));
    const { id } = await group('Refusing many', [ada]);
    const before = await table().items();
    const all = membersOf(...many, NOBODY);
    for (const { status, body } of [
      await tryTo.post('With nobody', all),
      await tryTo.put(id, 'Renamed', all),
      await tryTo.patch(id, { op: 'add', value: { displayName: 'Renamed', members: all } }),
      await tryTo.patch(id, { op: 'replace', path: 'members', value: all }),
    ]) {
      expect([status, body.scimType]).toEqual([400, 'invalidValue']);
      expect(body.detail).toContain(NOBODY);
    }
    expect(await table().items()).toEqual(before);

    const made = await group('Of many', many);
    expect(await get(`/Groups/${made.id}`)).toEqual(made);
    expect(await members(made.id)).toEqual(inOrder(...many));
    expect(await tryTo.put(id, 'Put', membersOf(...many))).toMatchObject({ status: 200, body: { displayName: 'Put' } });
    expect(await members(id)).toEqual(inOrder(...many));
    expect(await groups(many[59] ?? '')).toEqual(inOrder(made.id, id));
  });

  test('a user who is in 1,000 groups joins no other one: 400 tooMany', async () => {
    const full = await user();
    await table().client.send(
      new UpdateCommand({
        TableName: table().name,
        Key: resourceKey('acme', { name: 'User' }, full),
        UpdateExpression: 'ADD groupIds :groups',
        ExpressionAttributeValues: { ':groups': new Set(Array.from({ length: 1_000 }, (_, n) => `group-${n}`)) },
      }),
    );
    for (const { status, body } of [
      await tryTo.post('Full', membersOf(ada, full)),
      await tryTo.patch((await group('Full')).id, { op: 'add', path: 'members', value: membersOf(full) }),
    ])
      expect({ status, ...body }).toMatchObject({ status: '400', scimType: 'tooMany', detail: expect.stringContaining(full) });
  });

  test('an id in other letters is another id', async () => {
    const id = await user();
    const capitals = id.toUpperCase();
    expect(capitals).not.toBe(id);
    expect(await tryTo.post('Capitals', membersOf(capitals))).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } });
  });

  test('is refused as one that was deleted, until it is there', async () => {
    const gone = await user();
    await send({ method: 'DELETE', path: `/Users/${gone}` });
    const { id } = await group('Waiting');
    expect(await tryTo.patch(id, { op: 'add', path: 'members', value: membersOf(gone) })).toMatchObject({ status: 400 });
    expect(await tryTo.patch(id, { op: 'add', path: 'members', value: membersOf(await user()) })).toMatchObject({ status: 204 });
    expect(await members(id)).toHaveLength(1);
  });

  test('is no user and no group: a bare id of another kind of item is none', async () => {
    for (const value of ['acme', 'count', 'User#00', '-', '=']) {
      const { status, body } = await tryTo.post('Of items', [{ value }]);
      expect([value, status, body.scimType]).toEqual([value, 400, 'invalidValue']);
    }
  });
});

test('a member that is named by anything but its id is refused, and the group keeps those that it has', async () => {
  const { id } = await group('Named', [ada]);
  const refusal = { status: 400, body: { scimType: 'invalidValue', detail: expect.stringContaining('members.value') } };
  for (const named of [{ display: 'Ada' }, { type: 'User', VALUE: '' }]) {
    expect(await tryTo.put(id, 'Named', [named])).toMatchObject(refusal);
    expect(await tryTo.post('Named', [named])).toMatchObject(refusal);
  }
  expect(await members(id)).toEqual([ada]);
});

describe('a group whose members no answer holds', () => {
  const makeHuge = async () => {
    const { id } = await group('Huge', [ada]);
    await table().client.send(
      new UpdateCommand({
        TableName: table().name,
        Key: resourceKey('acme', { name: 'Group' }, id),
        UpdateExpression: 'SET #size = :size',
        ExpressionAttributeNames: { '#size': 'size' },
        ExpressionAttributeValues: { ':size': 200_000 },
      }),
    );
    return id;
  };

  test('is 400 tooMany, which names what helps, and that does', async () => {
    const id = await makeHuge();
    const refusal = { status: 400, body: { scimType: 'tooMany', detail: expect.stringContaining('excludedAttributes=members') } };
    expect(await send({ path: `/Groups/${id}` })).toMatchObject(refusal);
    expect(await send({ path: `/Groups?filter=id%20eq%20%22${id}%22` })).toMatchObject(refusal);
    expect(await send({ path: `/Groups/${id}?excludedAttributes=members` })).toMatchObject({ status: 200, body: { id } });
  });

  test('is changed all the same, and the answer goes without them', async () => {
    const id = await makeHuge();
    const body = { Operations: [{ op: 'replace', path: 'displayName', value: 'Huge still' }] };
    const answer = await send({ method: 'PATCH', path: `/Groups/${id}?attributes=displayName,members`, body });
    expect(answer).toMatchObject({ status: 200, body: { displayName: 'Huge still' } });
    expect(answer.body).not.toHaveProperty('members');
  });
});

describe('PUT /Groups/{id} (RFC 7644 section 3.5.1)', () => {
  test('answers 200 with the whole group, in which the members are those given', async () => {
    const { id } = await group('Put', [ada], { externalId: 'e1' });
    const { status, headers, body } = await tryTo.put(id, 'Put anew', membersOf(bob));
    expect(status).toBe(200);
    expect(headers).toMatchObject({ ETag: 'W/"2"', Location: `${BASE}/Groups/${id}` });
    expect(body).toMatchObject({
      schemas,
      id,
      displayName: 'Put anew',
      members: [{ value: bob, type: 'User' }],
      meta: { version: 'W/"2"' },
    });
    expect(body).not.toHaveProperty('externalId');
    expect(await get(`/Groups/${id}`)).toEqual(body);
    expect(await groups(ada)).not.toContain(id);
  });

  test.each([undefined, null, [], ''])('members: %j removes all', async (given) => {
    const { id } = await group('Emptied', [ada, bob]);
    const { status, body } = await tryTo.put(id, 'Emptied', given);
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('members');
    expect(await members(id)).toEqual([]);
    expect(await groups(bob)).not.toContain(id);
  });

  test('of what GET gave changes nothing, whatever it says of what the server owns', async () => {
    const { id, meta } = await group('Echo', [ada, bob]);
    const body = await get(`/Groups/${id}`);
    const put = (changes: object) => send({ method: 'PUT', path: `/Groups/${id}`, body: { ...body, ...changes } });
    expect(await put({})).toMatchObject({ status: 200, headers: { ETag: 'W/"1"' }, body });
    const echo = await put({ id: NOBODY, meta: { version: 'W/"9"', resourceType: 'User' }, groups: [{ value: NOBODY }] });
    expect(echo).toMatchObject({ status: 200, headers: { ETag: 'W/"1"' }, body: { id, meta } });
    expect(echo.body).not.toHaveProperty('groups');
  });

  test.each(['PUT', 'PATCH', 'GET', 'DELETE'])('%s of a group that there is not is 404', async (method) => {
    const bodies: Record<string, object> = {
      PUT: { schemas, displayName: 'x', members: membersOf(ada) },
      PATCH: { Operations: [{ op: 'add', path: 'members', value: membersOf(ada) }] },
    };
    for (const id of [NOBODY, 'nobody', ada]) {
      const body = bodies[method];
      expect(await send({ method, path: `/Groups/${id}`, ...(body && { body }) })).toMatchObject({ status: 404, body: { status: '404' } });
    }
  });
});

describe('DELETE', () => {
  test('of a group is 204 without a body, then 404, and its members are in it no more', async () => {
    const kept = (await group('Kept', [ada])).id;
    const { id } = await group('Deleted', [ada, bob]);
    expect(await send({ method: 'DELETE', path: `/Groups/${id}` })).toMatchObject({ status: 204, body: undefined });
    for (const method of ['DELETE', 'GET']) expect(await send({ method, path: `/Groups/${id}` })).toMatchObject({ status: 404 });
    expect(await groups(ada)).toContain(kept);
    expect(await groups(ada)).not.toContain(id);
    expect(await groups(bob)).not.toContain(id);
  });

  test('of a user takes it out of all its groups', async () => {
    const leaving = await user();
    const ids = await Promise.all(['a', 'b', 'c'].map(async (name) => (await group(name, [leaving, ada])).id));
    expect(await groups(leaving)).toEqual(inOrder(...ids));
    expect(await send({ method: 'DELETE', path: `/Users/${leaving}` })).toMatchObject({ status: 204 });
    for (const id of ids) expect(await get(`/Groups/${id}`)).toMatchObject({ members: [{ value: ada }], meta: { version: 'W/"2"' } });
  });
});

describe('groups in groups', () => {
  test('a member that is a group is shown as one', async () => {
    const inner = (await group('Inner', [ada])).id;
    const outer = await group('Outer', [inner]);
    expect(outer.members).toEqual([{ value: inner, $ref: `${BASE}/Groups/${inner}`, type: 'Group', display: 'Inner' }]);
  });

  test('a user is in the groups that name it, and not in those around them', async () => {
    const one = await user();
    const inner = (await group('Inner', [one])).id;
    await group('Outer', [inner]);
    expect((await get(`/Users/${one}`)).groups).toEqual([
      { value: inner, $ref: `${BASE}/Groups/${inner}`, display: 'Inner', type: 'direct' },
    ]);
  });

  test('a ring does no harm', async () => {
    const first = (await group('First')).id;
    const second = (await group('Second', [first])).id;
    const third = (await group('Third', [second])).id;
    expect(await tryTo.patch(first, { op: 'add', path: 'members', value: membersOf(third, ada) })).toMatchObject({ status: 204 });
    expect(await members(first)).toEqual(inOrder(third, ada));
    expect(await send({ method: 'DELETE', path: `/Groups/${second}` })).toMatchObject({ status: 204 });
    expect(await members(third)).toEqual([]);
    expect(await members(first)).toEqual(inOrder(third, ada));
  });

  test.each([
    { by: 'PUT', act: (id: string) => tryTo.put(id, 'Self', membersOf(ada, id)) },
    { by: 'PATCH add', act: (id: string) => tryTo.patch(id, { op: 'add', path: 'members', value: membersOf(bob, id) }) },
    { by: 'PATCH replace', act: (id: string) => tryTo.patch(id, { op: 'replace', value: { members: membersOf(id) } }) },
  ])('a group is no member of itself, not by $by', async ({ act }) => {
    const { id, meta } = await group('Self', [ada]);
    expect(await act(id)).toMatchObject({ status: 400, body: { scimType: 'invalidValue', detail: expect.stringContaining(id) } });
    expect(await get(`/Groups/${id}`)).toMatchObject({ members: [{ value: ada }], meta });
  });

  test('a group that is deleted leaves the groups around it', async () => {
    const inner = (await group('Inner')).id;
    const outer = (await group('Outer', [inner, ada])).id;
    await send({ method: 'DELETE', path: `/Groups/${inner}` });
    expect(await get(`/Groups/${outer}`)).toMatchObject({ members: [{ value: ada }], meta: { version: 'W/"2"' } });
  });
});

describe('the groups of a user', () => {
  test('come in the order of their ids, under their present names', async () => {
    const one = await user();
    const ids = await Promise.all(['x', 'y', 'z'].map(async (name) => (await group(name, [one])).id));
    await tryTo.put(ids[0] ?? '', 'renamed', membersOf(one));
    expect(await groups(one)).toEqual(inOrder(...ids));
    expect(JSON.stringify((await get(`/Users/${one}`)).groups)).toContain('renamed');
  });

  test('are shown by every answer with the user in it', async () => {
    const userName = 'everywhere@example.com';
    const one = await user({ userName });
    const { id } = await group('Everywhere', [one]);
    const shown = [{ value: id, $ref: `${BASE}/Groups/${id}`, display: 'Everywhere', type: 'direct' }];
    const path = `/Users/${one}`;
    const answers = [
      await send({ path: `/Users?filter=id%20eq%20%22${one}%22` }),
      await send({
        method: 'POST',
        path: '/Users/.search',
        body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter: `userName eq "${userName}"` },
      }),
      await send({ path: `/Users?filter=groups.value%20eq%20%22${id}%22` }),
    ].map(({ body }) => body.Resources[0]);
    const put = await send({ method: 'PUT', path, body: { schemas: [userSchema.id], userName, title: 'Dr' } });
    const patched = await send({ method: 'PATCH', path, body: { Operations: [{ op: 'add', path: 'title', value: 'Prof' }] } });
    for (const answer of [...answers, put.body, patched.body]) expect(answer).toMatchObject({ id: one, groups: shown });
    expect((await get(`${path}?attributes=groups.display`)).groups).toEqual(
      [{ value: id, display: 'Everywhere' }].map(({ display }) => ({ display })),
    );
    expect(await get(`${path}?excludedAttributes=groups`)).not.toHaveProperty('groups');
  });

  test('cannot be changed at the user', async () => {
    const one = await user({ groups: [{ value: (await group('Unasked')).id }] });
    expect(await groups(one)).toEqual([]);
    const patch = (operation: object) => send({ method: 'PATCH', path: `/Users/${one}`, body: { Operations: [operation] } });
    const other = (await group('Other')).id;
    expect(await patch({ op: 'add', path: 'groups', value: membersOf(other) })).toMatchObject({
      status: 400,
      body: { scimType: 'mutability', detail: expect.stringContaining('groups') },
    });
    expect(await patch({ op: 'add', value: { groups: membersOf(other) } })).toMatchObject({ status: 200 });
    expect(await groups(one)).toEqual([]);
    expect(await members(other)).toEqual([]);
  });
});
