import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { scenarios } from '../bench/handler/scenarios.ts';
import { temporaryFolder } from '../support/npm-start.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  { over: 'a DynamoDB Local of its own', endpoint: undefined },
  { over: 'an emulator that runs already', endpoint: process.env.TEST_DYNAMODB_ENDPOINT },
])(
  'bench handler measures every request over $over, and leaves nothing behind',
  async ({ endpoint }) => {
    const bench = spawn(process.execPath, ['test/bench/bench.ts', 'handler', '--rounds', '1'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DYNAMODB_ENDPOINT: endpoint, TMPDIR: folder },
    });
    const [stdout, stderr, [status]] = await Promise.all([text(bench.stdout), text(bench.stderr), once(bench, 'close')]);
    const rows = stdout.split('\n').filter((line) => /^ {2}(GET|POST|PATCH) /.test(line));
    const names = scenarios('any').map(({ name }) => name);
    // Whether a bar is missed or not: what is measured for so short a time says nothing of that.
    expect({
      names: rows.map((row) => row.trim().split(/ {2,}/)[0]),
      ended: /^(Every bar is met\.|\d+ missed:)/m.test(stdout),
      stderr,
    }).toEqual({
      names,
      ended: true,
      stderr: expect.not.stringContaining('Error'),
    });
    expect([0, 1]).toContain(status);
    expect(readdirSync(folder)).toEqual([]);
  },
  120_000,
);
