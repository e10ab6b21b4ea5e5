import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { create, type Directory, search } from '../../lambdas/directory/operations.ts';
import type { Criteria } from '../../lambdas/directory/store.ts';
import { parseFilter } from '../../lambdas/scim/filter/parse.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import type { SearchLimits } from '../../lambdas/store/budget.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { directoryOn, type TestTable } from '../support/test-table.ts';

let table: TestTable;
eachOnFreshTable((fresh) => {
  table = fresh;
});

const acme = (limits?: Partial<SearchLimits>): Directory => ({ ...directoryOn(table), store: dynamoStore(table, limits) });
const newUsers = (count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, n) =>
      create(acme(), user, { schemas: [userSchema.id], userName: `user${n}`, externalId: 'shared', emails: [{ value: `${n}@x` }] }),
    ),
  );
const find = (limits: Partial<SearchLimits>, criteria: Criteria) => search(acme(limits), user, { startIndex: 1, count: 2 }, criteria);

const walked: Criteria = { filter: parseFilter('title pr or userName sw "user"') };
const lookedUp: Criteria = { filter: parseFilter('externalId eq "shared"') };
const sorted: Criteria = { sort: { by: 'userName', order: 'ascending' } };

describe('a search that needs too much', () => {
  test.each([
    { name: 'resources', limits: { resources: 11 }, criteria: walked, says: 'more than 11 resources' },
    { name: 'megabytes', limits: { megabytes: 0.0005 }, criteria: walked, says: 'more than 0.0005 MB' },
    { name: 'megabytes that are looked up', limits: { megabytes: 0.0005 }, criteria: lookedUp, says: 'more than 0.0005 MB' },
    { name: 'time', limits: { ms: 0 }, criteria: walked, says: 'more than what 0 s allow' },
    { name: 'resources that are looked up', limits: { resources: 11 }, criteria: lookedUp, says: 'more than 11 resources' },
    { name: 'time for what is looked up', limits: { ms: 0 }, criteria: lookedUp, says: 'more than what 0 s allow' },
  ])('of $name is 400 tooMany, which names what can be looked up', async ({ limits, criteria, says }) => {
    await newUsers(12);
    await expect(find(limits, criteria)).rejects.toMatchObject({
      status: 400,
      scimType: 'tooMany',
      message: `the search needs ${says} to be read: compare one of id, userName, externalId, emails.value, roles.value, entitlements.value, groups.value with eq in a filter`,
    });
  });

  test.each([
    { name: 'all resources', criteria: sorted },
    { name: 'matches', criteria: { ...walked, ...sorted } },
  ])('to sort is 400 tooMany, which names sortBy: $name', async ({ criteria }) => {
    await newUsers(12);
    await expect(find({ sorted: 11 }, criteria)).rejects.toMatchObject({
      status: 400,
      scimType: 'tooMany',
      message: expect.stringMatching(/^sortBy: 12 resources to sort, expected at most 11/),
    });
  });

  test.each([
    { name: 'to read', limits: { resources: 11 }, criteria: walked },
    { name: 'to sort', limits: { sorted: 11 }, criteria: sorted },
  ])('$name is refused for what the counts say, before a resource is read', async ({ limits, criteria }) => {
    await newUsers(12);
    const measured = table.measure(() => expect(find(limits, criteria)).rejects.toThrow());
    await expect(measured).resolves.toMatchObject({ depth: 1 });
  });
});

test.each([
  { name: 'walked', criteria: walked },
  { name: 'looked up', criteria: lookedUp },
  { name: 'sorted', criteria: sorted },
])('a search that needs no more than it may is answered, with the exact total: $name', async ({ criteria }) => {
  await newUsers(12);
  const limits = { resources: 12, megabytes: 1, sorted: 12 };
  await expect(find(limits, criteria)).resolves.toMatchObject({ totalResults: 12, resources: { length: 2 } });
});

describe('of two terms that are joined by and, the one with fewer resources is enough', () => {
  const many = (n: number) => ({
    id: randomUUID(),
    rev: 1,
    version: 1,
    created: '',
    lastModified: '',
    body: { userName: `user${n}`, externalId: `X${n}`, roles: [{ value: 'everyone' }, { value: 'all' }] },
  });

  test.each([
    { filter: 'roles.value eq "everyone" and externalId eq "X3"' },
    { filter: 'externalId eq "X3" and roles.value eq "everyone"' },
    { filter: 'roles.value eq "everyone" and (userName eq "user3" or userName eq "nobody")' },
    { filter: 'externalId eq "X3" or externalId eq "X3"' },
  ])('$filter', async ({ filter }) => {
    for (let n = 0; n < 6; n++) await acme().store.create(acme(), user, many(n));
    // What leads to many is refused, or too late: the order of the terms does not matter.
    const found = find({ resources: 2 }, { filter: parseFilter(filter) });
    await expect(found).resolves.toMatchObject({ totalResults: 1, resources: [{ body: { userName: 'user3' } }] });
  });

  test('and if there are too many of each, the search is refused', async () => {
    for (let n = 0; n < 6; n++) await acme().store.create(acme(), user, many(n));
    const criteria = {
      filter: parseFilter('roles.value eq "everyone" and roles.value eq "all" and (roles eq "everyone" or userName eq "x")'),
    };
    await expect(find({ resources: 2 }, criteria)).rejects.toMatchObject({ scimType: 'tooMany' });
  });
});

test('the order of ids is that of lists, and as large as they may be', async () => {
  await newUsers(12);
  const ascending = await find({ sorted: 1, resources: 1 }, { sort: { by: 'ID', order: 'ascending' } });
  expect(ascending).toEqual(await find({}, {}));
  await expect(find({ sorted: 1 }, { sort: { by: 'id', order: 'descending' } })).rejects.toMatchObject({ scimType: 'tooMany' });
});
