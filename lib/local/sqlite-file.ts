import { DatabaseSync } from 'node:sqlite';
import { LocalError } from './local-error.ts';

/**
 * A lock of the operating system's, by way of SQLite: it goes with its process, so that none is ever left behind.
 * `undefined` if somebody else has held it for longer than the patience.
 */
export function lockFile(file: string, patienceMs = 0): DatabaseSync | undefined {
  try {
    const database = new DatabaseSync(file, { timeout: patienceMs });
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    const { isBusy, reason } = sqliteFailure(error);
    if (isBusy) return undefined;
    throw new LocalError(`the lock file ${file} cannot be used (${reason}): delete it, nothing is lost with it`);
  }
}

/** Looks whether a database is whole and can be written, since what DynamoDB Local says of one that is not helps nobody. */
export function checkDatabase(file: string, ifDamaged: string): void {
  try {
    using database = new DatabaseSync(file, { timeout: 1_000 });
    const found = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {}).join();
    if (found !== 'ok') throw new Error(found.replaceAll('\n', ' '));
    // Something is written, and taken back: beginning a transaction alone does not touch the disk.
    database.exec('BEGIN IMMEDIATE; PRAGMA user_version = 1; ROLLBACK');
  } catch (error) {
    const { isBusy, isUnwritable, reason } = sqliteFailure(error);
    if (isBusy) throw new LocalError(`an earlier DynamoDB Local still runs on ${file}: try again in some seconds, or end it`);
    if (isUnwritable) throw new LocalError(`${file} cannot be written (${reason}): choose another folder with --data, or --memory`);
    throw new LocalError(`the database ${file} is damaged (${reason}): ${ifDamaged}`);
  }
}

/** The result codes of SQLite that matter here; what has more than eight bits tells more precisely what the lowest eight do. */
const BUSY = 5;
const UNWRITABLE: ReadonlySet<number> = new Set([/* READONLY */ 8, /* IOERR */ 10, /* FULL */ 13, /* CANTOPEN */ 14]);

function sqliteFailure(error: unknown) {
  const { errcode = 0, message } = error as Error & { readonly errcode?: number };
  const code = errcode & 0xff;
  return { isBusy: code === BUSY, isUnwritable: UNWRITABLE.has(code), reason: message };
}
