import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { type RequestOptions, send } from '../../lambdas/store/send.ts';
import { scopeOf } from '../support/test-table.ts';

const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({ message: 'cancelled', $metadata: {}, CancellationReasons: codes.map((Code) => ({ Code })) });
const named = (name: string) => Object.assign(new Error(name), { name });

/** A request that fails with each of the errors in turn, and then succeeds. */
function failing(...errors: Error[]) {
  const state = { calls: 0 };
  const request = async () => {
    const error = errors[state.calls++];
    if (error) throw error;
    return 'done';
  };
  return { state, request };
}

describe('send', () => {
  test.each([
    ['a transaction that others conflicted with', cancelled('None', 'TransactionConflict')],
    ['a transaction that was throttled', cancelled('ThrottlingError', 'TransactionConflict')],
    ['a plain write that met a transaction', named('TransactionConflictException')],
    ['throttling', named('ProvisionedThroughputExceededException')],
    ['a transaction that others conflicted with, whose conditions it met half', cancelled('ConditionalCheckFailed', 'TransactionConflict')],
    ['an answer of a server that failed, whatever it is called', Object.assign(named('Unheard'), { $metadata: { httpStatusCode: 500 } })],
    ['an answer that is no JSON', Object.assign(named('SyntaxError'), { $response: { statusCode: 502 } })],
    ['a network that is not there', Object.assign(named('Error'), { code: 'EHOSTUNREACH' })],
    ['a clock that is wrong, which the SDK sets right', named('RequestTimeTooSkewed')],
  ])('repeats %s', async (_, error) => {
    const { state, request } = failing(error, error);
    await expect(send(scopeOf('acme'), request)).resolves.toBe('done');
    expect(state.calls).toBe(3);
  });

  test.each([
    ['a condition that failed', cancelled('ConditionalCheckFailed', 'None')],
    ['an error of ours', named('ValidationException')],
  ])('does not repeat %s', async (_, error) => {
    const { state, request } = failing(error);
    await expect(send(scopeOf('acme'), request)).rejects.toBe(error);
    expect(state.calls).toBe(1);
  });

  test('throttling that lasts is 429 with Retry-After in whole seconds', async () => {
    const { request } = failing(...Array.from({ length: 20 }, () => named('ThrottlingException')));
    await expect(send(scopeOf('acme'), request)).rejects.toMatchObject({ status: 429, retryAfter: 5 });
  });

  test('conflicts until the deadline are 503 with Retry-After', async () => {
    const { request } = failing(...Array.from({ length: 100 }, () => cancelled('TransactionConflict')));
    await expect(send(scopeOf('acme', Date.now() + 200), request)).rejects.toMatchObject({ status: 503, retryAfter: 5 });
  });

  test('past the deadline no request is begun, and one that is under way is given up', async () => {
    const { state, request } = failing();
    await expect(send(scopeOf('acme', Date.now() - 1), request)).rejects.toMatchObject({ status: 503, retryAfter: 5 });
    expect(state.calls).toBe(0);
    const never = ({ abortSignal }: RequestOptions) =>
      new Promise((_, reject) => abortSignal.addEventListener('abort', () => reject(abortSignal.reason)));
    await expect(send(scopeOf('acme', Date.now() + 50), never)).rejects.toMatchObject({ status: 503 });
  });

  test.each([
    { name: 'a failure of the service', error: named('InternalServerError') },
    { name: 'a request that takes too long', error: named('TimeoutError') },
    { name: 'a connection that is refused', error: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) },
  ])('$name that passes is waited for; one that lasts is 503, not 500', async ({ error }) => {
    const passing = failing(error);
    await expect(send(scopeOf('acme'), passing.request)).resolves.toBe('done');
    const lasting = failing(...Array.from({ length: 20 }, () => error));
    await expect(send(scopeOf('acme'), lasting.request)).rejects.toMatchObject({ status: 503, retryAfter: 5 });
  });
});
