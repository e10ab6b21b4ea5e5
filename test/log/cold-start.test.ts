import { expect, test } from '@jest/globals';
import { coldStart } from '../../lambdas/log/cold-start.ts';

test('only the first request of an environment is a cold start', () => {
  expect([coldStart(), coldStart(), coldStart()]).toEqual([true, false, false]);
});
