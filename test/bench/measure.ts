import { Bench } from 'tinybench';

/**
 * The median time of a call in milliseconds, after a warm-up: what the engine does once, and what else the machine does
 * meanwhile, is in the slowest samples. The median of few slow calls is as good as that of many fast ones.
 */
export function median(call: () => unknown, { time = 300, warmup = true } = {}): number {
  const bench = new Bench({ time, iterations: 2, warmup, warmupTime: time / 3, warmupIterations: 1, throws: true });
  bench.add('call', () => {
    sink = call();
  });
  const [task] = bench.runSync();
  if (task?.result.state !== 'completed') throw new Error(`no measurement: ${task?.result.state}`);
  return task.result.latency.p50;
}

/** Keeps results in use, so that no call can be left out as useless. */
export let sink: unknown;

/** The median time of one of many calls, for those that the clock cannot see one by one. */
export function medianOfMany(call: () => unknown, calls: number, time = 60): number {
  const many = () => {
    let last: unknown;
    for (let n = 0; n < calls; n++) last = call();
    return last;
  };
  return median(many, { time }) / calls;
}

interface Compared {
  /** The median of each, over the rounds. */
  readonly times: readonly number[];
  /** How many times the one before the last goes into the last: the median of what each round says. */
  readonly ratio: number;
}

/**
 * Measures several things in turn, a few rounds long. What slows the machine down for a while slows all of a round down, and
 * the ratio of two of the same round stays what it is.
 */
export function inTurn(measurements: readonly (() => number)[], rounds = 3): Compared {
  const results = Array.from({ length: rounds }, () => measurements.map((measure) => measure()));
  const times = measurements.map((_, column) => middle(results.map((round) => round[column] ?? 0)));
  return { times, ratio: middle(results.map((round) => (round.at(-1) ?? 0) / (round.at(-2) ?? 0))) };
}

/** The median. */
export const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
