import type { BatchExecuteStatementCommandOutput } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { executeStatements, isRefusal, requireDecided, type Statement, UNANSWERED } from '../../lambdas/store/statements.ts';
import type { Table } from '../../lambdas/store/table.ts';
import { scopeOf } from '../support/test-table.ts';

/** The names of the statements of one request. */
type Sent = readonly string[];
type Codes = readonly (string | undefined)[];

/** What DynamoDB answers to each request in turn: codes of errors, or that the request fails. After that everything is done. */
function answering(...answers: readonly ((names: Sent) => Codes)[]) {
  const sent: Sent[] = [];
  const send = async ({ input }: { input: { Statements: readonly Statement[] } }) => {
    const names = input.Statements.map(({ Statement: name }) => name);
    const codes = answers[sent.push(names) - 1]?.(names) ?? [];
    return { Responses: names.map((_, i) => (codes[i] ? { Error: { Code: codes[i] } } : {})) } as BatchExecuteStatementCommandOutput;
  };
  return { sent, table: { client: { send }, name: 'table' } as unknown as Table };
}

const failing = (name: string) => (): Codes => {
  throw Object.assign(new Error(name), { name });
};
const statements = (count: number): Statement[] => Array.from({ length: count }, (_, i) => ({ Statement: `s${i}`, Parameters: [] }));
const acme = scopeOf('acme');

describe('statements', () => {
  test('are sent 25 at a time, and their codes come in their order', async () => {
    const { sent, table } = answering((names) => names.map((name) => (name === 's3' ? 'ConditionalCheckFailed' : undefined)));
    const codes = await executeStatements(table, acme, statements(60), { concurrency: 1 });
    expect(sent.map(({ length }) => length)).toEqual([25, 25, 10]);
    expect(codes.flatMap((code, i) => (code ? [`${i} ${code}`] : []))).toEqual(['3 ConditionalCheckFailed']);
    expect(codes).toHaveLength(60);
  });

  test.each([
    { name: 'a transaction was at', code: 'TransactionConflict' },
    { name: 'were throttled', code: 'ThrottlingError' },
    { name: 'the service failed at', code: 'InternalServerError' },
  ])('that $name are sent again, and they alone', async ({ code }) => {
    const { sent, table } = answering(
      () => [undefined, code, 'ConditionalCheckFailed', code],
      () => [code, undefined],
    );
    expect(await executeStatements(table, acme, statements(4))).toEqual([undefined, undefined, 'ConditionalCheckFailed', undefined]);
    expect(sent).toEqual([['s0', 's1', 's2', 's3'], ['s1', 's3'], ['s1']]);
  });

  test('are waited for as long as some more of them are done each time', async () => {
    const allButOne = ({ length }: Sent): Codes => Array.from({ length }, (_, i) => (i === 0 ? undefined : 'ThrottlingError'));
    const { sent, table } = answering(...Array(12).fill(allButOne));
    expect(await executeStatements(table, scopeOf('acme'), statements(12))).toEqual(Array(12).fill(undefined));
    expect(sent).toHaveLength(12);
  });

  test('of which none is done any more end in 429', async () => {
    const { table } = answering(...Array(20).fill(({ length }: Sent) => Array(length).fill('ThrottlingError')));
    await expect(executeStatements(table, acme, statements(2))).rejects.toMatchObject({ status: 429 });
  });
});

describe('statements that may be sent once', () => {
  test('are unanswered, all of a request, where its answer is lost', async () => {
    const { sent, table } = answering(failing('TimeoutError'));
    expect(await executeStatements(table, acme, statements(26), { once: true, concurrency: 1 })).toEqual([
      ...Array(25).fill(UNANSWERED),
      undefined,
    ]);
    expect(sent).toHaveLength(2);
  });

  test('are unanswered where the service failed at them, and the others are not', async () => {
    const { sent, table } = answering(() => ['InternalServerError', undefined, 'DuplicateItem']);
    expect(await executeStatements(table, acme, statements(3), { once: true })).toEqual([UNANSWERED, undefined, 'DuplicateItem']);
    expect(sent).toHaveLength(1);
  });

  test.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'are sent again where they were refused for now: %s',
    async (code) => {
      const { sent, table } = answering(() => [undefined, code, 'InternalServerError']);
      expect(await executeStatements(table, acme, statements(3), { once: true })).toEqual([undefined, undefined, UNANSWERED]);
      expect(sent).toEqual([['s0', 's1', 's2'], ['s1']]);
    },
  );

  test('are sent again where the whole request was throttled: nothing of it is done', async () => {
    const { sent, table } = answering(failing('ThrottlingException'));
    expect(await executeStatements(table, acme, statements(2), { once: true })).toEqual([undefined, undefined]);
    expect(sent).toHaveLength(2);
  });

  test('end with an error that is ours', async () => {
    const { table } = answering(failing('ValidationException'));
    await expect(executeStatements(table, acme, statements(1), { once: true })).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

test('what is unanswered is sent again where it may be sent twice', async () => {
  const { sent, table } = answering(failing('TimeoutError'));
  expect(await executeStatements(table, acme, statements(2))).toEqual([undefined, undefined]);
  expect(sent).toHaveLength(2);
});

test('no batch is begun when the work is over', async () => {
  const over = new AbortController();
  const { sent, table } = answering(() => {
    over.abort();
    return [];
  });
  await expect(executeStatements(table, acme, statements(60), { signal: over.signal, concurrency: 1 })).rejects.toThrow();
  expect(sent).toHaveLength(1);
});

describe('a code', () => {
  test.each([
    { code: undefined, refusal: false, decided: true },
    { code: 'ConditionalCheckFailed', refusal: true, decided: true },
    { code: 'DuplicateItem', refusal: true, decided: true },
    { code: UNANSWERED, refusal: false, decided: true },
    { code: 'ValidationError', refusal: false, decided: false },
    { code: 'AccessDenied', refusal: false, decided: false },
  ])('$code: a refusal is $refusal, and that it can be left so is $decided', ({ code, refusal, decided }) => {
    expect(isRefusal(code)).toBe(refusal);
    const require = () => requireDecided([undefined, code]);
    if (decided) expect(require).not.toThrow();
    else expect(require).toThrow(String(code));
  });
});
