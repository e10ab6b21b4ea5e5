import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { create, type Directory, search } from '../../lambdas/directory/operations.ts';
import type { Member } from '../../lambdas/directory/store.ts';
import { parseFilter } from '../../lambdas/scim/filter/parse.ts';
import { group, groupSchema } from '../../lambdas/scim/schemas/group.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import type { SearchLimits } from '../../lambdas/store/budget.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { giveMembers, putGroupId, putRow, putSize } from '../support/memberships.ts';
import { type Kin, randomFilters } from '../support/related-filters.ts';
import { directoryOn, givingId, type TestTable, testTable } from '../support/test-table.ts';

const idOf = (prefix: string, n: number) => `${prefix}${n}000000-0000-4000-8000-000000000000`;
const USERS = [1, 2, 3, 4].map((n) => idOf('a', n));
const GROUPS = [1, 2, 3, 4, 5, 6].map((n) => idOf('b', n));
const [ADA = '', GRACE = '', BARBARA = '', LONER = ''] = USERS;
const [STAFF = '', SALES = '', LARGE = '', NESTED = '', EMPTY = '', LEFT = ''] = GROUPS;
const GONE = idOf('c', 1);
const STRANGER = idOf('d', 1);

const userMember = (id: string): Member => ({ id, type: 'User' });
const groupMember = (id: string): Member => ({ id, type: 'Group' });

const MEMBERS: Readonly<Record<string, readonly Member[]>> = {
  [STAFF]: [ADA, GRACE, BARBARA].map(userMember),
  [SALES]: [userMember(GRACE), groupMember(NESTED)],
  [LARGE]: [ADA, BARBARA].map(userMember),
  [NESTED]: [groupMember(STAFF)],
  [EMPTY]: [],
  [LEFT]: [],
};
const nameOf = (id: string) => (Number(id[1]) % 2 === 0 ? 'Team' : 'Crew');

const newGroup = (directory: Directory, id: string) =>
  create(givingId(directory, id), group, { schemas: [groupSchema.id], displayName: nameOf(id) });
const newUser = (directory: Directory, id: string) =>
  create(givingId(directory, id), user, { schemas: [userSchema.id], userName: id, displayName: nameOf(id) });

const foundIn = async (directory: Directory, type: ResourceType, text: string) => {
  const page = await search(directory, type, { startIndex: 1, count: 100 }, { filter: parseFilter(text) });
  expect(page.totalResults).toBe(page.resources.length);
  return page.resources.map(({ id }) => id);
};

describe('whatever a filter says of members and of groups, it finds what a model finds', () => {
  let table: TestTable;
  beforeAll(async () => {
    table = await testTable();
    const [acme, other] = [directoryOn(table), directoryOn(table, 'acmea')];
    for (const id of USERS) await newUser(acme, id);
    for (const id of GROUPS) await newGroup(acme, id);
    for (const [id, members] of Object.entries(MEMBERS)) await giveMembers(table, 'acme', id, members, id === LARGE ? 16 : 1);
    // What a group that is gone has left, until it is swept.
    for (const id of [ADA, LONER]) {
      await putRow(table, 'acme', GONE, userMember(id));
      await putGroupId(table, 'acme', GONE, userMember(id));
    }
    // Another directory has a group and members with the ids of this one's.
    await newUser(other, STRANGER);
    await newUser(other, LONER);
    await newGroup(other, EMPTY);
    await giveMembers(table, 'acmea', EMPTY, [STRANGER, LONER].map(userMember));
  });
  afterAll(async () => table[Symbol.asyncDispose]());

  const groups = GROUPS.map((id): Kin & { id: string } => {
    return { id, name: nameOf(id), related: (MEMBERS[id] ?? []).map((member) => ({ value: member.id, type: member.type })) };
  });
  const groupsOf = (id: string) => GROUPS.filter((one) => MEMBERS[one]?.some((member) => member.id === id));
  const users = USERS.map((id): Kin & { id: string } => {
    return { id, name: nameOf(id), related: groupsOf(id).map((value) => ({ value, type: 'direct' })) };
  });

  test.each([
    {
      type: group,
      model: groups,
      filters: randomFilters('members', [ADA, BARBARA, LONER, STAFF, NESTED, GONE, STRANGER, 'none'], ['User', 'Group']),
    },
    { type: user, model: users, filters: randomFilters('groups', [STAFF, SALES, LARGE, EMPTY, GONE, 'none'], ['direct', 'indirect']) },
  ])('$type.name', async ({ type, model, filters }) => {
    const acme = directoryOn(table);
    const property = fc.asyncProperty(filters, async ({ text, holds }) => {
      expect(await foundIn({ ...acme, deadline: Date.now() + 30_000 }, type, text)).toEqual(model.filter(holds).map(({ id }) => id));
    });
    await fc.assert(property, { seed: 7644, numRuns: 100, endOnFailure: true });
  });

  test.each([
    { type: group, text: `members.value eq "${BARBARA}"`, expected: [STAFF, LARGE] },
    { type: group, text: `members[type eq "User"].value eq "${BARBARA}"`, expected: [STAFF, LARGE] },
    { type: group, text: `members[value eq "${BARBARA}" and type eq "Group"]`, expected: [] },
    { type: group, text: `members[value eq "${STAFF}" and type eq "Group"]`, expected: [NESTED] },
    { type: group, text: `members[value eq "${STAFF}" and type eq "User"]`, expected: [] },
    { type: group, text: `members eq "${GRACE}" and members eq "${NESTED}"`, expected: [SALES] },
    { type: group, text: `members eq "${GRACE}" and not (members eq "${NESTED}")`, expected: [STAFF] },
    { type: group, text: `id eq "${LARGE}" and members eq "${ADA}"`, expected: [LARGE] },
    { type: group, text: `members eq "${LONER}" or members eq "${GONE}"`, expected: [] },
    { type: group, text: `members eq "${STRANGER}" or members eq "none" or members eq "${ADA.toUpperCase()}"`, expected: [] },
    { type: group, text: 'members[type eq "Group"]', expected: [SALES, NESTED] },
    { type: group, text: 'not (members pr)', expected: [EMPTY, LEFT] },
    { type: user, text: `groups[type eq "direct"].value eq "${LARGE}"`, expected: [ADA, BARBARA] },
    { type: user, text: `groups[type eq "indirect"].value eq "${LARGE}"`, expected: [] },
    { type: user, text: `groups.value eq "${GONE}"`, expected: [] },
    { type: user, text: `userName eq "${ADA}" and groups eq "${GONE}"`, expected: [] },
    { type: user, text: 'groups.type eq "direct"', expected: [ADA, GRACE, BARBARA] },
    { type: user, text: 'groups eq null', expected: [LONER] },
  ])('$type.name: $text', async ({ type, text, expected }) => {
    expect(await foundIn(directoryOn(table), type, text)).toEqual(expected);
  });
});

let table: TestTable;
let acme: Directory;
eachOnFreshTable((fresh) => {
  table = fresh;
  acme = directoryOn(table);
});

/** As many users as that, and a group with all of them. */
async function groupOf(count: number): Promise<void> {
  const ids = Array.from({ length: count }, (_, n) => idOf('a', n));
  for (const id of ids) await newUser(acme, id);
  await newGroup(acme, STAFF);
  await giveMembers(table, 'acme', STAFF, ids.map(userMember));
}

describe('a search for what a filter says of members', () => {
  const limited = (limits: Partial<SearchLimits>, text: string) => foundIn({ ...acme, store: dynamoStore(table, limits) }, group, text);
  const refused = {
    status: 400,
    scimType: 'tooMany',
    message:
      'the search needs more than 5 resources to be read: compare one of id, displayName, externalId, members.value with eq in a filter',
  };

  test('is answered where the groups and all of their members are no more than it may read', async () => {
    await groupOf(4);
    await expect(limited({ resources: 5 }, 'members[type eq "User"]')).resolves.toEqual([STAFF]);
  });

  test.each(['members[type eq "User"]', 'displayName eq "Crew" and members pr'])(
    'is refused where they are more, and no member is read: %s',
    async (text) => {
      await groupOf(5);
      const sent = await table.sentBy(() => expect(limited({ resources: 5 }, text)).rejects.toMatchObject(refused));
      expect(JSON.stringify(sent)).not.toContain('#members#');
    },
  );

  test('is refused where there turn out to be more than the group says', async () => {
    await groupOf(5);
    await putSize(table, 'acme', STAFF, 1);
    await expect(limited({ resources: 5 }, 'members pr')).rejects.toMatchObject(refused);
  });

  test('counts those alone that it names', async () => {
    await groupOf(5);
    const named = (count: number) => Array.from({ length: count }, (_, n) => `members.value eq "${idOf('a', n)}"`).join(' and ');
    await expect(limited({ resources: 5 }, named(4))).resolves.toEqual([STAFF]);
    await expect(limited({ resources: 5 }, named(5))).rejects.toMatchObject(refused);
  });

  test('reads the rows of those alone that it names', async () => {
    await groupOf(3);
    const sent = await table.sentBy(() => foundIn(acme, group, `members.value eq "${ADA}" and not (members.value eq "${GONE}")`));
    const asked = JSON.stringify(sent).match(/#members#[^}]*/g);
    expect(asked).toHaveLength(2);
  });

  test('ends, with no answer that is half right, where its time is over', async () => {
    await groupOf(2);
    await expect(limited({ ms: 0 }, `members.value eq "${ADA}"`)).rejects.toMatchObject({ scimType: 'tooMany' });
  });

  test('is left to the version that knows the member, where that is a newer one', async () => {
    await groupOf(2);
    const { pk, sk, ...member } = (await table.items()).find((item) => item.sk === idOf('a', 1) && 'body' in item) ?? { pk: '', sk: '' };
    await table.client.send(new PutCommand({ TableName: table.name, Item: { ...member, pk, sk, format: 2 } }));
    await expect(foundIn(acme, group, `members.value eq "${idOf('a', 1)}"`)).rejects.toMatchObject({ status: 503 });
  });
});

describe('a search for what a filter says of groups', () => {
  test('looks for each group once, however many users are in it, and counts it once', async () => {
    await groupOf(5);
    const directory = { ...acme, store: dynamoStore(table, { resources: 6 }) };
    const sent = await table.sentBy(async () => {
      expect(await foundIn(directory, user, 'groups.type eq "direct"')).toHaveLength(5);
    });
    expect(sent.filter(({ command }) => command === 'BatchGetItem')).toHaveLength(1);
    const tight = { ...acme, store: dynamoStore(table, { resources: 5 }) };
    await expect(foundIn(tight, user, 'groups pr')).rejects.toMatchObject({ scimType: 'tooMany' });
  });
});

describe('what is joined when an answer is made', () => {
  test.each([
    { type: group, text: 'members.display eq "Ada"', says: 'members.display: joined when an answer is made' },
    { type: group, text: 'displayName pr or members[$ref co "Users"]', says: 'members.$ref: joined when an answer is made' },
    { type: user, text: 'groups.$ref pr', says: 'groups.$ref: joined when an answer is made' },
    { type: user, text: `groups.display eq "x" and userName eq "x"`, says: 'groups.display: joined when an answer is made' },
  ])('is compared by no filter, which is told what to compare: $text', async ({ type, text, says }) => {
    await expect(foundIn(acme, type, text)).rejects.toMatchObject({
      status: 400,
      scimType: 'invalidFilter',
      message: expect.stringMatching(new RegExp(`${says.replace('$', '\\$')}.*: expected ${type.members ?? type.memberOf}.value$`)),
    });
  });
});
