import { BatchExecuteStatementCommand, BatchGetCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { pauseAfter } from '../../lambdas/directory/back-off.ts';
import { create, type Directory, get, patch, remove, replace } from '../../lambdas/directory/operations.ts';
import { startTrace } from '../../lambdas/directory/store.ts';
import type { StoredResource } from '../../lambdas/scim/resource.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { getResources } from '../../lambdas/store/read.ts';
import { deletion, executeStatements } from '../../lambdas/store/statements.ts';
import { conflict, first, hold, isWrite, loseAnswer, throttle, upTo } from '../support/disturbances.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { directoryOn, scopeOf, type TestTable } from '../support/test-table.ts';

/*
 * What the store does when DynamoDB refuses, forgets or does not answer. Each test is named after the sentence that it holds.
 */

let table: TestTable;
eachOnFreshTable((fresh) => {
  table = fresh;
});
/** The directory as a request of its own sees it. */
const acme = () => directoryOn(table);

const body = (attributes: object = {}) => ({ schemas: [userSchema.id], userName: 'ada', ...attributes });
const set = (path: string, value: unknown) => [{ op: 'replace', path, value }];
const newUser = (attributes: object = {}) => create(acme(), user, body(attributes));

const writes = (attributes: object) => [
  { name: 'a plain update', attributes, act: (id: string, directory = acme()) => patch(directory, user, id, set('title', 'Dr')) },
  {
    name: 'an update that moves entries',
    attributes,
    act: (id: string, directory = acme()) => patch(directory, user, id, set('userName', 'lovelace')),
  },
];

describe('a transaction is built once', () => {
  test('with one ClientRequestToken; after a lost answer the same object is sent again, and it is done once', async () => {
    using _ = table.disturb(loseAnswer(first(isWrite)));
    const sent = await table.sentBy(() => newUser({ externalId: 'X1' }));
    expect(sent.map(({ command }) => command)).toEqual(['TransactWriteItems', 'TransactWriteItems']);
    expect(sent[0]?.input.ClientRequestToken).toEqual(expect.any(String));
    expect(sent[1]?.input).toEqual(sent[0]?.input);
    const counts = (await table.items()).filter(({ pk }) => pk === 'acme#count');
    expect(counts).toMatchObject([{ n: 1 }]);
  });

  test('a recomputed write is a new one, with another token', async () => {
    const { id } = await newUser();
    using _ = table.disturb(hold(first(isWrite), () => replace(acme(), user, id, body({ userName: 'first' }))));
    const sent = await table.sentBy(() => patch(acme(), user, id, set('userName', 'second')));
    const tokens = sent.filter(isWrite).map(({ input }) => input.ClientRequestToken);
    expect(new Set(tokens).size).toBe(3);
    await expect(get(acme(), user, id)).resolves.toMatchObject({ version: 3, body: { userName: 'second' } });
  });

  test('it is waited for while an earlier attempt of its own is still in progress', async () => {
    using _ = table.disturb(async (request, pass) => {
      if (request.n > 2) return pass();
      throw Object.assign(new Error('in progress'), { name: 'TransactionInProgressException' });
    });
    const sent = await table.sentBy(() => newUser());
    expect(new Set(sent.map(({ input }) => input.ClientRequestToken)).size).toBe(1);
    expect(sent).toHaveLength(3);
  });

  test('an answer that is lost again and again does no harm either', async () => {
    using _ = table.disturb(loseAnswer(upTo(3, isWrite)));
    const { id } = await newUser();
    await expect(get(acme(), user, id)).resolves.toMatchObject({ version: 1, body: { userName: 'ada' } });
  });
});

test('a condition that fails beside a conflict says nothing yet: a twin of this request may be half seen', async () => {
  const { id } = await newUser();
  const rename = (directory: Directory) => replace(directory, user, id, body({ userName: 'lovelace' }));
  let resource = { pk: '', sk: '' };
  using _ = table.disturb(
    hold(first(isWrite), async () => {
      // The twin is done, and its items are not all given free yet.
      await rename(acme());
      resource = { pk: `acme#User#${id[0]}`, sk: id };
      const occupied = table.occupy(table.name, [resource]);
      setTimeout(() => occupied[Symbol.dispose](), 100);
    }),
  );
  await expect(rename(acme())).resolves.toMatchObject({ version: 2, body: { userName: 'lovelace' } });
  expect(resource.sk).toBe(id);
});

describe('stamps', () => {
  test("every write stamps its item with the request's id, and with a name of its own", async () => {
    const directory = acme();
    const { id } = await create(directory, user, body());
    const stamps = async () => (await table.items()).filter(({ sk }) => sk === id).map(({ stamp }) => stamp);
    const [first] = await stamps();
    expect(first).toMatch(new RegExp(`^${directory.trace.requestId}/[0-9a-f-]{36}$`));
    await patch(directory, user, id, set('title', 'Dr'));
    expect(await stamps()).toEqual([expect.stringContaining(`${directory.trace.requestId}/`)]);
    expect(await stamps()).not.toEqual([first]);
  });

  test.each(writes({}))('what another request has written is not ours, though it came with the same id: $name', async ({ act }) => {
    const { id } = await newUser();
    using _ = table.disturb(
      hold(first(isWrite), () => patch({ ...acme(), trace: startTrace('same') }, user, id, set('nickName', 'Countess'))),
    );
    await act(id, { ...acme(), trace: startTrace('same') });
    await expect(get(acme(), user, id)).resolves.toMatchObject({ version: 3, body: { nickName: 'Countess' } });
  });

  test.each(writes({}))('a failed condition on an item that bears our stamp is our own success: $name', async ({ act }) => {
    const { id } = await newUser();
    using _ = table.disturb(loseAnswer(first(isWrite)));
    await expect(act(id)).resolves.toMatchObject({ version: 2 });
    await expect(get(acme(), user, id)).resolves.toMatchObject({ version: 2 });
  });

  test('so it is where DynamoDB has forgotten the token of a transaction', async () => {
    const { id } = await newUser();
    using _ = table.disturb(async (request, pass) => {
      if (!isWrite(request)) return pass();
      const { ClientRequestToken, ...forgotten } = request.input;
      // As if the ten minutes were over between two attempts.
      if (request.n > 2) Object.assign(request.input, forgotten, { ClientRequestToken: `${ClientRequestToken}`.toUpperCase() });
      return loseAnswer(({ n }) => n === 2)(request, pass);
    });
    await expect(patch(acme(), user, id, set('userName', 'lovelace'))).resolves.toMatchObject({ version: 2 });
  });

  test('and so it is for a create', async () => {
    using _ = table.disturb(async (request, pass) => {
      if (request.n === 2) Object.assign(request.input, { ClientRequestToken: 'forgotten' });
      return loseAnswer(({ n }) => n === 1)(request, pass);
    });
    const { id } = await newUser();
    await expect(get(acme(), user, id)).resolves.toMatchObject({ version: 1 });
  });

  test('an item with the stamp of another write is no success of ours: two writes of one request do not hide one another', async () => {
    const { id } = await newUser();
    const one = acme();
    const results = await Promise.all(
      ['a@x', 'b@x'].map((value) => patch(one, user, id, [{ op: 'add', path: 'emails', value: [{ value }] }])),
    );
    expect(results.map(({ version }) => version).sort()).toEqual([2, 3]);
    expect((await get(acme(), user, id)).body.emails).toHaveLength(2);
  });

  test('a delete whose answer was lost is done once', async () => {
    const { id } = await newUser({ externalId: 'X1' });
    using _ = table.disturb(loseAnswer(first(isWrite)));
    await remove(acme(), user, id);
    expect((await table.items()).filter(({ n }) => n !== 0)).toEqual([]);
  });
});

describe('we retry, with full jitter and a deadline', () => {
  test('the pause is any up to one that doubles, and never more than a second', () => {
    expect([1, 2, 3, 20].map((attempt) => pauseAfter(attempt, 1))).toEqual([40, 80, 160, 1_000]);
    expect([1, 2, 3, 20].map((attempt) => pauseAfter(attempt, 0))).toEqual([0, 0, 0, 0]);
  });

  test.each([
    { name: 'TransactionConflict', disturbance: conflict },
    { name: 'ThrottlingError or ProvisionedThroughputExceeded', disturbance: throttle },
  ])('a cancelled transaction whose failing reasons are all $name, and a plain write that meets the same', async ({ disturbance }) => {
    let resource: StoredResource;
    {
      using _ = table.disturb(disturbance(upTo(3, isWrite)));
      resource = await newUser();
    }
    using _ = table.disturb(disturbance(upTo(3, isWrite)));
    await expect(patch(acme(), user, resource.id, set('title', 'Dr'))).resolves.toMatchObject({ version: 2 });
  });

  test('the same codes of single statements in the 200 of a BatchExecuteStatement, and no statement that is done', async () => {
    const keys = Array.from({ length: 30 }, (_, i) => ({ pk: 'acme#x', sk: String(i) }));
    for (const key of keys) await table.client.send(new PutCommand({ TableName: table.name, Item: key }));
    const occupied = table.occupy(table.name, keys.slice(0, 3));
    setTimeout(() => occupied[Symbol.dispose](), 200);
    const statements = keys.map((key) => deletion(table, key));
    const sent = await table.sentBy(() => executeStatements(table, scopeOf('acme'), statements));
    const batches = sent.map(({ input }) => input.Statements?.length);
    expect(batches.slice(0, 2)).toEqual([25, 5]);
    expect(batches.length).toBeGreaterThan(2);
    expect(batches.slice(2).every((length) => length === 3)).toBe(true);
    expect(await table.items()).toEqual([]);
  });

  test('UnprocessedKeys, until every key is answered', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, async (_, i) => (await newUser({ userName: `u${i}` })).id));
    const answered: string[] = [];
    using _ = table.disturb(async ({ command }, pass) => {
      if (command !== 'BatchGetItem') return pass();
      const output = (await pass()) as { Responses: Record<string, { pk: string; sk: string }[]> };
      const items = output.Responses[table.name] ?? [];
      const left = items.splice(5).map(({ pk, sk }) => ({ pk, sk }));
      answered.push(...items.map(({ sk }) => sk));
      return { ...output, UnprocessedKeys: left.length > 0 ? { [table.name]: { Keys: left, ConsistentRead: true } } : {} };
    });
    const found = await getResources(table, scopeOf('acme'), user, ids);
    expect(found.map(({ id }) => id)).toEqual([...ids].sort());
    expect(answered).toHaveLength(12);
  });

  test('the SDK retries none of these', async () => {
    const item = { pk: 'acme#x', sk: '1' };
    const put = { TableName: table.name, Item: item };
    const occupied = table.occupy(table.name, [item]);
    for (const [command, refusal] of [
      [new PutCommand(put), 'TransactionConflictException'],
      [new TransactWriteCommand({ TransactItems: [{ Put: put }] }), 'TransactionCanceledException'],
    ] as const) {
      const sent = await table.sentBy(() => expect(table.client.send(command as PutCommand)).rejects.toMatchObject({ name: refusal }));
      expect(sent).toHaveLength(1);
    }
    const statements = new BatchExecuteStatementCommand({ Statements: [deletion(table, item)] });
    expect(await table.sentBy(() => table.client.send(statements))).toHaveLength(1);
    occupied[Symbol.dispose]();

    using _ = table.disturb(async (_, pass) => ({
      ...(await pass()),
      UnprocessedKeys: { [table.name]: { Keys: [item], ConsistentRead: true } },
    }));
    expect(
      await table.sentBy(() =>
        table.client.send(new BatchGetCommand({ RequestItems: { [table.name]: { Keys: [item], ConsistentRead: true } } })),
      ),
    ).toHaveLength(1);
    using __ = table.disturb(throttle(isWrite));
    expect(
      await table.sentBy(() => expect(table.client.send(new TransactWriteCommand({ TransactItems: [{ Put: put }] }))).rejects.toThrow()),
    ).toHaveLength(1);
  });
});

describe('If-Match changes nothing in this', () => {
  const isFirst = (etag: string) => etag === 'W/"1"';

  test('412 is answered when a read shows another version', async () => {
    const { id } = await newUser();
    await patch(acme(), user, id, set('title', 'Dr'));
    await expect(patch(acme(), user, id, set('title', 'Prof'), isFirst)).rejects.toMatchObject({ status: 412 });
  });

  test.each([
    { name: 'a lost answer', disturbance: loseAnswer },
    { name: 'a conflict', disturbance: conflict },
    { name: 'throttling', disturbance: throttle },
  ])('and only then: not for $name', async ({ disturbance }) => {
    const { id } = await newUser();
    using _ = table.disturb(disturbance(first(isWrite)));
    await expect(patch(acme(), user, id, set('title', 'Dr'), isFirst)).resolves.toMatchObject({ version: 2 });
  });
});

describe('throttling that outlasts the retries', () => {
  test('is 429 where keys stay unprocessed, or single statements', async () => {
    const { id } = await newUser();
    using _ = table.disturb(async (request, pass) => {
      const code = { Code: 'ThrottlingError' };
      if (request.command === 'BatchGetItem')
        return {
          ...(await pass()),
          Responses: {},
          UnprocessedKeys: { [table.name]: { Keys: [{ pk: `acme#User#${id[0]}`, sk: id }], ConsistentRead: true } },
        };
      return request.command === 'BatchExecuteStatement' ? { $metadata: {}, Responses: [{ Error: code }] } : pass();
    });
    await expect(getResources(table, scopeOf('acme'), user, [id])).rejects.toMatchObject({ status: 429, retryAfter: 5 });
    const statements = [deletion(table, { pk: 'acme#x', sk: '1' })];
    await expect(executeStatements(table, scopeOf('acme'), statements)).rejects.toMatchObject({ status: 429, retryAfter: 5 });
  });

  test.each([
    { name: 'a create', act: (_: string) => newUser({ userName: 'other' }) },
    { name: 'a plain update', act: (id: string) => patch(acme(), user, id, set('title', 'Dr')) },
    { name: 'a read', act: (id: string) => get(acme(), user, id) },
  ])('is 429 with Retry-After in whole seconds: $name', async ({ act }) => {
    const { id } = await newUser();
    using _ = table.disturb(throttle(() => true));
    await expect(act(id)).rejects.toMatchObject({ status: 429, retryAfter: 5 });
  });

  test.each([
    { name: 'conflicts', disturbance: conflict },
    { name: 'lost answers', disturbance: loseAnswer },
  ])('a deadline that passes under $name is 503 with the same, never a 500', async ({ disturbance }) => {
    const { id } = await newUser();
    using _ = table.disturb(disturbance(isWrite));
    const hurried: Directory = { ...acme(), deadline: Date.now() + 300 };
    await expect(patch(hurried, user, id, set('userName', 'x'))).rejects.toMatchObject({ status: 503, retryAfter: 5 });
  });
});

test('forty at once, creating users of one name and changing one user: one creator wins, and no change is lost', async () => {
  const forty = Array.from({ length: 40 }, (_, i) => i);
  const creations = await Promise.allSettled(forty.map(() => newUser()));
  const winners = creations.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []));
  expect(winners).toHaveLength(1);
  const [id = ''] = winners;
  const add = (i: number) => patch(acme(), user, id, [{ op: 'add', path: 'emails', value: [{ value: `${i}@x` }] }]);
  await Promise.all(forty.map(add));
  const after = await get(acme(), user, id);
  expect([after.version, (after.body.emails as unknown[]).length]).toEqual([41, 40]);
});
