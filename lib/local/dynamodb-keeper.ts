import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { LocalError } from './local-error.ts';
import { checkDatabase, lockFile } from './sqlite-file.ts';

/*
 * A process that starts DynamoDB Local and ends it with SIGTERM once its own standard input ends: that is, when whoever
 * started it closes it or dies, however it dies. SIGKILL would cost DynamoDB Local its last transaction.
 */

export interface KeeperOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly data?: KeptData;
  /** A folder to be removed at the end. */
  readonly scratch?: string;
}

/** What DynamoDB Local keeps on the disk. */
export interface KeptData {
  /** A file that is locked for as long as DynamoDB Local runs on its data: a second one waits for the first to end. */
  readonly lockFile: string;
  /** It need not be there yet. */
  readonly database: string;
  /** What helps if the database is damaged. */
  readonly ifDamaged: string;
}

/** How long a DynamoDB Local whose parent was killed may take to end. */
const LOCK_TIMEOUT_MS = 15_000;

/** What has not ended by then never will. Shorter than the time that another one waits for the lock. */
const KILL_AFTER_MS = 10_000;

const { command, args, cwd, data, scratch } = JSON.parse(process.argv[2] ?? '{}') as KeeperOptions;

// A terminal's Ctrl-C is for the parent, which closes our standard input when it is done with us.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
// The parent may be gone when we have something to say.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {});

const lock = data && prepare(data);
const java = spawn(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
java.stderr.on('data', (text) => process.stderr.write(text));

/** The line that says so is how our parent knows that it was we who refused. */
function prepare({ lockFile: file, database, ifDamaged }: KeptData) {
  try {
    const lock = lockFile(file, LOCK_TIMEOUT_MS);
    if (!lock) throw new LocalError(`an earlier DynamoDB Local still runs on ${database}: try again in some seconds`);
    if (existsSync(database)) checkDatabase(database, ifDamaged);
    return lock;
  } catch (error) {
    process.stderr.write(`refused: ${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  }
}

let ending = false;
const end = () => {
  ending = true;
  endGroup();
};
process.stdin.on('end', end).on('error', end).resume();

/** The whole group: a `java` may be a script that starts the real one. */
function endGroup() {
  const kill = (signal: NodeJS.Signals) => {
    try {
      if (java.pid !== undefined) process.kill(-java.pid, signal);
    } catch {
      // It has ended.
    }
  };
  kill('SIGTERM');
  setTimeout(() => kill('SIGKILL'), KILL_AFTER_MS).unref();
}

const finish = (code: number) => {
  lock?.close();
  // While the parent lives it is the parent's: it may still have use for it.
  if (ending && scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  process.exit(ending ? 0 : code);
};
java.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  finish(127);
});
java.on('exit', (code) => {
  endGroup();
  // What it has started may hold its standard error open, and so keep it from closing.
  setTimeout(() => finish(code ?? 1), KILL_AFTER_MS + 1_000);
});
java.on('close', (code) => finish(code ?? 1));
