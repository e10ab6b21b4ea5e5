import { beforeAll, describe, expect, test } from '@jest/globals';
import { groupSchema } from '../../lambdas/scim/schemas/group.ts';
import { groupClient, inOrder, membersOf, NOBODY } from '../support/groups.ts';
import { usersAndGroups } from '../support/resource-function.ts';

const functions = usersAndGroups();
const { send } = functions;
const { user, group, members, groups, get, tryTo, patch, patchOp } = groupClient(functions);

let ada: string;
let bob: string;
let eve: string;
beforeAll(async () => {
  [ada, bob, eve] = [await user({ displayName: 'Ada' }), await user(), await user()];
});

describe('what PATCH of a group answers (RFC 7644 section 3.5.2)', () => {
  const rename = patchOp([{ op: 'replace', value: { displayName: 'Renamed' } }]);

  test('204 without a body, and without an ETag, which would be that of no body', async () => {
    const { id } = await group('Quiet', [ada]);
    for (const body of [rename, patchOp([{ op: 'add', path: 'members', value: membersOf(bob) }]), rename]) {
      const response = await send({ method: 'PATCH', path: `/Groups/${id}`, body });
      expect([response.status, response.body, response.headers.ETag]).toEqual([204, undefined, undefined]);
    }
  });

  test('200 with what `attributes` or `excludedAttributes` ask for', async () => {
    const { id } = await group('Asked', [ada, bob]);
    const ask = (query: string) => send({ method: 'PATCH', path: `/Groups/${id}?${query}`, body: rename });
    const schemas = [groupSchema.id];
    expect(await ask('attributes=displayName')).toMatchObject({ status: 200, headers: { ETag: 'W/"2"' } });
    expect((await ask('attributes=displayName')).body).toEqual({ schemas, id, displayName: 'Renamed' });
    const less = await ask('excludedAttributes=members');
    expect(less).toMatchObject({ status: 200, body: { id, displayName: 'Renamed', meta: { version: 'W/"2"' } } });
    expect(less.body).not.toHaveProperty('members');
    const whole = await ask('attributes=members.value,members.display');
    expect(whole.body).toEqual({
      schemas,
      id,
      members: inOrder(ada, bob).map((value) => ({ value, display: value === ada ? 'Ada' : expect.any(String) })),
    });
  });

  test('400 for both of them, and nothing is done', async () => {
    const { id } = await group('Both');
    const both = await send({ method: 'PATCH', path: `/Groups/${id}?attributes=id&excludedAttributes=members`, body: rename });
    expect(both).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } });
    expect(await get(`/Groups/${id}`)).toMatchObject({ displayName: 'Both' });
  });

  test('PATCH of a user still answers 200 with the user', async () => {
    const response = await send({ method: 'PATCH', path: `/Users/${eve}`, body: patchOp([{ op: 'add', path: 'title', value: 'Dr' }]) });
    expect(response).toMatchObject({ status: 200, body: { id: eve, title: 'Dr' } });
  });
});

type People = Record<'ada' | 'bob' | 'eve', string>;

interface Shape {
  readonly name: string;
  readonly operations: (people: People) => readonly object[];
  /** Who is a member afterwards; before, Ada and Bob are. */
  readonly after: readonly (keyof People)[];
}

const shapes: readonly Shape[] = [
  { name: 'add one', operations: (of) => [{ op: 'add', path: 'members', value: membersOf(of.eve) }], after: ['ada', 'bob', 'eve'] },
  {
    name: 'add one without an array',
    operations: (of) => [{ op: 'add', path: 'members', value: { value: of.eve } }],
    after: ['ada', 'bob', 'eve'],
  },
  { name: 'add without a path', operations: (of) => [{ op: 'add', value: { members: membersOf(of.eve) } }], after: ['ada', 'bob', 'eve'] },
  { name: 'add nobody', operations: () => [{ op: 'add', path: 'members', value: [] }], after: ['ada', 'bob'] },
  {
    name: 'names in other letters',
    operations: (of) => [{ op: 'ADD', path: 'MEMBERS', value: [{ VALUE: of.eve }] }],
    after: ['ada', 'bob', 'eve'],
  },
  {
    name: 'a path with the URN of the schema',
    operations: (of) => [{ op: 'Add', path: `${groupSchema.id}:members`, value: membersOf(of.eve) }],
    after: ['ada', 'bob', 'eve'],
  },
  { name: 'remove by a filter', operations: (of) => [{ op: 'remove', path: `members[value eq "${of.ada}"]` }], after: ['bob'] },
  {
    name: 'remove by a filter with `or`',
    operations: (of) => [{ op: 'remove', path: `members[value eq "${of.ada}" or value eq "${of.bob}" or value eq "${of.eve}"]` }],
    after: [],
  },
  { name: 'remove by value', operations: (of) => [{ op: 'Remove', path: 'members', value: membersOf(of.ada, of.eve) }], after: ['bob'] },
  {
    name: 'remove by value, with null beside',
    operations: (of) => [{ op: 'remove', path: 'members', value: [{ value: of.ada, $ref: null, display: null }] }],
    after: ['bob'],
  },
  { name: 'remove nobody by value', operations: () => [{ op: 'remove', path: 'members', value: [] }], after: ['ada', 'bob'] },
  { name: 'remove all', operations: () => [{ op: 'remove', path: 'members' }], after: [] },
  { name: 'replace', operations: (of) => [{ op: 'replace', path: 'members', value: membersOf(of.bob, of.eve) }], after: ['bob', 'eve'] },
  { name: 'replace with nobody', operations: () => [{ op: 'replace', path: 'members', value: [] }], after: [] },
  {
    name: 'replace without a path',
    operations: (of) => [{ op: 'Replace', value: { id: 'x', members: membersOf(of.eve) } }],
    after: ['eve'],
  },
  { name: 'replace with nobody, without a path', operations: () => [{ op: 'replace', value: { members: [] } }], after: [] },
  { name: 'remove users by type', operations: () => [{ op: 'remove', path: 'members[type eq "User"]' }], after: [] },
  {
    name: 'remove groups by type, where there is none',
    operations: () => [{ op: 'remove', path: 'members[type eq "Group"]' }],
    after: ['ada', 'bob'],
  },
  { name: 'remove all but one', operations: (of) => [{ op: 'remove', path: `members[value ne "${of.bob}"]` }], after: ['bob'] },
  {
    name: 'a removal, then the addition of the same',
    operations: (of) => [
      { op: 'remove', path: `members[value eq "${of.ada}"]` },
      { op: 'add', path: 'members', value: membersOf(of.ada) },
    ],
    after: ['ada', 'bob'],
  },
  {
    name: 'an addition, then the removal of the same',
    operations: (of) => [
      { op: 'add', path: 'members', value: membersOf(of.eve) },
      { op: 'remove', path: 'members', value: membersOf(of.eve) },
    ],
    after: ['ada', 'bob'],
  },
  {
    name: 'replace, then add',
    operations: (of) => [
      { op: 'replace', path: 'members', value: membersOf(of.ada) },
      { op: 'add', path: 'members', value: membersOf(of.eve) },
    ],
    after: ['ada', 'eve'],
  },
  {
    name: 'a value that is replaced by another',
    operations: (of) => [{ op: 'replace', path: `members[value eq "${of.ada}"]`, value: { value: of.eve } }],
    after: ['bob', 'eve'],
  },
];

describe('shapes of PATCH', () => {
  test.each(shapes)('$name', async ({ operations, after }) => {
    const people = { ada, bob, eve };
    const { id } = await group('Shapes', [ada, bob]);
    await patch(id, ...operations(people));
    expect(await members(id)).toEqual(inOrder(...after.map((name) => people[name])));
    for (const name of ['ada', 'bob', 'eve'] as const)
      expect([name, (await groups(people[name])).includes(id)]).toEqual([name, after.includes(name)]);
  });

  test.each(shapes)('$name, together with a new name', async ({ operations, after }) => {
    const people = { ada, bob, eve };
    const { id } = await group('Together', [ada, bob]);
    await patch(id, { op: 'replace', path: 'displayName', value: 'Named anew' }, ...operations(people));
    expect(await get(`/Groups/${id}`)).toMatchObject({ displayName: 'Named anew' });
    expect(await members(id)).toEqual(inOrder(...after.map((name) => people[name])));
  });

  test.each<Shape>([
    {
      name: 'a removal by value counts whatever type is said, also behind a filter by type',
      operations: (of) => [
        { op: 'remove', path: 'members[type eq "Group"]' },
        { op: 'remove', path: 'members', value: [{ value: of.ada, type: 'Group' }] },
      ],
      after: ['bob'],
    },
    {
      name: 'who is there may be added with another type beside a filter by type',
      operations: (of) => [
        { op: 'remove', path: 'members[type eq "Group"]' },
        { op: 'add', path: 'members', value: [{ value: of.ada, type: 'Group' }] },
      ],
      after: ['ada', 'bob'],
    },
  ])('$name', async ({ operations, after }) => {
    const people = { ada, bob, eve };
    const { id } = await group('By type', [ada, bob]);
    await patch(id, ...operations(people));
    expect(await members(id)).toEqual(inOrder(...after.map((name) => people[name])));
  });

  test.each(['User', 'Group'])('who joins beside a filter by type is refused, since nobody knows its type yet: %s', async (type) => {
    const { id } = await group('By type', [ada, bob]);
    const operations = [
      { op: 'add', path: 'members', value: [{ value: eve, type }] },
      { op: 'remove', path: `members[type eq "${type}"]` },
    ];
    const response = await send({ method: 'PATCH', path: `/Groups/${id}`, body: { Operations: operations } });
    expect(response).toMatchObject({ status: 400, body: { scimType: 'invalidValue', detail: expect.stringContaining(eve) } });
    expect(await members(id)).toEqual(inOrder(ada, bob));
  });

  test('members that are groups are removed by their type, and users stay', async () => {
    const inner = (await group('Inner')).id;
    const { id } = await group('Mixed', [ada, inner]);
    await patch(id, { op: 'remove', path: 'members[type eq "Group"]' });
    expect(await members(id)).toEqual([ada]);
  });

  test('a type that is given with a removal by value does not count', async () => {
    const { id } = await group('Typed', [ada, bob]);
    await patch(id, {
      op: 'remove',
      path: 'members',
      value: [
        { value: ada, type: 'Group' },
        { value: bob, type: 'User' },
      ],
    });
    expect(await members(id)).toEqual([]);
  });

  test('a member given twice in one request is one', async () => {
    const { id } = await group('Doubled');
    await patch(
      id,
      { op: 'add', path: 'members', value: membersOf(ada, ada) },
      { op: 'add', path: 'members', value: [{ value: ada, display: 'Ada' }, { value: bob }] },
    );
    expect(await members(id)).toEqual(inOrder(ada, bob));
    await patch(id, { op: 'remove', path: 'members', value: membersOf(ada, ada) });
    expect(await members(id)).toEqual([bob]);
  });

  test('what an operation says of a member beside `value` is taken without complaint, and not kept', async () => {
    const { id } = await group('Talkative', [ada]);
    await patch(id, {
      op: 'add',
      path: 'members',
      value: [
        { value: ada, display: 'Eve', type: 'Group', $ref: 'https://elsewhere.example/1' },
        { value: bob, display: null, type: null, $ref: null },
      ],
    });
    expect(JSON.stringify(await get(`/Groups/${id}`))).not.toMatch(/Eve|elsewhere|"type":"Group"/);
    expect(await members(id)).toEqual(inOrder(ada, bob));
  });

  test('nor is an address that is given to one who is there', async () => {
    const { id } = await group('Addressed', [ada]);
    await patch(id, { op: 'replace', path: `members[value eq "${ada}"].$ref`, value: 'https://elsewhere.example/1' });
    const { body, headers } = await send({ path: `/Groups/${id}` });
    expect(JSON.stringify(body)).not.toContain('elsewhere');
    expect(headers.ETag).toBe('W/"1"');
  });

  test('read-only attributes in a value without a path are ignored', async () => {
    const { id } = await group('Echo', [ada]);
    const value = { schemas: ['urn:x'], id: NOBODY, meta: { version: 'W/"7"' }, groups: [{ value: NOBODY }], displayName: 'Echoed' };
    await patch(id, { op: 'replace', value });
    expect(await get(`/Groups/${id}`)).toMatchObject({ id, displayName: 'Echoed', meta: { version: 'W/"2"' } });
  });
});

describe('refused, with an error that names the attribute; nothing of the request is done', () => {
  test.each([
    { operation: { op: 'remove', path: 'displayName' }, scimType: expect.stringMatching('mutability|invalidValue'), names: 'displayName' },
    { operation: { op: 'replace', path: 'displayName', value: '' }, scimType: expect.any(String), names: 'displayName' },
    { operation: { op: 'replace', path: 'displayName', value: ['x'] }, scimType: 'invalidValue', names: 'displayName' },
    { operation: { op: 'replace', path: 'id', value: NOBODY }, scimType: 'mutability', names: 'id' },
    { operation: { op: 'replace', path: 'meta.version', value: 'x' }, scimType: 'mutability', names: 'meta' },
    { operation: { op: 'add', path: 'colour', value: 'red' }, scimType: 'invalidPath', names: 'colour' },
    { operation: { op: 'add', path: 'members.colour', value: 'red' }, scimType: 'invalidPath', names: 'members.colour' },
    { operation: { op: 'add', path: 'members[colour eq "red"]', value: { value: 'x' } }, scimType: 'invalidFilter', names: 'colour' },
    { operation: { op: 'add', path: 'members' }, scimType: 'invalidValue', names: 'members' },
    { operation: { op: 'add', path: 'members', value: 'x' }, scimType: 'invalidValue', names: 'members' },
    { operation: { op: 'add', path: 'members', value: 7 }, scimType: 'invalidValue', names: 'members' },
    { operation: { op: 'remove', path: 'members[value eq]' }, scimType: 'invalidPath', names: 'members' },
    {
      operation: { op: 'replace', path: `members[value eq "${NOBODY}"]`, value: { value: NOBODY } },
      scimType: 'noTarget',
      names: 'members',
    },
    { operation: { op: 'replace', path: 'members[value eq "ADA"].display', value: 'Eve' }, scimType: 'mutability', names: 'members' },
    { operation: { op: 'replace', path: 'members[value eq "ADA"].type', value: 'Group' }, scimType: 'mutability', names: 'members' },
    { operation: { op: 'replace', path: 'members[value eq "ADA"].value', value: 'BOB' }, scimType: 'mutability', names: 'members' },
    { operation: { op: 'remove', path: 'members[value eq "ADA"].value' }, scimType: 'mutability', names: 'members' },
    { operation: { op: 'remove', path: 'members.type' }, scimType: 'mutability', names: 'members' },
  ])('$operation', async ({ operation, scimType, names }) => {
    const { id, meta } = await group('Refusing', [ada]);
    const meant = JSON.parse(JSON.stringify(operation).replaceAll('ADA', ada).replaceAll('BOB', bob));
    const response = await tryTo.patch(id, { op: 'add', path: 'members', value: membersOf(eve) }, meant);
    expect(response).toMatchObject({ status: 400, body: { status: '400', scimType, detail: expect.stringContaining(names) } });
    expect(await get(`/Groups/${id}`)).toMatchObject({ displayName: 'Refusing', members: [{ value: ada }], meta });
  });
});
