import { expect, test } from '@jest/globals';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { dynamoStore } from '../../../lambdas/store/dynamo-store.ts';
import { openTable } from '../../../lambdas/store/table.ts';
import { LOCAL_CREDENTIALS } from '../../../lib/local/table.ts';
import { scopeOf, testTable } from '../../support/test-table.ts';
import { loadUsers, storedUser } from './load.ts';

const USERS = 30;

/** A stamp is a write's own. */
const withoutStamp = ({ stamp: _, ...item }: Record<string, unknown>) => item;
const inOrder = (items: readonly Record<string, unknown>[]) =>
  items.map((item) => JSON.stringify(Object.entries(withoutStamp(item)).sort())).sort();

test('what is loaded are the items that the store would have written', async () => {
  await using written = await testTable();
  for (let n = 0; n < USERS; n++) await dynamoStore(written).create(scopeOf('acme'), user, storedUser(n));

  await using loaded = await testTable();
  // A batch is no request of the store's: a client of its own, which nothing looks at.
  const loader = openTable(loaded.name, { ...LOCAL_CREDENTIALS, endpoint: process.env.TEST_DYNAMODB_ENDPOINT ?? '' });
  const made: number[] = [];
  const { items } = await loadUsers(loader, 'acme', USERS, (n) => made.push(n));
  loader.client.destroy();

  expect(inOrder(await loaded.items())).toEqual(inOrder(await written.items()));
  expect(await loaded.items()).toHaveLength(items);
  expect(made.at(-1)).toBe(USERS);
});
