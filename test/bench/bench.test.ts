import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { validate } from '../../lambdas/scim/validate.ts';
import { userBody } from '../support/users.ts';

const bench = (...args: string[]) => spawnSync(process.execPath, ['test/bench/bench.ts', ...args], { encoding: 'utf8' });

test('--help lists the benchmarks', () => {
  const { stdout, status } = bench('--help');
  expect({ stdout, status }).toEqual({
    stdout: expect.stringMatching(
      /^ {2}core {2,}filters[\s\S]*^ {2}handler \[options\] {2,}whole requests[\s\S]*^ {2}large \[options\] {2,}changes[\s\S]*^ {2}scale \[options\] {2,}every[\s\S]*^ {2}start {2,}what/m,
    ),
    status: 0,
  });
});

test.each([
  { benchmark: 'scale', option: /^ {2}--users <number> .*\(default: 100000\)$/m },
  { benchmark: 'large', option: /^ {2}--members <number> .*\(default: 20000\)$/m },
])('--help of $benchmark lists its options', ({ benchmark, option }) => {
  expect(bench(benchmark, '--help').stdout).toMatch(option);
});

test.each(['999', '1e5', 'many'])('a directory cannot have %s users', (users) => {
  const { stderr, status } = bench('scale', '--users', users);
  expect({ stderr, status }).toEqual({ stderr: expect.stringContaining('expected a whole number, 1000 or more'), status: 1 });
});

test.each([
  { args: ['--users', '1000'], expected: '--users (1000) must be greater than --small (1000)' },
  { args: ['--users', '2000', '--small', '3000'], expected: '--users (2000) must be greater than --small (3000)' },
])('the large directory must be larger than the small one: $args', ({ args, expected }) => {
  const { stdout, stderr, status } = bench('scale', ...args);
  expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: expect.stringContaining(expected), status: 1 });
});

test('a large change is none of fewer members than one transaction takes', () => {
  const { stderr, status } = bench('large', '--members', '99');
  expect({ stderr, status }).toEqual({ stderr: expect.stringContaining('expected a whole number, 100 or more'), status: 1 });
});

test('the users that are measured are users that the service takes', () => {
  for (let n = 0; n < 100; n++) {
    const { schemas: _, ...resource } = userBody(n);
    expect(validate(user, userBody(n), { to: 'create' })).toEqual({ resource, unknowns: [] });
  }
});
