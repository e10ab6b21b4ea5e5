import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { create, type Directory, get, patch, remove, replace, search } from '../../lambdas/directory/operations.ts';
import type { Scope, Store } from '../../lambdas/directory/store.ts';
import { parseFilter } from '../../lambdas/scim/filter/parse.ts';
import type { StoredResource } from '../../lambdas/scim/resource.ts';
import { entitlement } from '../../lambdas/scim/schemas/entitlement.ts';
import { group, groupSchema } from '../../lambdas/scim/schemas/group.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { dynamoStore, storeFromEnvironment } from '../../lambdas/store/dynamo-store.ts';
import { tokenUseKey } from '../../lambdas/store/keys.ts';
import { notingTokenUse, readTokenUses } from '../../lambdas/store/token-use.ts';
import { repair } from '../../lambdas/store/upkeep/repair.ts';
import { LOCAL_CREDENTIALS } from '../../lib/local/table.ts';
import { hold, throttle } from '../support/disturbances.ts';
import { serviceError } from '../support/dynamodb-rules.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import type { SentRequest } from '../support/strict-dynamodb.ts';
import { directoryOn, scopeOf, type TestTable } from '../support/test-table.ts';

const HOUR = 60 * 60 * 1_000;
/** The hour is the real one: to a failure that comes with another, the SDK answers by putting its clock right and trying again. */
const START = Math.floor(Date.now() / 1_000) * 1_000;
const ISO = (after: number) => new Date(START + after).toISOString();

let table: TestTable;
let lines: unknown[];
eachOnFreshTable((fresh) => {
  table = fresh;
});
const at = (after: number) => void jest.spyOn(Date, 'now').mockReturnValue(START + after);
beforeEach(() => {
  at(0);
  lines = [];
  jest.spyOn(console, 'warn').mockImplementation((line: unknown) => void lines.push(line));
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** The store of one environment of a function. */
const environment = () => notingTokenUse(dynamoStore(table), table);
/** A request that comes with a token. */
const by = (store: Store, credential = 'token-1', directory = 'acme'): Directory => ({
  ...directoryOn(table, directory),
  credential,
  store,
});
const use = (store: Store, credential?: string, directory?: string) =>
  get(by(store, credential, directory), user, randomUUID()).catch(() => {});
const isNote = ({ command, input }: SentRequest) => command === 'PutItem' && input.Item?.pk?.S?.endsWith('#token') === true;
const notesSentBy = async (act: () => Promise<unknown>) => (await table.sentBy(act)).filter(isNote).length;
const uses = async (directory = 'acme') => Object.fromEntries(await readTokenUses(table, scopeOf(directory)));

const ada = { schemas: [userSchema.id], userName: 'ada' };

describe('the last use of a token', () => {
  test('is noted with its first request, for the directory of the token alone', async () => {
    await use(environment());
    expect(await table.items()).toEqual([
      { ...tokenUseKey('acme', 'token-1'), lastUsedAt: ISO(0), expires: START / 1_000 + 400 * 24 * 3_600, format: 1 },
    ]);
    expect(await uses()).toEqual({ 'token-1': ISO(0) });
    expect(await uses('acme-2')).toEqual({});
  });

  test('is noted once an hour, whatever the requests ask', async () => {
    const store = environment();
    const sent = [];
    for (const after of [0, 1, HOUR - 1, HOUR, HOUR + 1, 2 * HOUR]) {
      at(after);
      sent.push(await notesSentBy(async () => Promise.all([use(store), use(store)])));
    }
    expect(sent).toEqual([1, 0, 0, 1, 0, 1]);
    expect(await uses()).toEqual({ 'token-1': ISO(2 * HOUR) });
  });

  test('is noted for each token, also where two directories have one of the same id', async () => {
    const store = environment();
    await use(store);
    at(1);
    await use(store, 'token-2');
    await use(store, 'token-1', 'globex');
    expect(await uses()).toEqual({ 'token-1': ISO(0), 'token-2': ISO(1) });
    expect(await uses('globex')).toEqual({ 'token-1': ISO(1) });
  });

  test('is left as another environment has noted it less than an hour ago, and noted anew an hour after that', async () => {
    const [first, second] = [environment(), environment()];
    at(1 - HOUR);
    await use(first);
    const seen = [];
    for (const after of [0, 0, 1]) {
      at(after);
      seen.push({ sent: await notesSentBy(() => use(second)), uses: await uses() });
    }
    expect(seen).toEqual([
      { sent: 1, uses: { 'token-1': ISO(1 - HOUR) } },
      { sent: 0, uses: { 'token-1': ISO(1 - HOUR) } },
      { sent: 1, uses: { 'token-1': ISO(1) } },
    ]);
    expect(lines).toEqual([]);
  });

  test('is never set back by an environment whose clock is behind', async () => {
    await use(environment());
    at(-2 * HOUR);
    await use(environment());
    expect(await uses()).toEqual({ 'token-1': ISO(0) });
  });

  test('is noted once by forty environments that begin together', async () => {
    await Promise.all(Array.from({ length: 40 }, () => use(environment())));
    expect(await uses()).toEqual({ 'token-1': ISO(0) });
    expect(lines).toEqual([]);
  });

  test('is remembered of a thousand tokens, the oldest out', async () => {
    const store = environment();
    // What DynamoDB would do is of no interest here.
    using _ = table.disturb(async (request, pass) => (isNote(request) ? {} : pass()));
    const noted = (credential: string) => notesSentBy(() => store.get({ ...scopeOf('acme'), credential }, user, 'no id'));
    for (let n = 0; n <= 1_000; n++) await noted(`t${n}`);
    expect([await noted('t1'), await noted('t1000'), await noted('t0')]).toEqual([0, 0, 1]);
  });

  test('is nothing that work without a credential notes, or a store that is not told to', async () => {
    await use(environment(), '');
    await use(dynamoStore(table));
    expect(await table.items()).toEqual([]);
  });

  test('is noted by the store that functions have', async () => {
    Object.assign(process.env, {
      TABLE_NAME: table.name,
      AWS_ENDPOINT_URL_DYNAMODB: process.env.TEST_DYNAMODB_ENDPOINT,
      AWS_REGION: LOCAL_CREDENTIALS.region,
      AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.credentials.secretAccessKey,
    });
    await use(await storeFromEnvironment());
    expect(await uses()).toEqual({ 'token-1': ISO(0) });
  });

  test('is left alone by a repair', async () => {
    const acme = by(environment());
    await create(acme, user, ada);
    const before = await table.items();
    jest.restoreAllMocks();
    await expect(repair(table, [user, group], { pause: 0, dropUndeclared: true })).resolves.toMatchObject({
      swept: 0,
      mended: 0,
      tidied: 0,
      unknown: 0,
    });
    expect(await table.items()).toEqual(before);
    expect(before.map(({ pk }) => pk)).toContain('acme#token');
  });
});

describe('a note that fails', () => {
  const refused = () =>
    table.disturb(async (request, pass) => (isNote(request) ? Promise.reject(serviceError('ValidationException', 'no')) : pass()));

  test('fails no request, is told to the operator without the token, and tried again after a minute', async () => {
    const store = environment();
    const acme = by(store);
    const sent = [];
    {
      using _ = refused();
      sent.push(await notesSentBy(() => create(acme, user, ada)));
      at(59_999);
      sent.push(await notesSentBy(() => use(store)));
    }
    expect(lines).toEqual([
      { message: 'the use of a token could not be noted', requestId: acme.trace.requestId, reason: 'ValidationException' },
    ]);
    at(60_000);
    sent.push(await notesSentBy(() => use(store)));
    expect(sent).toEqual([1, 0, 1]);
    expect(await uses()).toEqual({ 'token-1': ISO(60_000) });
  });

  test('because DynamoDB asks for less is given up after a second, however much time the request has', async () => {
    jest.spyOn(Date, 'now').mockRestore();
    using _ = table.disturb(throttle(isNote));
    const acme = by(environment());
    await create(acme, user, ada);
    expect(lines).toHaveLength(1);
    expect(acme.deadline - Date.now()).toBeGreaterThan(60_000);
  });

  test('does not hide why the request failed, which waits for the note all the same', async () => {
    const store = environment();
    await create(by(dynamoStore(table)), user, ada);
    const failed = Promise.withResolvers<void>();
    using _ = table.disturb(hold(isNote, () => failed.promise));
    using __ = table.disturb(async (request, pass) => {
      if (request.command !== 'TransactWriteItems') return pass();
      return pass().finally(() => failed.resolve());
    });
    await expect(create(by(store), user, ada)).rejects.toMatchObject({ status: 409, scimType: 'uniqueness' });
    expect((await table.items()).map(({ pk }) => pk)).toContain('acme#token');
  });
});

describe('the first request of an hour makes one request more, and no round trip more', () => {
  const team = { schemas: [groupSchema.id], displayName: 'Team' };
  const set = (path: string, value: unknown) => [{ op: 'replace', path, value }];
  const find = (directory: Directory, text?: string) =>
    search(directory, user, { startIndex: 1, count: 1 }, text === undefined ? {} : { filter: parseFilter(text) });
  interface Ids {
    readonly userId: string;
    readonly groupId: string;
  }

  test.each<{ name: string; act: (directory: Directory, ids: Ids) => Promise<unknown> }>([
    { name: 'POST of a user', act: (acme) => create(acme, user, { ...ada, userName: 'grace', roles: [{ value: 'r' }] }) },
    { name: 'GET', act: (acme, { userId }) => get(acme, user, userId) },
    { name: 'GET of what is not there', act: (acme) => get(acme, user, randomUUID()).catch(() => {}) },
    { name: 'PUT', act: (acme, { userId }) => replace(acme, user, userId, { ...ada, title: 'x' }) },
    { name: 'PATCH', act: (acme, { userId }) => patch(acme, user, userId, set('title', 'x')) },
    { name: 'DELETE', act: (acme, { userId }) => remove(acme, user, userId) },
    { name: 'a page', act: (acme) => find(acme) },
    { name: 'a lookup', act: (acme) => find(acme, 'userName eq "ada"') },
    { name: 'a walk', act: (acme) => find(acme, 'title co "x"') },
    {
      name: 'POST of a group',
      act: (acme, { userId }) => create(acme, group, { ...team, displayName: 'B', members: [{ value: userId }] }),
    },
    { name: 'GET of a group', act: (acme, { groupId }) => get(acme, group, groupId) },
    {
      name: 'PATCH of a group',
      act: (acme, { groupId, userId }) => patch(acme, group, groupId, [{ op: 'add', path: 'members', value: [{ value: userId }] }]),
    },
    { name: 'DELETE of a group', act: (acme, { groupId }) => remove(acme, group, groupId) },
  ])('$name', async ({ act }) => {
    const measured = [];
    for (const [name, store] of [
      ['plain', dynamoStore(table)],
      ['noted', environment()],
    ] as const) {
      const before = directoryOn(table, name);
      const { id: userId } = await create(before, user, ada);
      const { id: groupId } = await create(before, group, { ...team, members: [{ value: userId }] });
      measured.push(await table.measure(() => act(by(store, 'token-1', name), { userId, groupId })));
    }
    const [plain, noted] = measured;
    expect(noted).toEqual({ requests: (plain?.requests ?? 0) + 1, depth: plain?.depth });
    expect(Object.keys(await uses('noted'))).toEqual(['token-1']);
  });

  const all = async <T>(pages: AsyncIterable<readonly T[]>) => {
    const found: T[] = [];
    for await (const page of pages) found.push(...page);
    return found;
  };
  const granted = { type: entitlement, id: 'x' };

  test.each<{ name: string; act: (store: Store, scope: Scope, stored: StoredResource) => Promise<unknown> }>([
    { name: 'getMembers', act: (store, scope, { id }) => store.getMembers(scope, group, id, [randomUUID()]) },
    { name: 'getAllMembers', act: (store, scope, stored) => store.getAllMembers(scope, group, [stored]) },
    { name: 'names', act: (store, scope) => store.names(scope, user, [randomUUID()]) },
    { name: 'catalogue', act: (store, scope) => store.catalogue(scope, [granted]) },
    { name: 'countHolders', act: (store, scope) => store.countHolders(scope, user, granted) },
    { name: 'holders', act: (store, scope) => all(store.holders(scope, user, granted)) },
  ])('$name', async ({ act }) => {
    const { id } = await create(directoryOn(table), group, team);
    await create(directoryOn(table), user, { ...ada, entitlements: [{ value: 'x' }] });
    const acme = by(environment());
    const stored = await dynamoStore(table).get(acme, group, id);
    if (!stored) throw new Error('the group is gone');
    const plain = await table.measure(() => act(dynamoStore(table), acme, stored));
    const noted = await table.measure(() => act(environment(), acme, stored));
    expect(noted).toEqual({ requests: plain.requests + 1, depth: plain.depth });
  });
});
