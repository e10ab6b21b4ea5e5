import { setTimeout as sleep } from 'node:timers/promises';
import { unavailable } from '../scim/errors.ts';
import type { Scope } from './store.ts';

/** Milliseconds to wait before what has been tried `attempt` times is tried again: up to twice as long each time, with full jitter. */
export const pauseAfter = (attempt: number, random = Math.random()): number => random * Math.min(1_000, 20 * 2 ** attempt);

/** Waits before something is tried again. 503 where the deadline comes first. */
export async function backOff({ deadline }: Pick<Scope, 'deadline'>, attempt: number): Promise<void> {
  const pause = pauseAfter(attempt);
  if (Date.now() + pause > deadline) throw unavailable();
  await sleep(pause);
}
