import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { install } from 'njre';
import { reasonOf } from '../reason.ts';

/*
 * A process that brings a JRE into the folder `jre` of a draft folder: njre cannot be told to give up, a process can. It ends,
 * and removes the draft, when whoever started it is gone.
 */

const [draft = '', version = ''] = process.argv.slice(2);

process.stdin.on('end', () => {
  rmSync(draft, { recursive: true, force: true });
  process.exit(1);
});
process.stdin.resume();

try {
  await install(Number(version), { installPath: join(draft, 'jre') });
  process.exit(0);
} catch (error) {
  process.stderr.write(reasonOf(error));
  process.exit(1);
}
