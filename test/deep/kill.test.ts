import { createHash, randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { userSchema } from '../../lambdas/scim/schemas/user.ts';
import { npmStart, processesWith, type Started, temporaryFolder, until } from '../support/npm-start.ts';

const ROUNDS = 20;
const WORKERS = 8;
const LATEST_MS = 1_500;

/** `KILL_SEED=…` repeats the moments and victims of a run that failed. */
const seed = Number(process.env.KILL_SEED ?? randomInt(2 ** 31));

/** A number from 0 up to a limit, the same for the same seed and purpose. */
const chosen = (purpose: string, limit: number): number =>
  createHash('sha256').update(`${seed} ${purpose}`).digest().readUInt32BE() % limit;

const headers = ({ token }: Started) => ({ Authorization: `Bearer ${token}`, 'Content-Type': 'application/scim+json' });

/** Creates users one after another until nobody answers any more, and gives those that were answered with 201. Tells of the first. */
async function createUsers(stack: Started, prefix: string, onFirst: () => void): Promise<string[]> {
  const created: string[] = [];
  for (let i = 0; ; i++) {
    const userName = `${prefix}-${i}@example.com`;
    const body = JSON.stringify({ schemas: [userSchema.id], userName });
    const status = await fetch(`${stack.baseUrl}/Users`, { method: 'POST', headers: headers(stack), body }).then(
      (response) => response.status,
      () => undefined,
    );
    if (status === undefined) return created;
    if (status === 201 && created.push(userName) === 1) onFirst();
  }
}

/** Every user that is listed, by pages of 200, and how many the service says that there are. */
async function listed(stack: Started): Promise<{ userNames: string[]; totals: number[] }> {
  const userNames: string[] = [];
  const totals: number[] = [];
  for (;;) {
    const query = `attributes=userName&count=200&startIndex=${userNames.length + 1}`;
    const response = await fetch(`${stack.baseUrl}/Users?${query}`, { headers: headers(stack) });
    const page = (await response.json()) as { totalResults: number; Resources?: { userName: string }[] };
    totals.push(page.totalResults);
    if (!page.Resources?.length) return { userNames, totals };
    userNames.push(...page.Resources.map(({ userName }) => userName));
  }
}

/** Throws, with their names, where users are missing, and where the service miscounts. */
async function expectEveryone(stack: Started, created: readonly string[], round: number): Promise<void> {
  const { userNames, totals } = await listed(stack);
  const there = new Set(userNames);
  expect({ seed, round, lost: created.filter((userName) => !there.has(userName)) }).toEqual({ seed, round, lost: [] });
  const counts = { listed: userNames.length, totals: [...new Set(totals)] };
  expect({ seed, round, ...counts }).toEqual({ seed, round, listed: there.size, totals: [there.size] });
}

/** Ends the stack in the midst of a load, and gives the users that it had answered with 201. */
async function killUnderLoad(stack: Started, round: number): Promise<string[]> {
  const workers = Array.from({ length: WORKERS }, (_, worker) => {
    const first = Promise.withResolvers<void>();
    return { first: first.promise, creating: createUsers(stack, `r${round}-w${worker}`, first.resolve) };
  });
  // The moments are those of a load: the first create of each also starts a function.
  await Promise.all(workers.map(({ first }) => first));
  await sleep(chosen(`moment of ${round}`, LATEST_MS));
  const victim = chosen(`victim of ${round}`, 2) === 0 ? (stack.npm.pid ?? 0) : stack.running.pid;
  process.kill(victim, 'SIGKILL');
  const created = await Promise.all(workers.map(({ creating }) => creating));
  // Java may still be ending: the next start is to see to that.
  await until(() => !processesWith('').includes(stack.running.pid));
  return created.flat();
}

const folder = temporaryFolder();
let stack: Started | undefined;
afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

test(`after kill -9 at ${ROUNDS} random moments every user is there who was answered with 201`, async () => {
  const created: string[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    stack = await npmStart(folder);
    await expectEveryone(stack, created, round);
    if (round < ROUNDS) created.push(...(await killUnderLoad(stack, round)));
  }
  console.log(JSON.stringify({ seed, rounds: ROUNDS, created: created.length }));
  await stack?.[Symbol.asyncDispose]();
  expect(processesWith(folder)).toEqual([]);
}, 900_000);
