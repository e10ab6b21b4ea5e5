import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { npmStart, processesWith, type Started, temporaryFolder, until } from '../support/npm-start.ts';
import { leftovers, list, post } from '../support/users-of-stack.ts';

const ended = (pid: number) => !processesWith('').includes(pid);

describe('stopping', () => {
  test('on SIGINT everything ends; at the next start data and tokens are there', async () => {
    const folder = temporaryFolder();
    const first = await npmStart(folder);
    await post(first, 'kept@example.com');
    process.kill(first.running.pid, 'SIGINT');
    await once(first.npm, 'exit');
    expect(first.npm.exitCode).toBe(0);
    expect(leftovers(folder)).toEqual([]);

    await using second = await npmStart(folder);
    expect([second.token, second.applicationToken]).toEqual([first.token, first.applicationToken]);
    expect((await list(second)).totalResults).toBe(2);
  });

  test.each([
    ['npm', ({ npm }: Started) => npm.pid ?? 0],
    ['the endpoint itself', ({ running }: Started) => running.pid],
  ])('after kill -9 of %s no process is left, and no user is lost who was answered with 201', async (_, victim) => {
    const folder = temporaryFolder();
    const first = await npmStart(folder);
    const created: string[] = [];
    const creating = (async () => {
      for (let i = 0; i < 10_000; i++) if ((await post(first, `user${i}@example.com`)).status === 201) created.push(`user${i}@example.com`);
    })().catch(() => {});
    await until(() => created.length >= 10);
    process.kill(victim(first), 'SIGKILL');
    await creating;
    await until(() => ended(first.running.pid) && leftovers(folder).length === 0);

    await using second = await npmStart(folder);
    for (const userName of created) {
      const { totalResults } = await list(second, `filter=${encodeURIComponent(`userName eq "${userName}"`)}`);
      expect([userName, totalResults]).toEqual([userName, 1]);
    }
  });

  test('a start right after kill -9 waits for the DynamoDB that is still ending', async () => {
    const folder = temporaryFolder();
    const first = await npmStart(folder);
    await post(first, 'last@example.com');
    process.kill(first.running.pid, 'SIGKILL');
    await using second = await npmStart(folder);
    expect((await list(second, 'filter=userName%20eq%20%22last@example.com%22')).totalResults).toBe(1);
  });

  test('when DynamoDB Local ends by itself, so does everything, with one line', async () => {
    const folder = temporaryFolder();
    await using stack = await npmStart(folder);
    const [java = 0] = processesWith(`-dbPath ${folder}`);
    process.kill(java, 'SIGKILL');
    const [status] = await once(stack.npm, 'exit');
    expect([status, leftovers(folder)]).toEqual([1, []]);
    expect(stack.said()).toMatch(/^rollcall: DynamoDB Local has ended: /m);
  });

  test('SIGTERM while it starts ends it at once', async () => {
    const folder = temporaryFolder();
    const start = spawn(process.execPath, ['bin/local.ts', '--port', '0', '--data', folder], { stdio: 'ignore' });
    await until(() => leftovers(folder).length >= 2);
    start.kill('SIGTERM');
    expect(await once(start, 'exit')).toEqual([0, null]);
    expect(leftovers(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  test('kill -9 while it starts leaves no process', async () => {
    const folder = temporaryFolder();
    const start = spawn(process.execPath, ['bin/local.ts', '--port', '0', '--data', folder], { stdio: 'ignore' });
    await until(() => leftovers(folder).length >= 2);
    start.kill('SIGKILL');
    await until(() => leftovers(folder).length === 0);
    rmSync(folder, { recursive: true });
  });
});
