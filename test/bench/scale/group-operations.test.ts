import { expect, test } from '@jest/globals';
import { dynamoStore } from '../../../lambdas/store/dynamo-store.ts';
import { openTable } from '../../../lambdas/store/table.ts';
import { LOCAL_CREDENTIALS } from '../../../lib/local/table.ts';
import { testTable } from '../../support/test-table.ts';
import { GROUP_OPERATIONS } from './group-operations.ts';
import { loadUsers } from './load.ts';
import { loadGroup } from './load-group.ts';
import { makeGroupTurn } from './subject.ts';

test('every operation on groups can be done again and again, and does something', async () => {
  await using table = await testTable();
  // A batch is no request of the store's: a client of its own, which nothing looks at.
  const loader = openTable(table.name, { ...LOCAL_CREDENTIALS, endpoint: process.env.TEST_DYNAMODB_ENDPOINT ?? '' });
  await loadUsers(loader, 'acme', 100, () => {});
  const loaded = await loadGroup(loader, 'acme', { unspread: 50 });
  loader.client.destroy();

  const depths: Record<string, number> = {};
  for (const { name, prepare } of GROUP_OPERATIONS) {
    for (const round of [0, 1]) {
      const act = await prepare(makeGroupTurn(dynamoStore(table), loaded, round));
      depths[name] = (await table.measure(act)).depth;
    }
  }
  expect(depths).toMatchObject({
    'PATCH /Groups/{id}, 1 leaves': 2,
    'PATCH /Groups/{id}, 48 join': 2,
    'PATCH /Groups/{id}, 48 join who are members already': 1,
    'PATCH /Groups/{id}, another displayName': 2,
    'PATCH /Groups/{id}, the same displayName': 1,
    'GET /Groups/{id}, without members': 1,
    'GET /Users/{id} of a member': 2,
    // Itself, its groups, all at once, and the entries that need not go at once.
    'DELETE /Users/{id} of a member': 4,
  });
});
