import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for what a benchmark makes. It is removed when the process ends, by a signal too: no `finally` runs then. */
export function scratchFolder(benchmark: string): string {
  const folder = mkdtempSync(join(tmpdir(), `rollcall-${benchmark}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(128 + constants.signals[signal]));
  return folder;
}
