import { accessSync, constants, statfsSync } from 'node:fs';
import { reasonOf } from '../reason.ts';
import { LocalError } from './local-error.ts';

/** What is to stay free. Other programs fill a disk as well, and we look only now and then. */
const SPARE_BYTES = 64 * 1024 * 1024;
const LOOK_EVERY_MS = 500;

/** A disk that is looked after. */
export interface WatchedDisk extends Disposable {
  /** Comes to pass if no more should be written. */
  readonly failed: Promise<LocalError>;
}

/**
 * Looks after the disk under a folder. DynamoDB Local says that something is written before it is, and does not say when the disk
 * has refused it: what is not to be lost must not come so far. Throws if there is no room now.
 */
export function watchDisk(folder: string, spareBytes = SPARE_BYTES): WatchedDisk {
  const trouble = troubleWith(folder, spareBytes);
  if (trouble) throw trouble;
  const { promise: failed, resolve } = Promise.withResolvers<LocalError>();
  const looking = setInterval(() => {
    const trouble = troubleWith(folder, spareBytes);
    if (trouble) resolve(trouble);
  }, LOOK_EVERY_MS).unref();
  return { failed, [Symbol.dispose]: () => clearInterval(looking) };
}

function troubleWith(folder: string, spareBytes: number): LocalError | undefined {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize >= spareBytes) return undefined;
    const spare = Math.round(spareBytes / 1024 / 1024);
    return new LocalError(`less than ${spare} MB are free on the disk of ${folder}: make room, or choose another folder with --data`);
  } catch (error) {
    return new LocalError(`${folder} cannot be written any more (${reasonOf(error)})`);
  }
}
