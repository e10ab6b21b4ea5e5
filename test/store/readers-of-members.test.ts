import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { withRelations } from '../../lambdas/directory/relations.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { resourceKey } from '../../lambdas/store/keys.ts';
import { hold } from '../support/disturbances.ts';
import { groupRequests } from '../support/group-requests.ts';
import type { SentRequest } from '../support/strict-dynamodb.ts';
import { type TestTable, testTable } from '../support/test-table.ts';

/*
 * A client reads the members of a group while another gives it other ones. It is shown one set or the other, and the version that
 * this is of: a group and its rows are read one after the other, and the group once more.
 */

let table: TestTable;
let everyone: readonly string[];
const { acme, read, newUsers, newGroup, put, remove } = groupRequests(() => table);
beforeAll(async () => {
  table = await testTable();
  everyone = await newUsers(40);
});
afterAll(async () => table[Symbol.asyncDispose]());

const valuesOf = ({ input }: SentRequest) => JSON.stringify(input);
const isReadOfRows = (shard: string) => (request: SentRequest) =>
  request.command === 'Query' && valuesOf(request).includes('#members#') && valuesOf(request).includes(`#${shard}"`);
const isReadOfGroup = (request: SentRequest) => request.command === 'BatchGetItem' && valuesOf(request).includes('#Group#');

const PLACES = [
  { place: 'before the rows are read', fan: 1, matches: isReadOfRows('-') },
  { place: 'between two partitions of rows', fan: 16, matches: isReadOfRows('7') },
  { place: 'before the group is read again', fan: 1, matches: isReadOfGroup },
  { place: 'before the group with spread rows is read again', fan: 16, matches: isReadOfGroup },
];

/** A group with twenty of the users. Where its rows are spread, those who join from now on are. */
async function groupOf(fan: number) {
  const id = await newGroup();
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: resourceKey('acme', { name: 'Group' }, id),
      UpdateExpression: 'SET fan = :fan',
      ExpressionAttributeValues: { ':fan': fan },
    }),
  );
  await put(id, 'Staff', setOf(0));
  return id;
}

/** What the members are from one commit to the next: no two sets have one in common. */
const setOf = (commits: number) => everyone.filter((_, i) => i % 2 === commits % 2);

test.each(PLACES.flatMap((one) => [1, 2].map((commits) => ({ ...one, commits }))))(
  'the members are of one version, and that is the one shown, if $commits commits land $place',
  async ({ fan, matches, commits }) => {
    const id = await groupOf(fan);
    const before = await read(group, id);
    let landed = 0;
    let isCommitting = false;
    // The commit itself reads the rows as well.
    const isNext = (request: SentRequest) => landed < commits && !isCommitting && matches(request);
    const commit = async () => {
      isCommitting = true;
      await put(id, 'Staff', setOf(landed + 1));
      landed++;
      isCommitting = false;
    };
    using _ = table.disturb(hold(isNext, commit));
    const [shown] = await withRelations(acme(), group, [before], () => true);
    expect(landed).toBe(commits);
    const version = shown?.stored.version ?? 0;
    expect(version).toBeGreaterThanOrEqual(before.version);
    expect(version).toBeLessThanOrEqual(before.version + commits);
    expect(shown?.relations.members?.map((one) => one.id)).toEqual([...setOf(version - before.version)].sort());
  },
);

test('a group that is removed while its members are read is not shown without them', async () => {
  const id = await groupOf(1);
  const before = await read(group, id);
  let isRemoved = false;
  const isFirst = (request: SentRequest) => !isRemoved && isReadOfRows('-')(request);
  using _ = table.disturb(
    hold(isFirst, () => {
      isRemoved = true;
      return remove(group, id);
    }),
  );
  expect(await withRelations(acme(), group, [before], () => true)).toEqual([]);
});
