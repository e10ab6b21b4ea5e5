import { setImmediate } from 'node:timers/promises';
import type { Matches } from './disturbances.ts';
import type { Disturbance, Strict } from './strict-dynamodb.ts';

/** Whether the last request of a process is done. */
type When = 'before' | 'after';

/**
 * A failure that nothing repairs, such as the end of the process: at a request, before it is sent or when its answer arrives. From then
 * on nothing is sent any more.
 */
export function dieWhen(matches: Matches, when: When = 'before'): Disturbance {
  let isDead = false;
  return async (request, pass) => {
    const isLast = !isDead && matches(request);
    isDead ||= isLast;
    if (isLast && when === 'after') await pass();
    if (isDead) throw new Error(`the process died at request ${request.n}`);
    return pass();
  };
}

export const dieAt = (n: number, when?: When): Disturbance => dieWhen((request) => request.n === n, when);

/** Lets an operation die; what is under way by then is done. Tells how many requests it came to. */
export async function dying(table: Strict, death: Disturbance, act: () => Promise<unknown>): Promise<number> {
  using _ = table.disturb(death);
  const sent: Promise<object>[] = [];
  using __ = table.disturb((_, pass) => {
    const answer = pass();
    sent.push(answer);
    return answer;
  });
  await act().catch(() => {});
  for (let ended = 0; ended < sent.length; await setImmediate()) {
    ended = sent.length;
    await Promise.allSettled(sent);
  }
  return sent.length;
}

/** Lets an operation die at its n-th request. False if it has fewer, and did not die. */
export const crash = async (table: Strict, n: number, when: When, act: () => Promise<unknown>): Promise<boolean> =>
  (await dying(table, dieAt(n, when), act)) >= n;
