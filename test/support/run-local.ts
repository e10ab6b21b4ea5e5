import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export interface RunOptions {
  /** What differs from our own environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Told of what comes on standard error. */
  readonly onSaid?: (text: string) => void;
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  /** The lines on standard error, without those that tell what is being done. */
  readonly said: readonly string[];
}

/** Runs the local stack, which is expected to end by itself, and gives what it said. */
export async function runLocal(args: readonly string[], { env, onSaid }: RunOptions = {}): Promise<Ended> {
  const run = spawn(process.execPath, ['bin/local.ts', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  if (onSaid) run.stderr.on('data', (chunk) => onSaid(String(chunk)));
  const [stdout, stderr, [status]] = await Promise.all([text(run.stdout), text(run.stderr), once(run, 'close')]);
  return { status, stdout, said: stderr.split('\n').filter((line) => line !== '' && !line.endsWith(' …')) };
}

/** Makes a folder to be all of the PATH: what the CDK calls is in it, and as `java` a shell script, or none. */
export function pathWithJava(folder: string, script?: string): string {
  mkdirSync(folder, { recursive: true });
  for (const name of ['bash', 'sh', 'node', 'npx'])
    symlinkSync(execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(), join(folder, name));
  if (script === undefined) return folder;
  writeFileSync(join(folder, 'java'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'java'), 0o755);
  return folder;
}
