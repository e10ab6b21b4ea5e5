import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/*
 * A process that starts DynamoDB Local and ends it with SIGTERM once its own standard input ends: that is, when whoever
 * started it closes it or dies, however it dies. SIGKILL would cost DynamoDB Local its last transaction.
 */

export interface KeeperOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** A file that is locked for as long as DynamoDB Local runs on its data: a second one waits for the first to end. */
  readonly lockFile?: string;
  /** A folder to be removed at the end. */
  readonly scratch?: string;
}

/** How long a DynamoDB Local whose parent was killed may take to end. */
const LOCK_TIMEOUT_MS = 15_000;

const { command, args, cwd, lockFile, scratch } = JSON.parse(process.argv[2] ?? '{}') as KeeperOptions;

/** A lock of the operating system's: it goes with the process that holds it. */
function lock(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: LOCK_TIMEOUT_MS });
  database.exec('BEGIN EXCLUSIVE');
  return database;
}

// A terminal's Ctrl-C is for the parent, which closes our standard input when it is done with us.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
// The parent may be gone when we have something to say.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {});

const held = lockFile === undefined ? undefined : lock(lockFile);
const java = spawn(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
java.stderr.on('data', (text) => process.stderr.write(text));

let ending = false;
const end = () => {
  ending = true;
  java.kill('SIGTERM');
};
process.stdin.on('end', end).on('error', end).resume();

const finish = (code: number) => {
  held?.close();
  if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  process.exit(ending ? 0 : code);
};
java.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  finish(127);
});
java.on('exit', (code) => finish(code ?? 1));
