import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openDataFolder } from '../../../lib/local/data-folder.ts';
import { watchDisk } from '../../../lib/local/disk.ts';
import { temporaryFolder } from '../../support/npm-start.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

describe('a data folder that is there, and cannot be written', () => {
  /** What opening says to somebody who is not root, whom no permission stops. The modules are read before, while they can be. */
  const openedByNobody = (): string => {
    const script = `
      const { openDataFolder } = await import(${JSON.stringify(new URL('../../../lib/local/data-folder.ts', import.meta.url).href)});
      if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }
      try { openDataFolder(process.argv[1]); } catch (error) { console.log(error.name + ': ' + error.message); }`;
    const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
    return execFileSync(process.execPath, [...flags, folder], { encoding: 'utf8', timeout: 30_000 }).trim();
  };
  const says = (name: string) =>
    `LocalError: ${join(folder, name)} cannot be written (EACCES: permission denied, access '${join(folder, name)}'): choose another folder with --data, or keep nothing with --memory`;

  test('as a whole', () => {
    chmodSync(folder, 0o555);
    expect(openedByNobody()).toBe(says(''));
  });

  test.each(['operator.json', 'secrets.json', 'stack.lock', 'dynamodb.lock', 'dynamodb'])('in its %s', (name) => {
    mkdirSync(join(folder, 'dynamodb'), { mode: 0o777 });
    if (name !== 'dynamodb') writeFileSync(join(folder, name), '');
    for (const each of [folder, join(folder, 'dynamodb')]) chmodSync(each, 0o777);
    chmodSync(join(folder, name), 0o444);
    expect(openedByNobody()).toBe(says(name));
  });
});

test('a data folder that is open is refused, and can be opened again when it was closed', () => {
  const path = join(folder, 'a', 'b');
  openDataFolder(path)[Symbol.dispose]();
  using opened = openDataFolder(path);
  expect(() => openDataFolder(path)).toThrow('is in use by another rollcall');
  expect(opened.tokens).toBeUndefined();
});

describe('a disk', () => {
  test('with too little room is not used', () => {
    expect(() => watchDisk(folder, Number.MAX_SAFE_INTEGER)).toThrow(/MB are free on the disk of .*: make room, or choose another folder/);
  });

  test('that cannot be written any more is told of', async () => {
    const path = join(folder, 'gone');
    mkdirSync(path);
    using disk = watchDisk(path);
    rmSync(path, { recursive: true });
    expect((await disk.failed).message).toContain(`${path} cannot be written any more (`);
  });
});
