import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { validate } from '../../lambdas/scim/validate.ts';
import { userBody } from '../support/users.ts';

test('--help lists the benchmarks', () => {
  const { stdout, status } = spawnSync(process.execPath, ['test/bench/bench.ts', '--help'], { encoding: 'utf8' });
  expect({ stdout, status }).toEqual({ stdout: expect.stringMatching(/^ {2}core {2,}filters/m), status: 0 });
});

test('the users that are measured are users that the service takes', () => {
  for (let n = 0; n < 100; n++) {
    const { schemas: _, ...resource } = userBody(n);
    expect(validate(user, userBody(n), { to: 'create' })).toEqual({ resource, unknowns: [] });
  }
});
