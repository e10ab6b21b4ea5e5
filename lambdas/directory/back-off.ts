import { setTimeout as sleep } from 'node:timers/promises';
import { unavailable } from '../scim/errors.ts';
import type { Scope } from './store.ts';

/** Waits before what has been tried `attempt` times is tried again: longer each time, with full jitter. 503 where the deadline comes first. */
export async function backOff({ deadline }: Pick<Scope, 'deadline'>, attempt: number): Promise<void> {
  const pause = Math.random() * Math.min(1_000, 20 * 2 ** attempt);
  if (Date.now() + pause > deadline) throw unavailable();
  await sleep(pause);
}
