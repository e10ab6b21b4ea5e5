import { beforeAll, describe, expect, test } from '@jest/globals';
import { resourceRoutes } from '../../lambdas/http/resource-routes.ts';
import { scimHandler } from '../../lambdas/http/scim-handler.ts';
import { groupSchema, group as groupType } from '../../lambdas/scim/schemas/group.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import { call } from '../support/events.ts';
import { groupClient, inOrder, membersOf } from '../support/groups.ts';
import { type LogLine, listenToLog } from '../support/log-lines.ts';
import { usersAndGroups } from '../support/resource-function.ts';
import { storedOf } from '../support/resources.ts';

const functions = usersAndGroups();
const { table, send } = functions;
const { user, group, get, find, patch } = groupClient(functions);

const schemas = [groupSchema.id];
const BASE = 'http://scim.example/acme/scim/v2';
const SEARCH_REQUEST = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
const search = async (message: object) =>
  (await send({ method: 'POST', path: '/Groups/.search', body: { schemas: [SEARCH_REQUEST], ...message } })).body;

const by = (filter: string, more = '') => find(`filter=${encodeURIComponent(filter)}${more}`);

let ada: string;
let bob: string;
let inner: string;
let guides: string;
let pilots: string;
beforeAll(async () => {
  [ada, bob] = [await user({ displayName: 'Ada' }), await user()];
  inner = (await group('inner circle', [bob])).id;
  guides = (await group('Guides', [ada, inner], { externalId: 'Ext-1' })).id;
  pilots = (await group('Pilots', [], { externalId: 'ext-1' })).id;
});

/** What is found by a filter in which names in braces stand for ids. */
async function requireFound({ filter, found }: { filter: string; found: readonly string[] }) {
  const ids: Readonly<Record<string, string>> = { ada, bob, inner, guides, pilots };
  const meant = filter.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '');
  const expected = inOrder(...found.map((name) => ids[name] ?? ''));
  expect(await by(meant)).toEqual(expected);
  expect(await by(meant, '&excludedAttributes=members')).toEqual(expected);
  expect((await search({ filter: meant, count: 10 })).totalResults).toBe(found.length);
}

describe('filters', () => {
  test.each([
    { filter: 'displayName eq "Guides"', found: ['guides'] },
    { filter: 'displayName eq "gUIDES"', found: ['guides'] },
    { filter: 'DISPLAYNAME EQ "pilots"', found: ['pilots'] },
    { filter: 'displayName eq "Guide"', found: [] },
    { filter: 'displayName sw "gui"', found: ['guides'] },
    { filter: 'displayName co "UIDE" or displayName ew "circle"', found: ['guides', 'inner'] },
    { filter: 'externalId eq "Ext-1"', found: ['guides'] },
    { filter: 'externalId pr and displayName sw "p"', found: ['pilots'] },
    { filter: 'id eq "{pilots}"', found: ['pilots'] },
    { filter: 'id eq "{ada}"', found: [] },
  ])('$filter', requireFound);

  test('a group is found as it is after a change', async () => {
    const { id } = await group('Moving', [ada], { externalId: 'm1' });
    await patch(id, { op: 'replace', value: { displayName: 'Moved', externalId: 'm2', members: [] } });
    for (const filter of ['displayName eq "Moving"', 'externalId eq "m1"']) expect([filter, await by(filter)]).toEqual([filter, []]);
    const filters = ['displayName eq "moved"', 'externalId eq "m2"'];
    for (const filter of filters) expect([filter, await by(filter)]).toEqual([filter, [id]]);
    await send({ method: 'DELETE', path: `/Groups/${id}` });
    for (const filter of filters) expect([filter, await by(filter)]).toEqual([filter, []]);
  });

  test.each([
    { filter: 'colour eq "red"', detail: 'colour' },
    { filter: 'members.colour eq "red"', detail: 'members.colour' },
    { filter: 'displayName eq', detail: 'position' },
    { filter: 'members[value eq "x"', detail: 'position' },
  ])('$filter is 400 invalidFilter, and says what is wrong', async ({ filter, detail }) => {
    const response = await send({ path: `/Groups?filter=${encodeURIComponent(filter)}` });
    expect(response).toMatchObject({ status: 400, body: { scimType: 'invalidFilter', detail: expect.stringContaining(detail) } });
  });
});

describe('filters by members', () => {
  test.each([
    { filter: 'members.value eq "{ada}"', found: ['guides'] },
    { filter: 'members[value eq "{ada}"]', found: ['guides'] },
    { filter: 'members eq "{ada}"', found: ['guides'] },
    { filter: 'members.value eq "{inner}"', found: ['guides'] },
    { filter: 'members.value eq "{bob}"', found: ['inner'] },
    { filter: 'members.value eq "26118915-6090-4610-87e4-49d8ca9f808d"', found: [] },
    { filter: 'members.value eq "nobody"', found: [] },
    { filter: 'members.value eq "{ada}" or members.value eq "{bob}"', found: ['guides', 'inner'] },
    { filter: 'members.value eq "{ada}" and displayName eq "guides"', found: ['guides'] },
    { filter: 'members.value eq "{ada}" and displayName eq "pilots"', found: [] },
    { filter: 'id eq "{guides}" and members.value eq "{ada}"', found: ['guides'] },
    { filter: 'id eq "{guides}" and members.value eq "{bob}"', found: [] },
    { filter: 'displayName eq "guides" or members.value eq "{bob}"', found: ['guides', 'inner'] },
  ])('$filter', requireFound);

  test('follow what joins and leaves', async () => {
    const [before, after] = [await user(), await user()];
    const { id } = await group('Followed', [before]);
    await patch(id, { op: 'replace', path: 'members', value: membersOf(after) });
    expect([await by(`members.value eq "${before}"`), await by(`members.value eq "${after}"`)]).toEqual([[], [id]]);
    await send({ method: 'DELETE', path: `/Groups/${id}` });
    expect(await by(`members.value eq "${after}"`)).toEqual([]);
  });
});

describe('lists', () => {
  const directory = 'lists';
  const list = async (query: string) => (await send({ path: `/Groups?${query}`, directory })).body;
  const names = ({ Resources }: { Resources: readonly unknown[] }) => Resources.map((one) => (one as { displayName: string }).displayName);
  beforeAll(async () => {
    for (const displayName of ['b', 'C', 'a', 'd'])
      await send({ method: 'POST', path: '/Groups', directory, body: { schemas, displayName, externalId: displayName } });
  });

  test.each([
    { query: '', totalResults: 4, startIndex: 1, itemsPerPage: 4 },
    { query: 'startIndex=1&count=100', totalResults: 4, startIndex: 1, itemsPerPage: 4 },
    { query: 'startIndex=2&count=2', totalResults: 4, startIndex: 2, itemsPerPage: 2 },
    { query: 'startIndex=9', totalResults: 4, startIndex: 9, itemsPerPage: 0 },
    { query: 'count=0', totalResults: 4, startIndex: 1, itemsPerPage: 0 },
    { query: 'count=-1', totalResults: 4, startIndex: 1, itemsPerPage: 0 },
    { query: 'startIndex=-1&count=3', totalResults: 4, startIndex: 1, itemsPerPage: 3 },
  ])('?$query', async ({ query, totalResults, startIndex, itemsPerPage }) => {
    const body = await list(query);
    expect(body).toMatchObject({ totalResults, startIndex, itemsPerPage });
    expect(body.Resources).toHaveLength(itemsPerPage);
  });

  test('are sorted by displayName, without letter case', async () => {
    expect(names(await list('sortBy=displayName'))).toEqual(['a', 'b', 'C', 'd']);
    expect(names(await list('sortBy=displayName&sortOrder=descending&startIndex=2&count=2'))).toEqual(['C', 'b']);
    const message = { schemas: [SEARCH_REQUEST], sortBy: 'displayName', filter: 'displayName ne "b"', attributes: ['displayName'] };
    const { body } = await send({ method: 'POST', path: '/Groups/.search', directory, body: message });
    expect(names(body)).toEqual(['a', 'C', 'd']);
  });

  test('of users and of groups are told apart', async () => {
    await send({
      method: 'POST',
      path: '/Users',
      directory,
      body: { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'a' },
    });
    expect((await list('')).totalResults).toBe(4);
    expect((await send({ path: '/Users', directory })).body.totalResults).toBe(1);
  });
});

describe('projection', () => {
  const shown = async (query: string) => await get(`/Groups/${guides}?${query}`);
  const refs = () =>
    [
      { value: ada, $ref: `${BASE}/Users/${ada}`, type: 'User', display: 'Ada' },
      { value: inner, $ref: `${BASE}/Groups/${inner}`, type: 'Group', display: 'inner circle' },
    ].sort((a, b) => (a.value < b.value ? -1 : 1));

  test('of the members, and of parts of them', async () => {
    const { id } = await shown('');
    expect(await shown('attributes=members')).toEqual({ schemas, id, members: refs() });
    expect(await shown('attributes=members.value')).toEqual({ schemas, id, members: refs().map(({ value }) => ({ value })) });
    expect(await shown('attributes=MEMBERS.DISPLAY')).toEqual({ schemas, id, members: refs().map(({ display }) => ({ display })) });
    expect(await shown(`attributes=${groupSchema.id}:members.type`)).toMatchObject({ members: refs().map(({ type }) => ({ type })) });
    expect((await shown('excludedAttributes=members.$ref,members.display')).members).toEqual(
      refs().map(({ value, type }) => ({ value, type })),
    );
  });

  test.each(['attributes=displayName', 'excludedAttributes=members', `excludedAttributes=${groupSchema.id}:members`])(
    '?%s leaves them out, in answers with one and with many',
    async (query) => {
      expect(await shown(query)).toMatchObject({ displayName: 'Guides' });
      expect(await shown(query)).not.toHaveProperty('members');
      expect(JSON.stringify(await get(`/Groups?${query}`))).not.toContain('"members"');
      const [name = '', value = ''] = query.split('=');
      expect(JSON.stringify(await search({ [name]: [value] }))).not.toContain('"members"');
    },
  );

  test('members that are not shown are not read either', async () => {
    const lines: LogLine[] = [];
    const listening = listenToLog((line) => void lines.push(line));
    await shown('excludedAttributes=members');
    await shown('attributes=displayName,externalId');
    listening.mockRestore();
    expect(lines).toMatchObject([{ StoreCalls: 1 }, { StoreCalls: 1 }]);
  });
});

describe('names of members', () => {
  const people: string[] = [];
  const displays = (members: unknown) => (members as { display?: string }[]).filter(({ display }) => display !== undefined).length;
  beforeAll(async () => {
    for (let i = 0; i < 101; i++) people.push(await user({ displayName: `Person ${i}` }));
  });

  test('come with up to 100 of them, and beyond that `value`, `$ref` and `type` alone', async () => {
    const { id, members } = await group('Hundred', people.slice(0, 100));
    expect(displays(members)).toBe(100);
    await patch(id, { op: 'add', path: 'members', value: membersOf(people[100] ?? '') });
    const more = (await get(`/Groups/${id}`)).members as { value: string }[];
    expect(more).toEqual(inOrder(...people).map((value) => ({ value, $ref: `${BASE}/Users/${value}`, type: 'User' })));
    await patch(id, { op: 'remove', path: 'members', value: membersOf(people[0] ?? '') });
    expect(displays((await get(`/Groups/${id}`)).members)).toBe(100);
  });

  test.each([
    { size: 20_000, shown: ['value', '$ref', 'type'] },
    { size: 20_001, shown: ['value'] },
  ])('and of $size members $shown are shown', async ({ size, shown }) => {
    const many = Array.from({ length: size }, (_, n) => ({ id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`, type: 'User' }));
    const stored = { ...storedOf({ displayName: 'Huge' }), size };
    const store = { ...dynamoStore(table()), get: async () => stored, getAllMembers: async () => [{ stored, members: many }] };
    const { status, body } = await call(scimHandler(resourceRoutes(groupType, store)), { path: '/Groups/1' });
    expect([status, (body.members as object[]).length]).toEqual([200, size]);
    expect(Object.keys((body.members as object[]).at(-1) ?? {})).toEqual(shown);
  });

  test('in a list count together', async () => {
    await group('Half', people.slice(0, 50), { externalId: 'half' });
    const other = (await group('Half', people.slice(50, 100), { externalId: 'half' })).id;
    const counts = async () =>
      (await get('/Groups?filter=externalId%20eq%20%22half%22')).Resources.map((one) => displays((one as { members: unknown }).members));
    expect(await counts()).toEqual([50, 50]);
    await patch(other, { op: 'add', path: 'members', value: membersOf(people[0] ?? '') });
    expect(await counts()).toEqual([0, 0]);
  });
});
