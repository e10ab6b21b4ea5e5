import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '../../lib/local/running.ts';

/** The one line that `--json` prints. */
export interface Ready {
  readonly baseUrl: string;
  readonly directory: string;
  readonly token: string;
  readonly applicationToken: string;
}

export interface Started extends Ready, AsyncDisposable {
  readonly npm: ChildProcess;
  /** Where the stack is reached beside its API, and the process that it runs in. */
  readonly running: Running;
  /** Everything on standard output so far. */
  output(): string;
  /** Everything on standard error so far. */
  said(): string;
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'rollcall-data-'));

/** Runs `npm start` in a process of its own, with its data in a folder, until it says that it is ready. */
export async function npmStart(data: string, env: Readonly<Record<string, string>> = {}, args: readonly string[] = []): Promise<Started> {
  const npm = spawn('npm', ['start', '--silent', '--', '--port', '0', '--json', '--data', data, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const said: string[] = [];
  npm.stderr.on('data', (text) => said.push(String(text)));
  let output = '';
  npm.stdout.on('data', (text) => {
    output += text;
  });
  const lines = createInterface({ input: npm.stdout });
  const [line] = await Promise.race([once(lines, 'line'), once(npm, 'exit').then(() => [])]);
  if (typeof line !== 'string') throw new Error(`npm start ended: ${said.join('')}`);
  return {
    ...(JSON.parse(line) as Ready),
    npm,
    running: JSON.parse(readFileSync(join(data, 'running.json'), 'utf8')),
    output: () => output,
    said: () => said.join(''),
    async [Symbol.asyncDispose]() {
      if (npm.exitCode === null && npm.signalCode === null) {
        npm.kill('SIGTERM');
        await once(npm, 'exit');
      }
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** The processes, zombies not counted, whose command line holds a text. */
export function processesWith(text: string): number[] {
  const lines = execFileSync('ps', ['-axo', 'pid=,stat=,args='], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 }).split('\n');
  return lines.flatMap((line) => {
    const [, pid, stat = '', args = ''] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return args.includes(text) && !stat.startsWith('Z') ? [Number(pid)] : [];
  });
}

const PATIENCE_MS = 20_000;

/** Waits until something holds, and fails where it does not come to. */
export async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`this does not come to hold: ${holds}`);
    await sleep(50);
  }
}
