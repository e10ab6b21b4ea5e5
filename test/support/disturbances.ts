import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { serviceError } from './dynamodb-rules.ts';
import type { Disturbance, SentRequest, Strict } from './strict-dynamodb.ts';

/**
 * A failure that nothing repairs, such as the end of the process: at the n-th request, before it is sent or when its answer
 * arrives. From then on nothing is sent any more.
 */
export const dieAt =
  (n: number, when: 'before' | 'after' = 'before'): Disturbance =>
  async (request, pass) => {
    if (request.n === n && when === 'after') await pass();
    if (request.n >= n) throw new Error(`the process died at request ${n}`);
    return pass();
  };

/** Lets an operation die at its n-th request. False if it has fewer, and did not die. */
export async function crash(table: Strict, n: number, when: 'before' | 'after', act: () => Promise<unknown>): Promise<boolean> {
  using _ = table.disturb(dieAt(n, when));
  const { requests } = await table.measure(() => act().catch(() => {}));
  return requests >= n;
}

type Matches = (request: SentRequest) => boolean;

export const isWrite: Matches = ({ command }) => /^(Put|Update|Delete|TransactWrite|BatchExecute)/.test(command);

/** So many of those that match, from the first on. */
export function upTo(times: number, matches: Matches): Matches {
  let seen = 0;
  return (request) => matches(request) && ++seen <= times;
}

/** The first of those that match. */
export const first = (matches: Matches): Matches => upTo(1, matches);

/** The request is done, and its answer never arrives. */
export const loseAnswer =
  (matches: Matches): Disturbance =>
  async (request, pass) => {
    const output = await pass();
    if (!matches(request)) return output;
    throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  };

const refused =
  (code: string, plain: string): ((matches: Matches) => Disturbance) =>
  (matches) =>
  async (request, pass) => {
    if (!matches(request)) return pass();
    if (request.command !== 'TransactWriteItems') throw serviceError(plain, 'refused by a disturbance');
    throw new TransactionCanceledException({
      message: 'Transaction cancelled',
      $metadata: { httpStatusCode: 400 },
      CancellationReasons: (request.input.TransactItems ?? []).map((_, i) => ({ Code: i === 0 ? code : 'None' })),
    });
  };

/** The request is refused as too fast. */
export const throttle = refused('ThrottlingError', 'ProvisionedThroughputExceededException');

/** The request is refused since somebody else's transaction is at its item. */
export const conflict = refused('TransactionConflict', 'TransactionConflictException');

/** The request is sent when something else has happened. */
export const hold =
  (matches: Matches, until: () => Promise<unknown>): Disturbance =>
  async (request, pass) => {
    if (matches(request)) await until();
    return pass();
  };

/**
 * The request reaches DynamoDB twice, one after the other or both at once, as where something on the way repeats it; one of the
 * two answers arrives, whatever the other was.
 */
export const duplicate =
  (matches: Matches, { answer = 'first', atOnce = false }: { answer?: 'first' | 'second'; atOnce?: boolean } = {}): Disturbance =>
  async (request, pass) => {
    if (!matches(request)) return pass();
    const first = pass();
    if (!atOnce) await Promise.allSettled([first]);
    const second = pass();
    await Promise.allSettled([first, second]);
    return answer === 'first' ? first : second;
  };

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
