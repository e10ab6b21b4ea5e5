import { accessSync, constants, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod/mini';
import { directoryOf } from '../../lambdas/auth/token.ts';
import { reasonOf } from '../reason.ts';
import { watchDisk } from './disk.ts';
import type { KeptData } from './dynamodb-keeper.ts';
import { makeFolder, readJsonFile, writeFileAtomically } from './files.ts';
import { LocalError } from './local-error.ts';
import { RUNNING_FILE, type Running, writeRunning } from './running.ts';
import { lockFile } from './sqlite-file.ts';

/** What the operator of the local stack is shown again at each start. */
export interface OperatorTokens {
  readonly directory: string;
  readonly token: string;
  readonly applicationToken: string;
}

const operatorTokens = z
  .object({ directory: z.string(), token: z.string(), applicationToken: z.string() })
  .check(
    z.refine(
      ({ directory, token, applicationToken }) => [token, applicationToken].every((each) => directoryOf(each) === directory),
      'these are no tokens of the directory',
    ),
  );

/** The folder that keeps a local stack's data between runs; one stack at a time has it. */
export interface DataFolder extends Disposable {
  /** Comes to pass if nothing more should be written into it. */
  readonly failed: Promise<LocalError>;
  readonly dynamodb: KeptData;
  readonly secrets: string;
  /** What an earlier start has written. */
  readonly tokens: OperatorTokens | undefined;
  writeTokens(tokens: OperatorTokens): void;
  writeRunning(running: Running): void;
}

/** Throws a LocalError if it cannot be written, is in use, or holds tokens that make no sense. */
export function openDataFolder(path: string): DataFolder {
  const folder = resolve(path);
  const file = (name: string) => join(folder, name);
  for (const each of [folder, file('dynamodb')]) prepareFolder(each);
  for (const name of ['stack.lock', 'dynamodb.lock', 'operator.json', 'secrets.json', RUNNING_FILE]) checkFile(file(name));

  using opened = new DisposableStack();
  const disk = opened.use(watchDisk(folder));
  const lock = lockFile(file('stack.lock'));
  if (!lock)
    throw new LocalError(`the data folder ${folder} is in use by another rollcall: stop that one, or choose another folder with --data`);
  opened.defer(() => lock.close());
  // That of a stack that was killed names what is gone.
  removeIfPossible(file(RUNNING_FILE));
  opened.defer(() => removeIfPossible(file(RUNNING_FILE)));
  const tokens = readJsonFile(file('operator.json'), operatorTokens, 'restore it, or delete it to have new tokens made');
  const kept = {
    lockFile: file('dynamodb.lock'),
    database: file('dynamodb/shared-local-instance.db'),
    ifDamaged: `restore it, or delete the folder ${file('dynamodb')} to begin anew: its users and groups are lost, the tokens stay`,
  };
  // A database begins empty; once there were tokens it was no longer.
  if (tokens && statSync(kept.database, { throwIfNoEntry: false })?.size === 0)
    throw new LocalError(`the database ${kept.database} is damaged (it is empty): ${kept.ifDamaged}`);
  const owned = opened.move();
  return {
    failed: disk.failed,
    dynamodb: kept,
    secrets: file('secrets.json'),
    tokens,
    writeTokens: (tokens) => writeFileAtomically(file('operator.json'), JSON.stringify(tokens, null, 2)),
    writeRunning: (running) => writeRunning(folder, running),
    [Symbol.dispose]: () => owned.dispose(),
  };
}

/** The disk may be what we end for. */
function removeIfPossible(file: string) {
  try {
    rmSync(file, { force: true });
  } catch {
    // It names a process that is gone, and the next start writes it anew.
  }
}

const INSTEAD = 'choose another folder with --data, or keep nothing with --memory';

function prepareFolder(folder: string) {
  const stats = orUnusable(folder, () => statSync(folder, { throwIfNoEntry: false }));
  if (stats?.isDirectory() === false) throw new LocalError(`${folder} should be a folder, and is a file: move it away, or ${INSTEAD}`);
  orUnusable(folder, () => {
    makeFolder(folder);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  });
}

function checkFile(file: string) {
  const stats = orUnusable(file, () => statSync(file, { throwIfNoEntry: false }));
  if (stats?.isDirectory()) throw new LocalError(`${file} should be a file, and is a folder: move it away, or ${INSTEAD}`);
  if (stats) orUnusable(file, () => accessSync(file, constants.R_OK | constants.W_OK));
}

function orUnusable<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new LocalError(`${path} cannot be written (${reasonOf(error)}): ${INSTEAD}`);
  }
}
