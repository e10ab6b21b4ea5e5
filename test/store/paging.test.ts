import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { create, remove, search } from '../../lambdas/directory/operations.ts';
import type { Criteria, Scope, Window } from '../../lambdas/directory/store.ts';
import { parseFilter } from '../../lambdas/scim/filter/parse.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { hold } from '../support/disturbances.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import type { SentRequest } from '../support/strict-dynamodb.ts';
import { directoryOn, type TestTable } from '../support/test-table.ts';

let table: TestTable;
eachOnFreshTable((fresh) => {
  table = fresh;
});

const acme = (overrides: Partial<Scope> = {}) => ({ ...directoryOn(table), ...overrides });

/** The ids of so many new users, in the order of ids, which is that of lists. */
async function newUsers(count: number, from = 0): Promise<string[]> {
  const users = Array.from({ length: count }, (_, n) =>
    create(acme(), user, { schemas: [userSchema.id], userName: `user${from + n}`, title: 'Dr' }),
  );
  return (await Promise.all(users)).map(({ id }) => id).sort();
}
const page = async (window: Window, criteria?: Criteria, scope?: Partial<Scope>) => {
  const { totalResults, resources } = await search(acme(scope), user, window, criteria);
  return { totalResults, ids: resources.map(({ id }) => id) };
};
const removeAll = (ids: readonly string[]) => Promise.all(ids.map((id) => remove(acme(), user, id)));

/** A client that reads page after page, and what happens between them. */
async function readAll(count: number, between: (n: number) => Promise<unknown>, criteria?: Criteria): Promise<string[]> {
  const seen: string[] = [];
  for (let n = 1; ; n++) {
    const { totalResults, ids } = await page({ startIndex: seen.length + 1, count }, criteria);
    seen.push(...ids);
    if (ids.length === 0 || seen.length >= totalResults) return seen;
    await between(n);
  }
}

const queries: readonly { readonly name: string; readonly criteria?: Criteria }[] = [
  { name: 'all, in the order of ids' },
  { name: 'those of a filter that is walked', criteria: { filter: parseFilter('title eq "Dr"') } },
  { name: 'all, in an order that many share a place in', criteria: { sort: { by: 'title', order: 'ascending' } } },
  { name: 'all, in an order of their own', criteria: { sort: { by: 'userName', order: 'descending' } } },
  { name: 'all, by what none of them has', criteria: { sort: { by: 'nickName', order: 'ascending' } } },
];

describe.each(queries)('one reader of $name', ({ criteria }) => {
  test('gets every resource once, on pages of any size, with the exact total', async () => {
    const ids = await newUsers(30);
    for (const count of [1, 7, 29, 30, 31]) {
      const seen = await readAll(count, async () => {}, criteria);
      expect(seen).toHaveLength(30);
      expect([...seen].sort()).toEqual(ids);
    }
    expect(await page({ startIndex: 12, count: 0 }, criteria)).toEqual({ totalResults: 30, ids: [] });
    expect(await page({ startIndex: 31, count: 10 }, criteria)).toEqual({ totalResults: 30, ids: [] });
  });

  test('misses nobody where others are removed that it has seen, as many as they may be', async () => {
    await newUsers(30);
    const order = await readAll(30, async () => {}, criteria);
    const removed = order.slice(0, 18);
    const seen = await readAll(10, async (n) => (n === 2 ? removeAll(removed) : undefined), criteria);
    expect(seen).toEqual(order);
  });

  test('sees nobody twice where others are created in front of what it has seen', async () => {
    const ids = await newUsers(20);
    const seen = await readAll(5, async (n) => newUsers(3, 100 * n), criteria);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(ids));
  });

  test('gets nobody twice by where an earlier reading of its own has stopped', async () => {
    const order = (await newUsers(10)) && (await readAll(10, async () => {}, criteria));
    await page({ startIndex: 1, count: 5 }, criteria);
    await removeAll(order.slice(0, 5));
    expect((await page({ startIndex: 1, count: 5 }, criteria)).ids).toEqual(order.slice(5));
    expect((await page({ startIndex: 6, count: 5 }, criteria)).ids).toEqual([]);
  });

  test('goes on from the nearest place that is remembered', async () => {
    const order = (await newUsers(20)) && (await readAll(20, async () => {}, criteria));
    await page({ startIndex: 1, count: 5 }, criteria);
    await removeAll(order.slice(0, 5));
    // The sixth it has not seen yet; as the client counts, it is number 6 whatever became of those before.
    expect((await page({ startIndex: 7, count: 2 }, criteria)).ids).toEqual(criteria ? order.slice(6, 8) : expect.any(Array));
    expect((await page({ startIndex: 6, count: 2 }, criteria)).ids).toEqual(order.slice(5, 7));
  });
});

describe('a bookmark', () => {
  const bookmarks = async () => (await table.items()).filter(({ pk }) => String(pk).includes('#bookmark#'));

  test('is left where a page ends and the client is going to ask for the next one, and nowhere else', async () => {
    await newUsers(10);
    await page({ startIndex: 1, count: 10 });
    await page({ startIndex: 1, count: 0 });
    await page({ startIndex: 11, count: 10 });
    await page({ startIndex: 1, count: 1 }, { filter: parseFilter('userName eq "user1"') });
    await page({ startIndex: 1, count: 1 }, { filter: parseFilter('externalId eq "none"') });
    expect(await bookmarks()).toEqual([]);
    const { ids } = await page({ startIndex: 1, count: 4 });
    const minutes = (Number((await bookmarks())[0]?.expires) - Date.now() / 1_000) / 60;
    expect(Math.round(minutes)).toBe(15);
    expect(await bookmarks()).toMatchObject([{ sk: '000000000000005', position: { id: ids[3] } }]);
  });

  test.each([
    { name: 'another credential', scope: { credential: 'token 2' }, criteria: {} },
    { name: 'another directory', scope: { directory: 'globex' }, criteria: {} },
    { name: 'another filter', scope: {}, criteria: { filter: parseFilter('title pr') } },
    { name: 'another order', scope: {}, criteria: { sort: { by: 'title', order: 'ascending' } as const } },
  ])('says nothing to $name', async ({ scope, criteria }) => {
    const order = await newUsers(10);
    await page({ startIndex: 1, count: 4 });
    await removeAll(order.slice(0, 2));
    const { ids } = await page({ startIndex: 5, count: 2 }, criteria, scope);
    expect(ids).toEqual(scope.directory ? [] : order.slice(6, 8));
  });

  test('is of no use after 15 minutes, whether DynamoDB has removed it or not', async () => {
    const order = await newUsers(10);
    await page({ startIndex: 1, count: 4 });
    await removeAll(order.slice(0, 2));
    expect((await page({ startIndex: 5, count: 2 })).ids).toEqual(order.slice(4, 6));
    const [{ pk, sk } = {}] = await bookmarks();
    const UpdateExpression = 'SET expires = :past';
    const ExpressionAttributeValues = { ':past': Math.floor(Date.now() / 1_000) - 1 };
    await table.client.send(new UpdateCommand({ TableName: table.name, Key: { pk, sk }, UpdateExpression, ExpressionAttributeValues }));
    expect((await page({ startIndex: 5, count: 2 })).ids).toEqual(order.slice(6, 8));
  });

  test('that cannot be written is no reason to fail', async () => {
    const order = await newUsers(10);
    using _ = table.disturb(async ({ command }, pass) => {
      if (command === 'PutItem') throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
      return pass();
    });
    expect((await page({ startIndex: 1, count: 4 })).ids).toEqual(order.slice(0, 4));
  });

  test('has no more of what it is sorted by than a thousand characters, which is as many as are sorted by', async () => {
    for (const title of ['y', 'z'].map((end) => 'x'.repeat(1_000) + end))
      await create(acme(), user, { schemas: [userSchema.id], userName: title, title });
    const criteria: Criteria = { sort: { by: 'title', order: 'descending' } };
    const seen = await readAll(1, async () => {}, criteria);
    expect(seen).toEqual([...seen].sort());
    expect((await bookmarks())[0]?.position).toMatchObject({ value: 'x'.repeat(1_000) });
  });

  test('stands where a page ended early, since no more fitted into an answer', async () => {
    const order = await newUsers(10);
    const first = await page({ startIndex: 1, count: 8, fitting: async () => 3 });
    expect(first).toEqual({ totalResults: 10, ids: order.slice(0, 3) });
    await removeAll(order.slice(0, 3));
    expect((await page({ startIndex: 4, count: 8 })).ids).toEqual(order.slice(3));
  });
});

describe('a page', () => {
  const isPage = ({ command, input }: SentRequest) => command === 'Query' && JSON.stringify(input).includes('#User#');

  test('is not empty where those that the counts promised are removed before it is read, and others are left', async () => {
    const order = await newUsers(40);
    let removal: Promise<unknown> | undefined;
    using _ = table.disturb(
      hold(isPage, () => {
        removal ??= removeAll(order.slice(0, 30));
        return removal;
      }),
    );
    const { ids, totalResults } = await page({ startIndex: 1, count: 5 });
    expect(ids.length).toBeGreaterThan(0);
    expect(order.slice(30)).toEqual(expect.arrayContaining(ids));
    expect(totalResults).toBeGreaterThanOrEqual(10);
  });

  test('that finds nothing more behind its bookmark says that this is all', async () => {
    const order = await newUsers(10);
    await page({ startIndex: 1, count: 5 });
    await removeAll(order.slice(5));
    await newUsers(3, 100);
    const { ids, totalResults } = await page({ startIndex: 6, count: 5 });
    expect(totalResults).toBeLessThanOrEqual(8);
    expect(ids.every((id) => !order.includes(id))).toBe(true);
  });
});
