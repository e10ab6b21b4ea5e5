import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { create, type Directory, get, patch, remove, replace, search } from '../../lambdas/directory/operations.ts';
import { parseFilter } from '../../lambdas/scim/filter/parse.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { directoryOn, type TestTable, testTable } from '../support/test-table.ts';

/*
 * Requests that wait for one another are what a call costs in time; all of them are what it costs in money. Both are the same
 * in a directory of ten and of a million (`npm run bench -- scale`); these are the numbers.
 */

let table: TestTable;
let acme: Directory;
beforeEach(async () => {
  table = await testTable();
  acme = directoryOn(table);
});
afterEach(async () => table[Symbol.asyncDispose]());

const body = (n: number) => ({ schemas: [userSchema.id], userName: `user${n}`, externalId: `X${n}`, emails: [{ value: `${n}@x` }] });
const find = (filter: string) => search(acme, user, { startIndex: 1, count: 100 }, { filter: parseFilter(filter) });

describe('a user', () => {
  test.each([
    { name: 'is created in 1', act: () => create(acme, user, body(2)), expected: { requests: 1, depth: 1 } },
    { name: 'is read in 1', act: (id: string) => get(acme, user, id), expected: { requests: 1, depth: 1 } },
    { name: 'is found by userName in 2', act: () => find('userName eq "USER1"'), expected: { requests: 2, depth: 2 } },
    { name: 'is found by externalId in 2', act: () => find('externalId eq "X1"'), expected: { requests: 2, depth: 2 } },
    { name: 'is found by e-mail in 2', act: () => find('emails[value eq "1@x"]'), expected: { requests: 2, depth: 2 } },
    { name: 'is found by its id in 1', act: (id: string) => find(`id eq "${id}"`), expected: { requests: 1, depth: 1 } },
    { name: 'is not found by what nobody has in 1', act: () => find('userName eq "nobody"'), expected: { requests: 1, depth: 1 } },
    {
      name: 'is found by one of several lookups in 2',
      act: () => find('userName eq "user1" or externalId eq "X2" or emails.value eq "3@x"'),
      expected: { requests: 4, depth: 2 },
    },
    {
      name: 'is replaced in 2, its entries with it',
      act: (id: string) => replace(acme, user, id, body(2)),
      expected: { requests: 2, depth: 2 },
    },
    {
      name: 'is patched in 2',
      act: (id: string) => patch(acme, user, id, [{ op: 'replace', path: 'active', value: false }]),
      expected: { requests: 2, depth: 2 },
    },
    {
      name: 'is patched in 1 where that changes nothing',
      act: (id: string) => patch(acme, user, id, []),
      expected: { requests: 1, depth: 1 },
    },
    {
      name: 'is removed in 3, with its entries that are not unique',
      act: (id: string) => remove(acme, user, id),
      expected: { requests: 3, depth: 3 },
    },
    { name: 'whose id is none is not looked for', act: () => find('id eq "none"'), expected: { requests: 0, depth: 0 } },
  ])('$name', async ({ act, expected }) => {
    const { id } = await create(acme, user, body(1));
    await expect(table.measure(() => act(id))).resolves.toEqual(expected);
  });
});

describe('a list', () => {
  const page = (startIndex: number, count: number) => search(acme, user, { startIndex, count });
  beforeEach(async () => void (await Promise.all(Array.from({ length: 60 }, (_, n) => create(acme, user, body(n))))));

  test('of one page is read in 2: the counts, and all the collections at once', async () => {
    await expect(table.measure(() => page(1, 100))).resolves.toMatchObject({ depth: 2 });
  });

  test('has its first page, and each page after a page, in 3: the counts with the bookmark, the page, the bookmark', async () => {
    for (const startIndex of [1, 11, 21, 31, 41])
      await expect(table.measure(() => page(startIndex, 10))).resolves.toMatchObject({ depth: 3 });
    await expect(table.measure(() => page(51, 10))).resolves.toMatchObject({ depth: 2 });
  });

  test('has any other page in 3 too', async () => {
    await expect(table.measure(() => page(33, 7))).resolves.toMatchObject({ depth: 3 });
  });

  test('is counted in 1', async () => {
    await expect(table.measure(() => page(1, 0))).resolves.toEqual({ requests: 1, depth: 1 });
  });

  test('is walked in 2 for what cannot be looked up: the counts, and all 16 collections at once', async () => {
    await expect(table.measure(() => find('title eq "none"'))).resolves.toEqual({ requests: 17, depth: 2 });
  });
});
