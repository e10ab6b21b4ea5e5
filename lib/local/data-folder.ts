import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { writeFileAtomically } from './files.ts';
import { LocalError } from './local-error.ts';

/** What the operator of the local stack is shown again at each start. */
export interface OperatorTokens {
  readonly directory: string;
  readonly token: string;
  readonly applicationToken: string;
}

/** Where a running stack is reached, for commands beside it. */
export interface Running {
  readonly pid: number;
  readonly baseUrl: string;
  readonly dynamodb: string;
  readonly secretsManager: string;
  readonly table: string;
  readonly secretPrefix: string;
}

/** The folder that keeps a local stack's data between runs; one stack at a time has it. */
export interface DataFolder extends Disposable {
  readonly dynamodb: string;
  readonly dynamodbLock: string;
  readonly secrets: string;
  readTokens(): OperatorTokens | undefined;
  writeTokens(tokens: OperatorTokens): void;
  writeRunning(running: Running): void;
}

export function openDataFolder(path: string): DataFolder {
  const folder = resolve(path);
  const file = (name: string) => join(folder, name);
  try {
    mkdirSync(file('dynamodb'), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new LocalError(`the data folder ${folder} cannot be made: ${error instanceof Error ? error.message : error}`);
  }
  const lock = lockFolder(folder, file('stack.lock'));
  return {
    dynamodb: file('dynamodb'),
    dynamodbLock: file('dynamodb.lock'),
    secrets: file('secrets.json'),
    readTokens: () => (existsSync(file('operator.json')) ? JSON.parse(readFileSync(file('operator.json'), 'utf8')) : undefined),
    writeTokens: (tokens) => writeFileAtomically(file('operator.json'), JSON.stringify(tokens, null, 2)),
    writeRunning: (running) => writeFileAtomically(file('running.json'), JSON.stringify(running, null, 2)),
    [Symbol.dispose]() {
      rmSync(file('running.json'), { force: true });
      lock.close();
    },
  };
}

/** A lock of the operating system's, by way of SQLite: it goes with its process, so that none is ever left behind. */
function lockFolder(folder: string, file: string): DatabaseSync {
  try {
    const database = new DatabaseSync(file);
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (!reason.includes('locked')) throw new LocalError(`the data folder ${folder} cannot be used: ${reason}`);
    throw new LocalError(`the data folder ${folder} is in use by another rollcall: stop that one, or choose another folder with --data`);
  }
}
