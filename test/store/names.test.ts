import { randomUUID } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import { create, type Directory } from '../../lambdas/directory/operations.ts';
import { group, groupSchema } from '../../lambdas/scim/schemas/group.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { resourceKey } from '../../lambdas/store/keys.ts';
import { namesOf } from '../../lambdas/store/names.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { directoryOn, givingId, type TestTable } from '../support/test-table.ts';

let table: TestTable;
let acme: Directory;
eachOnFreshTable((fresh) => {
  table = fresh;
  acme = directoryOn(table);
});

const newUser = async (attributes: object, directory = acme) =>
  (await create(directory, user, { schemas: [userSchema.id], userName: randomUUID(), ...attributes })).id;
const newGroup = async (displayName: string) => (await create(acme, group, { schemas: [groupSchema.id], displayName })).id;

test('users are called by their displayName, or by their userName; groups by their displayName', async () => {
  const [ada, grace] = [await newUser({ userName: 'ada', displayName: 'Ada Lovelace' }), await newUser({ userName: 'grace' })];
  expect(await namesOf(table, acme, user, [ada, grace])).toEqual(
    new Map([
      [ada, 'Ada Lovelace'],
      [grace, 'grace'],
    ]),
  );
  const team = await newGroup('Team');
  expect(await namesOf(table, acme, group, [team])).toEqual(new Map([[team, 'Team']]));
});

test('what has none of the attributes that name it is called by its id', async () => {
  const ada = await newUser({ userName: 'ada' });
  expect(await namesOf(table, acme, { ...user, naming: ['nickName'] }, [ada])).toEqual(new Map([[ada, ada]]));
});

test('what is gone, of another type or directory, or has an id that is none is left out', async () => {
  const [team, stranger] = [await newGroup('Team'), await newUser({}, directoryOn(table, 'other'))];
  const ada = await newUser({ userName: 'ada' });
  const ids = [randomUUID(), team, stranger, 'none', ada.toUpperCase(), '', ada];
  expect([...(await namesOf(table, acme, user, ids)).keys()]).toEqual([ada]);
});

test('each is read once, however often it is asked for, and nothing of it but its name', async () => {
  const ada = await newUser({ userName: 'ada', title: 'Countess', emails: [{ value: 'ada@x' }] });
  const answers: object[] = [];
  using _ = table.disturb(async (_, pass) => {
    const answer = (await pass()) as { Responses: Record<string, object[]> };
    answers.push(...(answer.Responses[table.name] ?? []));
    return answer;
  });
  await namesOf(table, acme, user, [ada, ada, ada]);
  expect(answers).toEqual([{ pk: `acme#User#${ada[0]}`, sk: ada, format: 1, body: { userName: 'ada' } }]);
});

test('of nothing nothing is read', async () => {
  await expect(table.measure(() => namesOf(table, acme, user, []))).resolves.toEqual({ requests: 0, depth: 0 });
  await expect(table.measure(() => namesOf(table, acme, user, ['none']))).resolves.toEqual({ requests: 0, depth: 0 });
});

test('what a newer version has written is called what that version says', async () => {
  const ada = await newUser({ userName: 'ada' });
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: resourceKey('acme', { name: 'User' }, ada),
      UpdateExpression: 'SET #format = :newer',
      ExpressionAttributeNames: { '#format': 'format' },
      ExpressionAttributeValues: { ':newer': 2 },
    }),
  );
  await expect(namesOf(table, acme, user, [ada])).rejects.toMatchObject({ status: 503 });
});

const idOf = (n: number) => `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;

test('many are read in batches at once: one round trip, up to 400 of them', async () => {
  for (const n of [0, 77, 399]) await create(givingId(acme, idOf(n)), user, { schemas: [userSchema.id], userName: `user${n}` });
  const ids = Array.from({ length: 400 }, (_, n) => idOf(n));
  await expect(table.measure(() => namesOf(table, acme, user, ids))).resolves.toEqual({ requests: 4, depth: 1 });
  expect([...(await namesOf(table, acme, user, ids)).values()].sort()).toEqual(['user0', 'user399', 'user77']);
  await expect(table.measure(() => namesOf(table, acme, user, [...ids, idOf(400)]))).resolves.toEqual({ requests: 5, depth: 2 });
});

test('a very long name is cut: 1,000 characters', async () => {
  const team = await newGroup('é'.repeat(100_000));
  expect(await namesOf(table, acme, group, [team])).toEqual(new Map([[team, 'é'.repeat(1_000)]]));
});
