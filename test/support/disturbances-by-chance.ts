import fc from 'fast-check';
import { conflict, duplicate, loseAnswer, type Matches, throttle } from './disturbances.ts';
import type { Disturbance } from './strict-dynamodb.ts';

/** After as many requests the throws begin anew. */
const THROWS = 997;

/**
 * Each request meets one of some disturbances, or none: some are `percent` of all. The throws are the same each time, though
 * requests that race may share them out otherwise. The very same request is let through when it has met two: no patience ends.
 */
export function byChance(disturbances: readonly Disturbance[], { seed, percent }: { seed: number; percent: number }): Disturbance {
  const throws = fc.sample(fc.tuple(fc.nat({ max: 99 }), fc.nat()), { seed, numRuns: THROWS });
  const met = new Map<string, number>();
  return async (request, pass) => {
    const [chance, choice] = throws[request.n % THROWS] ?? [100, 0];
    const disturbance = disturbances[choice % disturbances.length];
    const text = JSON.stringify(request.input);
    const times = met.get(text) ?? 0;
    if (!disturbance || times >= 2 || chance >= percent) return pass();
    met.set(text, times + 1);
    return disturbance(request, pass);
  };
}

const isPlainWrite: Matches = ({ command }) => /^(Put|Update|Delete|TransactWrite)/.test(command);
const always: Matches = () => true;
const REFUSALS = [conflict(isPlainWrite), throttle(always)];
const DUPLICATES = [
  duplicate(always),
  duplicate(always, { answer: 'second' }),
  duplicate(always, { atOnce: true }),
  duplicate(always, { answer: 'second', atOnce: true }),
];

/** What may befall many clients at once: some requests are refused, some answers lost, and some requests arrive twice. */
export const KINDS: readonly { readonly name: string; readonly disturbances: readonly Disturbance[] }[] = [
  { name: 'nothing', disturbances: [] },
  { name: 'conflicts', disturbances: REFUSALS.slice(0, 1) },
  { name: 'throttling', disturbances: REFUSALS.slice(1) },
  { name: 'lost answers', disturbances: [loseAnswer(always)] },
  { name: 'requests that arrive twice', disturbances: DUPLICATES },
  { name: 'all of these', disturbances: [...REFUSALS, loseAnswer(always), loseAnswer(always), ...DUPLICATES] },
];
