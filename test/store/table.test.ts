import { afterEach, expect, test } from '@jest/globals';
import { tableFromEnvironment } from '../../lambdas/store/table.ts';

const before = { ...process.env };
afterEach(() => {
  process.env = before;
});

test('without the name of its table a function does not start', () => {
  process.env = { ...before, TABLE_NAME: '' };
  expect(tableFromEnvironment).toThrow('TABLE_NAME is not set');
});
