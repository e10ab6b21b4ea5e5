import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { scenarios } from '../bench/handler/scenarios.ts';
import { PHASES } from '../bench/large-change/watch.ts';
import { GROUP_OPERATIONS } from '../bench/scale/group-operations.ts';
import { OPERATIONS } from '../bench/scale/operations.ts';
import { temporaryFolder } from '../support/npm-start.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: unknown;
}

async function runBench(args: readonly string[], environment: Readonly<Record<string, string | undefined>> = {}): Promise<Outcome> {
  const bench = spawn(process.execPath, ['test/bench/bench.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment, TMPDIR: folder },
  });
  const [stdout, stderr, [status]] = await Promise.all([text(bench.stdout), text(bench.stderr), once(bench, 'close')]);
  return { stdout, stderr, status };
}

/** What the rows of its tables begin with that have one of these names. */
const rowsOf = (stdout: string, names: readonly string[]): string[] =>
  stdout.split('\n').flatMap((line) => names.find((name) => line.startsWith(`  ${name}  `)) ?? []);

test.each([
  { over: 'a DynamoDB Local of its own', endpoint: undefined },
  { over: 'an emulator that runs already', endpoint: process.env.TEST_DYNAMODB_ENDPOINT },
])(
  'bench handler measures every request over $over, and leaves nothing behind',
  async ({ endpoint }) => {
    const { stdout, stderr, status } = await runBench(['handler', '--rounds', '1'], { DYNAMODB_ENDPOINT: endpoint });
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

/** Of each phase that has this name, the write units of the partition key that has most of them. */
const unitsOfOneKey = (stdout: string, phase: string): number[] =>
  stdout.split('\n').flatMap((line) => {
    const [name, , , , , units] = line.trim().split(/ {2,}/);
    return name === phase ? [Number(units)] : [];
  });

test.each([
  { what: 'a group whose rows are under one partition key', unspread: '5000', most: [100, 100, 100] },
  // So many of their ids begin with one digit.
  { what: 'a group whose rows are spread', unspread: '40', most: [12, 12, 12] },
])(
  'bench large makes each change of $what in its phases, and writes nothing twice',
  async ({ unspread, most }) => {
    const { stdout, stderr, status } = await runBench(['large', '--members', '100', '--unspread', unspread]);
    expect({ stdout, stderr, status }).toEqual({
      stdout: expect.stringMatching(/^Every bar is met\.$/m),
      stderr: expect.not.stringContaining('Error'),
      status: 0,
    });
    expect(rowsOf(stdout, PHASES)).toEqual([...PHASES, ...PHASES, ...PHASES]);
    expect(unitsOfOneKey(stdout, 'stage')).toEqual(most);
    expect(readdirSync(folder)).toEqual([]);
  },
  120_000,
);

test('bench scale measures every operation on users and groups, and no bar is missed', async () => {
  const { stdout, stderr, status } = await runBench(['scale', '--users', '1001']);
  expect({ stdout, stderr, status }).toEqual({
    stdout: expect.stringMatching(/^Every bar is met\.$/m),
    stderr: expect.not.stringContaining('Error'),
    status: 0,
  });
  const names = [...OPERATIONS, ...GROUP_OPERATIONS].map(({ name }) => name);
  expect(rowsOf(stdout, names)).toEqual(names);
  expect(readdirSync(folder)).toEqual([]);
}, 600_000);
