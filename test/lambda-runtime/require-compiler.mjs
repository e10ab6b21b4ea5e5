import { spawnSync } from 'node:child_process';

/*
 * Lambda's runtime client is built when it is installed. What it needs for that is looked for before, since its installation fails in
 * hundreds of lines. In JavaScript, and without any package: it has to run where nothing is installed.
 */

const isThere = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;

const missing = [
  ['cmake', ['cmake']],
  ['a C++ compiler', ['c++', 'g++', 'clang++']],
  ['make', ['make']],
  ['Python 3', ['python3']],
].flatMap(([name, commands]) => (commands.some(isThere) ? [] : [name]));

const refuse = (what) => {
  process.stderr.write(`test:runtime: ${what} Only this suite needs that, to build Lambda's runtime client.\n`);
  process.exit(1);
};

if (process.platform !== 'linux') refuse(`this system is ${process.platform}, and Linux is needed.`);
if (missing.length > 0) refuse(`${missing.join(', ')} missing: apt-get install cmake g++ make python3, or what your system has for it.`);
