import { describe, expect, test } from '@jest/globals';
import { create, type Directory, get, patch, remove, replace, search } from '../../lambdas/directory/operations.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { directoryOn, type TestTable } from '../support/test-table.ts';

let table: TestTable;
let acme: Directory;
eachOnFreshTable((fresh) => {
  table = fresh;
  acme = directoryOn(table);
});

const body = (attributes: object = {}) => ({ schemas: [userSchema.id], userName: 'ada', ...attributes });
const set = (path: string, value: unknown) => [{ op: 'replace', path, value }];

describe('what is done to a directory', () => {
  test('a created user can be read at once, with an id of its own', async () => {
    const created = await create(acme, user, body({ id: 'mine' }));
    expect(created.id).toMatch(/^[0-9a-f-]{36}$/);
    await expect(get(acme, user, created.id)).resolves.toEqual(created);
  });

  test('a change raises the version; what changes nothing does not, and writes nothing', async () => {
    const { id, lastModified } = await create(acme, user, body({ title: 'Dr' }));
    await expect(patch(acme, user, id, set('title', 'Dr'))).resolves.toMatchObject({ version: 1, lastModified });
    await expect(replace(acme, user, id, body({ title: 'Dr' }))).resolves.toMatchObject({ version: 1, lastModified });
    await expect(patch(acme, user, id, set('title', 'Prof'))).resolves.toMatchObject({ version: 2 });
  });

  test('twenty writers at once: none of their changes is lost', async () => {
    const { id } = await create(acme, user, body());
    const add = (i: number) => patch(acme, user, id, [{ op: 'add', path: 'emails', value: [{ value: `${i}@x` }] }]);
    await Promise.all(Array.from({ length: 20 }, (_, i) => add(i)));
    const { version, body: after } = await get(acme, user, id);
    expect(after.emails).toHaveLength(20);
    expect(version).toBe(21);
  });

  test('a precondition that does not hold is 412, and nothing changes', async () => {
    const { id } = await create(acme, user, body());
    const never = () => false;
    for (const act of [
      () => patch(acme, user, id, set('title', 'Dr'), never),
      () => replace(acme, user, id, body(), never),
      () => remove(acme, user, id, never),
    ]) {
      await expect(act()).rejects.toMatchObject({ status: 412 });
    }
    await expect(get(acme, user, id)).resolves.toMatchObject({ version: 1 });
  });

  test('of two who change the version that both have read, one gets 412', async () => {
    const { id } = await create(acme, user, body());
    const first = (etag: string) => etag === 'W/"1"';
    const results = await Promise.allSettled(['a', 'b'].map((title) => patch(acme, user, id, set('title', title), first)));
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { status: 412 } });
  });

  test('what does not exist is 404 for every operation, and again after it is removed', async () => {
    const { id } = await create(acme, user, body());
    await remove(acme, user, id);
    for (const act of [
      get(acme, user, id),
      replace(acme, user, id, body()),
      patch(acme, user, id, set('title', 'x')),
      remove(acme, user, id),
    ]) {
      await expect(act).rejects.toMatchObject({ status: 404 });
    }
    await expect(search(acme, user, { startIndex: 1, count: 10 })).resolves.toEqual({ totalResults: 0, resources: [] });
  });

  test('past the deadline, a write that others keep ahead of is 503, not 500', async () => {
    const { id } = await create(acme, user, body());
    const late: Directory = { ...acme, deadline: Date.now() - 1, store: { ...acme.store, update: async () => false } };
    await expect(patch(late, user, id, set('title', 'x'))).rejects.toMatchObject({ status: 503, retryAfter: 5 });
  });
});
