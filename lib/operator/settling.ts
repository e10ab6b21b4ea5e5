import { setTimeout as sleep } from 'node:timers/promises';
import { type Deployment, settledAfter } from './deployment.ts';

/** Is told of what goes on for long: what is being done, and how much of it, as far as that can be told. */
export type OnProgress = (what: string, done: number, total: number, unit: string) => void;

const SECOND_MS = 1_000;

/** Waits until nobody acts any more by what a secret held at some time (ISO 8601). Interrupted, the wait goes on where it was. */
export async function untilSettled(deployment: Deployment, since: string, onProgress: OnProgress = () => {}): Promise<void> {
  const total = settledAfter(deployment);
  const end = Date.parse(since) + total * SECOND_MS;
  for (let left = end - Date.now(); left > 0; left = end - Date.now()) {
    onProgress('Waiting until every function has forgotten the credentials', total - Math.ceil(left / SECOND_MS), total, 's');
    await sleep(Math.min(left, SECOND_MS));
  }
}
