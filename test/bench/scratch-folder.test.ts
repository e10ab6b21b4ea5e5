import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const SOURCE = `
  const { scratchFolder } = await import('./test/bench/scratch-folder.ts');
  process.stdout.write(scratchFolder('test'));
  process.stdin.resume();`;

test.each([
  { end: 'its own end', signal: undefined, status: 0 },
  { end: 'Ctrl-C', signal: 'SIGINT', status: 130 },
  { end: 'SIGTERM', signal: 'SIGTERM', status: 143 },
] as const)('the folder of a benchmark is removed at $end', async ({ signal, status }) => {
  const benchmark = spawn(process.execPath, ['--input-type=module', '--eval', SOURCE], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [path] = await once(benchmark.stdout, 'data');
  const wasThere = existsSync(String(path));
  if (signal) benchmark.kill(signal);
  else benchmark.stdin.end();
  const [code] = await once(benchmark, 'exit');
  expect({ wasThere, code, isThere: existsSync(String(path)) }).toEqual({ wasThere: true, code: status, isThere: false });
});
