import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openDataFolder } from '../../../lib/local/data-folder.ts';
import { type Running, readRunning, writeRunning } from '../../../lib/local/running.ts';
import { temporaryFolder } from '../../support/npm-start.ts';

const running: Running = {
  pid: 1,
  address: 'http://[::1]:3000',
  apiUrl: 'https://tunnel.example/x',
  baseUrl: 'https://tunnel.example/x/acme/scim/v2',
  dynamodb: 'http://127.0.0.1:1',
  secretsManager: 'http://127.0.0.1:2',
  table: 'DirectoryTable',
  secretPrefix: 'rollcall',
  credentialCacheSeconds: 0,
};

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what a running stack has written is read as it was', () => {
  writeRunning(folder, running);
  expect(readRunning(folder)).toEqual(running);
});

test('where none runs, there is nothing', () => {
  expect(readRunning(folder)).toBeUndefined();
  expect(readRunning(join(folder, 'none'))).toBeUndefined();
});

test.each([
  { what: 'no JSON', content: 'pid 1' },
  { what: 'what an older version wrote', content: JSON.stringify({ ...running, apiUrl: undefined }) },
  { what: 'an address that is none', content: JSON.stringify({ ...running, dynamodb: 'here' }) },
])('$what is refused, and the message says what to do', ({ content }) => {
  writeFileSync(join(folder, 'running.json'), content);
  expect(() => readRunning(folder)).toThrow(/running\.json is damaged \(.*: stop the stack if it runs, and start it again$/);
});

test('what a stack that was killed has left is gone once another has the folder', () => {
  writeRunning(folder, running);
  using _ = openDataFolder(folder);
  expect(readRunning(folder)).toBeUndefined();
});
