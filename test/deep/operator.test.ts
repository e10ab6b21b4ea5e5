import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { userSchema } from '../../lambdas/scim/schemas/user.ts';
import { said } from '../support/console.ts';
import { tableOf } from '../support/directories.ts';
import { npmStart, type Started, temporaryFolder } from '../support/npm-start.ts';

/*
 * What an operator does in the life of two customers, with the command line alone, and what their clients see of it. The stack
 * remembers credentials for a second.
 */

let stack: Started;
const data = temporaryFolder();
beforeAll(async () => {
  stack = await npmStart(data, {}, ['-c', 'credentialCacheSeconds=1']);
});
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
  rmSync(data, { recursive: true, force: true });
});

interface Answer {
  readonly directory: string;
  readonly baseUrl: string;
  readonly token: string;
}

/** Runs a command, and gives what it prints as JSON. */
const command = async <T = Answer>(args: string): Promise<T> => {
  const output = await said(`${args} --json 2>/dev/null`, { options: `--local --data ${data}`, folder: process.cwd() });
  return JSON.parse(output) as T;
};

const send = async ({ baseUrl, token }: Pick<Answer, 'baseUrl' | 'token'>, path: string, body?: object) => {
  const response = await fetch(baseUrl + path, {
    method: body ? 'POST' : 'GET',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/scim+json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as { totalResults?: number; schemas: string[] } };
};
const statusOf = async (client: Pick<Answer, 'baseUrl' | 'token'>) => (await send(client, '/Users?count=2')).status;

/** Waits until a client is answered so; the test times out where that does not come. */
async function untilAnswered(client: Pick<Answer, 'baseUrl' | 'token'>, status: number): Promise<void> {
  while ((await statusOf(client)) !== status) await sleep(200);
}

const itemsOf = async (directory: string) => {
  const { client, name } = tableOf(stack.running);
  const { Items = [] } = await client.send(new ScanCommand({ TableName: name, ConsistentRead: true }));
  return Items.filter(({ pk }) => String(pk).startsWith(`${directory}#`) && !String(pk).endsWith('#token'));
};

test('two customers come, one rotates, revokes, lets expire, and goes; the other notices nothing', async () => {
  const initech = await command('create Initech');
  const globex = await command('create "Globex Corporation" --id globex');
  for (const [client, userName] of [
    [initech, 'ada'],
    [globex, 'grace'],
  ] as const) {
    await untilAnswered(client, 200);
    expect((await send(client, '/Users', { schemas: [userSchema.id], userName })).status).toBe(201);
    expect((await send(client, '/Users?count=2')).body.totalResults).toBe(1);
  }
  const others = await itemsOf('globex');

  // The new token is good as soon as the old secret is forgotten, the old one until the overlap is over.
  const rotated = await command('token rotate initech --overlap 15s');
  await untilAnswered(rotated, 200);
  expect(await statusOf(initech)).toBe(200);
  await untilAnswered(initech, 401);
  expect(await statusOf(rotated)).toBe(200);

  const revoked = await command<Answer & { readonly id: string }>('token create initech --label leaked');
  await untilAnswered(revoked, 200);
  const revocation = await command<{ readonly refusedWithinSeconds: number }>('token revoke initech leaked');
  expect(revocation.refusedWithinSeconds).toBe(2);
  await untilAnswered(revoked, 401);

  const brief = await command('token create initech --label brief --expires 15s');
  await untilAnswered(brief, 200);
  await untilAnswered(brief, 401);
  expect(await statusOf(rotated)).toBe(200);

  const tokens = await command<{ readonly label: string; readonly state: string; readonly lastUsedAt?: string }[]>('token list initech');
  expect(tokens.map(({ label, state }) => [label, state])).toEqual([
    ['first token', 'expired'],
    ['first token', 'live'],
    ['brief', 'expired'],
  ]);
  for (const { lastUsedAt } of tokens) expect(Date.parse(lastUsedAt ?? '')).toBeLessThanOrEqual(Date.now());

  expect(await command<{ readonly items: number }>('delete initech --yes')).toMatchObject({ directory: 'initech', deleted: true });
  expect(await statusOf(rotated)).toBe(401);
  expect(await itemsOf('initech')).toEqual([]);
  expect(await itemsOf('globex')).toEqual(others);
  expect(await statusOf(globex)).toBe(200);
  expect((await command<Answer[]>('list')).map(({ directory }) => directory)).toEqual(['acme', 'globex']);
}, 120_000);
