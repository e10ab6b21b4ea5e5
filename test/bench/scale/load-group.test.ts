import { expect, test } from '@jest/globals';
import { create, patch } from '../../../lambdas/directory/operations.ts';
import { group } from '../../../lambdas/scim/schemas/group.ts';
import { dynamoStore } from '../../../lambdas/store/dynamo-store.ts';
import { openTable, type Table } from '../../../lambdas/store/table.ts';
import { LOCAL_CREDENTIALS } from '../../../lib/local/table.ts';
import { adding, groupBody } from '../../support/group-operations.ts';
import { directoryOn, givingId, type RawItem, testTable } from '../../support/test-table.ts';
import { idOf, loadUsers } from './load.ts';
import { GROUP_ID, GROUP_NAME, loadGroup } from './load-group.ts';

const USERS = 30;
const LIMITS = { unspread: 10 };

/** A batch is no request of the store's: a client of its own, which nothing looks at. */
function loaderOf({ name }: Table): Table & Disposable {
  const table = openTable(name, { ...LOCAL_CREDENTIALS, endpoint: process.env.TEST_DYNAMODB_ENDPOINT ?? '' });
  return { ...table, [Symbol.dispose]: () => table.client.destroy() };
}

/** A write has a stamp of its own, and a moment; so has it that a group was spread. */
const inOrder = (items: readonly RawItem[]) =>
  items
    .map(({ stamp: _, created: __, lastModified: ___, spreadAt: ____, ...item }) => item)
    .sort((a, b) => (a.pk + a.sk < b.pk + b.sk ? -1 : 1));

test('the group that is loaded is the one that the store would have written', async () => {
  await using loaded = await testTable();
  using loader = loaderOf(loaded);
  await loadUsers(loader, 'acme', USERS, () => {});
  const joined: number[] = [];
  const { members } = await loadGroup(loader, 'acme', { ...LIMITS, onMember: (n) => joined.push(n) });

  await using written = await testTable();
  using other = loaderOf(written);
  await loadUsers(other, 'acme', USERS, () => {});
  const acme = { ...directoryOn(written), store: dynamoStore(written, LIMITS) };
  await create(givingId(acme, GROUP_ID), group, groupBody(GROUP_NAME));
  for (const id of members) await patch(acme, group, GROUP_ID, [adding([id])]);

  expect(inOrder(await loaded.items())).toEqual(inOrder(await written.items()));
  expect(members.toSorted()).toEqual(Array.from({ length: USERS }, (_, n) => idOf(n)).sort());
  expect(joined.at(-1)).toBe(USERS);
});
