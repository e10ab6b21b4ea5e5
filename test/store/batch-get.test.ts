import { type BatchGetCommandInput, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from '@jest/globals';
import { getItems } from '../../lambdas/store/batch-get.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { scopeOf, type TestTable } from '../support/test-table.ts';

let table: TestTable;
eachOnFreshTable((fresh) => {
  table = fresh;
});

const keyOf = (n: number) => ({ pk: 'acme#x', sk: String(n) });
const keys = (count: number) => Array.from({ length: count }, (_, n) => keyOf(n));

test.each([
  { name: 'four, where the caller does not say how many', concurrency: undefined, expected: 4 },
  { name: 'as many as the caller says', concurrency: 8, expected: 8 },
  { name: 'one after the other', concurrency: 1, expected: 1 },
])('keys are read a hundred at a time, several batches at once: $name', async ({ concurrency, expected }) => {
  const full = Promise.withResolvers<void>();
  const sizes: (number | undefined)[] = [];
  let underWay = 0;
  let most = 0;
  using _ = table.disturb(async ({ input }, pass) => {
    sizes.push((input as BatchGetCommandInput).RequestItems?.[table.name]?.Keys?.length);
    most = Math.max(most, ++underWay);
    if (underWay === expected) full.resolve();
    await full.promise;
    return pass().finally(() => underWay--);
  });
  await getItems(table, scopeOf('acme'), keys(750), { ...(concurrency && { concurrency }) });
  expect(most).toBe(expected);
  expect(sizes.sort()).toEqual([...Array(7).fill(100), 50].sort());
});

test('of some attributes those alone are read, also where DynamoDB left keys undone, and where a name is a word of its own', async () => {
  const item = { 'a.b': 1, size: { name: 'x', other: 'y' }, more: true };
  for (const n of [0, 1, 2]) await table.client.send(new PutCommand({ TableName: table.name, Item: { ...keyOf(n), ...item } }));
  let isFirst = true;
  using _ = table.disturb(async (request, pass) => {
    const answer = (await pass()) as { Responses: Record<string, { pk: string; sk: string }[]> };
    if (!isFirst) return answer;
    isFirst = false;
    const left = (answer.Responses[table.name] ?? []).splice(1).map(({ pk, sk }) => ({ pk, sk }));
    const asked = request.input.RequestItems?.[table.name];
    return { ...answer, UnprocessedKeys: { [table.name]: { ...asked, Keys: left } } };
  });
  const found = await getItems(table, scopeOf('acme'), keys(4), { attributes: [['a.b'], ['size', 'name']] });
  expect([...found.values()].sort((a, b) => (a.sk < b.sk ? -1 : 1))).toEqual(
    [0, 1, 2].map((n) => ({ ...keyOf(n), 'a.b': 1, size: { name: 'x' } })),
  );
});
