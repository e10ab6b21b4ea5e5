import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { listen } from '../../lib/local/listen.ts';
import { processesWith, temporaryFolder } from '../support/npm-start.ts';
import { pathWithJava, runLocal } from '../support/run-local.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const places = () => ({ JAVA_HOME: undefined, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), TMPDIR: folder });

test('a Java that hangs, and does not want to end, is given up, with one line', async () => {
  const PATH = pathWithJava(join(folder, 'bin'), "trap '' TERM\nwhile :; do /bin/sleep 1; done");
  const ended = await runLocal(['--memory'], { env: { ...places(), PATH } });
  expect(ended).toEqual({
    status: 1,
    stdout: '',
    said: ['rollcall: DynamoDB Local did not answer within 30 s: look whether `java -version` works'],
  });
  expect(processesWith(folder)).toEqual([]);
}, 90_000);

test('a download that brings nothing is given up, with one line', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket.on('error', () => {})));
  const proxy = { HTTPS_PROXY: `http://127.0.0.1:${await listen(silent)}`, NO_PROXY: undefined, no_proxy: undefined };
  const ended = await runLocal(['--memory'], { env: { ...places(), ...proxy, PATH: pathWithJava(join(folder, 'bin')) } });
  for (const socket of sockets) socket.destroy();
  silent.close();
  expect(ended).toEqual({
    status: 1,
    stdout: '',
    said: [expect.stringMatching(/^rollcall: Java is missing, and bringing a JRE failed \(nothing came for 20 s\): install Java 11/)],
  });
  expect(processesWith(folder)).toEqual([]);
}, 90_000);
