import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import { reasonOf } from '../reason.ts';
import { LocalError } from './local-error.ts';

/** Writes a file for its owner's eyes alone, so that whoever reads it finds the old content or the new one whole. */
export function writeFileAtomically(file: string, content: string | Uint8Array): void {
  const draft = `${file}.${process.pid}.new`;
  try {
    const descriptor = openSync(draft, 'w', 0o600);
    try {
      writeFileSync(descriptor, content);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new LocalError(`${file} cannot be written (${reasonOf(error)})`, { cause: error });
  }
}

/** Makes a folder for its owner alone, and what is missing above it. Node's own `recursive` never ends below `/proc` and `/dev/fd`. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** What a file of JSON holds, or `undefined` if there is none. */
export function readJsonFile<T>(file: string, schema: z.core.$ZodType<T>, ifDamaged: string): T | undefined {
  try {
    return z.parse(schema, JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new LocalError(`${file} is damaged (${reasonOf(error)}): ${ifDamaged}`, { cause: error });
  }
}
