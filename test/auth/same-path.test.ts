import * as crypto from 'node:crypto';
import { expect, jest, test } from '@jest/globals';
import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';

/*
 * Whoever has a wrong token learns nothing of which directories there are: not from the answer, and not from what it takes to give
 * it. That is counted: measured, it would depend on the machine.
 */

const count = { digests: 0, comparisons: 0, calls: 0 };
jest.unstable_mockModule('node:crypto', () => ({
  ...crypto,
  createHash: (...args: Parameters<typeof crypto.createHash>) => {
    count.digests++;
    return crypto.createHash(...args);
  },
  timingSafeEqual: (...args: Parameters<typeof crypto.timingSafeEqual>) => {
    count.comparisons++;
    return crypto.timingSafeEqual(...args);
  },
}));
const { authorizer } = await import('../../lambdas/auth/authorize.ts');
const { cachedSecrets } = await import('../../lambdas/auth/secret-cache.ts');
const { mintToken } = await import('../../lambdas/auth/token.ts');

const { stored } = mintToken('known', 'test', ['provision']);

/** What a wrong token of a directory leads to: the first time, when nothing is remembered, and after that. */
async function outcomes(directory: string) {
  const read = async (name: string) => {
    count.calls++;
    if (name === 'spoilt') throw Object.assign(new Error(), { name: 'AccessDeniedException' });
    if (name === 'empty') return { tokens: [] };
    return name === 'known' ? { tokens: [stored] } : undefined;
  };
  const authorize = authorizer(cachedSecrets(read, { seconds: 60, unknownSeconds: 60 }));
  const seen = [];
  for (let n = 0; n < 2; n++) {
    const { token } = mintToken(directory, 'guessed', []);
    const event = { methodArn: 'arn', headers: { Authorization: `Bearer ${token}` } } as unknown as APIGatewayRequestAuthorizerEvent;
    Object.assign(count, { digests: 0, comparisons: 0, calls: 0 });
    const error = await authorize(event).catch((thrown: unknown) => thrown);
    seen.push({ error: String(error), ...count });
  }
  return seen;
}

test.each(['known', 'unknown', 'spoilt', 'empty'])(
  'a wrong token of a directory that is %s: the same calls, digests, comparisons and answer',
  async (directory) => {
    expect(await outcomes(directory)).toEqual([
      { error: 'Error: Unauthorized', calls: 1, digests: 1, comparisons: 1 },
      { error: 'Error: Unauthorized', calls: 0, digests: 1, comparisons: 1 },
    ]);
  },
);
