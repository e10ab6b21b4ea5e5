/** Two ways to the same commands: in a handler, and without one. */
export interface Pair {
  readonly handler: () => Promise<unknown>;
  readonly bare: () => Promise<unknown>;
}

/** Milliseconds. */
export interface Timing {
  /** Of the handler. */
  readonly median: number;
  readonly p99: number;
  readonly bare: number;
  /** How many times the bare client's time the handler takes: the median of what each round says. */
  readonly ratio: number;
}

const ROUND_MS = 400;
const MOST_WARM_UP_MS = 1_500;

/**
 * Measures both in turn, call by call, a few rounds long, after a warm-up that is no longer than all of them. What slows the machine down for a while slows both down, and the ratio of
 * two medians of the same round stays what it is.
 */
export async function measurePair(pair: Pair, rounds: number): Promise<Timing> {
  await alternate(pair, Math.min(MOST_WARM_UP_MS, rounds * ROUND_MS));
  const done: Awaited<ReturnType<typeof alternate>>[] = [];
  while (done.length < rounds) done.push(await alternate(pair, ROUND_MS));
  const handler = done.flatMap((round) => round.handler);
  return {
    median: quantile(handler, 0.5),
    p99: quantile(handler, 0.99),
    bare: quantile(
      done.flatMap((round) => round.bare),
      0.5,
    ),
    ratio: quantile(
      done.map((round) => quantile(round.handler, 0.5) / quantile(round.bare, 0.5)),
      0.5,
    ),
  };
}

async function alternate({ handler, bare }: Pair, ms: number) {
  const times = { handler: [] as number[], bare: [] as number[] };
  const end = performance.now() + ms;
  while (performance.now() < end) {
    times.handler.push(await timed(handler));
    times.bare.push(await timed(bare));
  }
  return times;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await act();
  return performance.now() - begun;
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
