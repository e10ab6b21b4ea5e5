import { describe, expect, test } from '@jest/globals';
import { group, groupSchema } from '../../lambdas/scim/schemas/group.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../lambdas/scim/schemas/settings.ts';
import type { TestResponse } from '../support/events.ts';
import { resourceFunction } from '../support/resource-function.ts';

/*
 * A directory whose groups have names of their own, and one whose groups need not.
 */

const { table, send } = resourceFunction(group);

/** The groups of one directory, whose authorizer tells these settings. */
const groupsOf = (directory: string, settings?: Partial<Settings>) => {
  const sender =
    (method: string) =>
    (path: string, body?: object): Promise<TestResponse> =>
      send({ method, path: `/Groups${path}`, directory, ...(settings && { settings }), ...(body && { body }) });
  const named = (displayName: string) => ({ schemas: [groupSchema.id], displayName });
  return {
    post: (displayName: string) => sender('POST')('', named(displayName)),
    put: (id: string, displayName: string) => sender('PUT')(`/${id}`, named(displayName)),
    patch: (id: string, displayName: string) =>
      sender('PATCH')(`/${id}`, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', path: 'displayName', value: displayName }],
      }),
    remove: (id: string) => sender('DELETE')(`/${id}`),
    nameOf: async (id: string) => (await sender('GET')(`/${id}`)).body.displayName,
    find: async (displayName: string) => {
      const { body } = await sender('GET')(`?excludedAttributes=members&filter=${encodeURIComponent(`displayName eq "${displayName}"`)}`);
      return body.Resources.map((resource) => (resource as { id: string }).id);
    },
  };
};

const unique = groupsOf('unique', { uniqueGroupNames: true });
const TAKEN = { status: 409, body: { scimType: 'uniqueness', detail: 'displayName is already in use' } };

const CHANGES = [
  { by: 'PUT', change: 'put' },
  { by: 'PATCH', change: 'patch' },
] as const;

describe('in a directory with uniqueGroupNames', () => {
  test("the name of a group, however it is written, is nobody else's", async () => {
    const { body } = await unique.post('Café Staff');
    expect(await unique.post('CAFE\u0301 staff')).toMatchObject(TAKEN);
    expect(await unique.find('café staff')).toEqual([body.id]);
  });

  test.each(CHANGES)('a $by does not give a group the name of another one', async ({ by, change }) => {
    await unique.post(`${by} one`);
    const { body } = await unique.post(`${by} two`);
    expect(await unique[change](body.id, `${by} ONE`)).toMatchObject(TAKEN);
    expect(await unique.nameOf(body.id)).toBe(`${by} two`);
  });

  test.each(CHANGES)('a $by may write the name of its own group in another case', async ({ by, change }) => {
    const { body } = await unique.post(`${by} own`);
    expect((await unique[change](body.id, `${by} OWN`)).status).toBeLessThan(300);
    expect(await unique.nameOf(body.id)).toBe(`${by} OWN`);
    expect(await unique.find(`${by} own`)).toEqual([body.id]);
    expect(await unique.post(`${by} Own`)).toMatchObject(TAKEN);
  });

  test.each(CHANGES)('what a group was called before a $by is free again', async ({ by, change }) => {
    const { body } = await unique.post(`${by} before`);
    expect((await unique[change](body.id, `${by} after`)).status).toBeLessThan(300);
    expect((await unique.post(`${by} before`)).status).toBe(201);
    expect(await unique.find(`${by} after`)).toEqual([body.id]);
  });

  test('the name of a group that was deleted is free again', async () => {
    const { body } = await unique.post('Short-lived');
    expect((await unique.remove(body.id)).status).toBe(204);
    expect(await unique.find('Short-lived')).toEqual([]);
    expect((await unique.post('short-lived')).status).toBe(201);
  });

  test('of twenty who create a group of one name at once, one does', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => unique.post(i % 2 === 0 ? 'Rush' : 'RUSH')));
    const [winner, ...others] = answers.sort((a, b) => a.status - b.status);
    expect(winner?.status).toBe(201);
    for (const answer of others) expect(answer).toMatchObject(TAKEN);
    expect(await unique.find('rush')).toEqual([winner?.body.id]);
  });

  test('names of another such directory are none of its own', async () => {
    const other = groupsOf('unique-too', { uniqueGroupNames: true });
    expect((await unique.post('Everyone')).status).toBe(201);
    expect((await other.post('Everyone')).status).toBe(201);
  });
});

describe.each([
  { name: 'says no', directory: 'shared', settings: DEFAULT_SETTINGS },
  { name: 'is not told', directory: 'silent', settings: undefined },
])('in a directory whose setting $name', ({ directory, settings }) => {
  const shared = groupsOf(directory, settings);

  test('two groups may have one name, and both are found by it', async () => {
    const twins = [(await shared.post('Twins')).body.id, (await shared.post('TWINS')).body.id];
    expect((await shared.find('twins')).sort()).toEqual(twins.sort());
  });

  test.each(CHANGES)('a $by may give a group the name of another one', async ({ by, change }) => {
    await shared.post(`${by} one`);
    const { body } = await shared.post(`${by} two`);
    expect((await shared[change](body.id, `${by} ONE`)).status).toBeLessThan(300);
    expect(await shared.find(`${by} one`)).toHaveLength(2);
  });
});

test.each([
  { directory: 'unique-lookup', settings: { uniqueGroupNames: true }, requests: 2 },
  // A page that may have another one behind it looks for bookmarks, beside what else it reads.
  { directory: 'shared-lookup', settings: { uniqueGroupNames: false }, requests: 3 },
])('a group is found by its name in 2 round trips: $settings', async ({ directory, settings, requests }) => {
  const groups = groupsOf(directory, settings);
  await groups.post('Found');
  const finding = async () => expect(await groups.find('FOUND')).toHaveLength(1);
  await expect(table().measure(finding)).resolves.toEqual({ requests, depth: 2 });
});
