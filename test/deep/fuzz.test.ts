import { expect, test } from '@jest/globals';
import { fuzz } from '../fuzz/driver.ts';

const { FUZZ_SEED = '2', FUZZ_EVENTS = '4000' } = process.env;

test('four thousand random requests: every answer is a SCIM message, and nothing is written by what is refused', async () => {
  const answered = await fuzz(Number(FUZZ_EVENTS), Number(FUZZ_SEED));
  const seen = [...answered.keys()];
  expect(seen).toEqual(expect.arrayContaining([200, 201, 204, 304, 400, 403, 404, 405, 409, 412, 415]));
}, 1_200_000);
