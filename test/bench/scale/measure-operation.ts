import { OPERATIONS, type Operation } from './operations.ts';
import { makeTurn, type Subject } from './subject.ts';
import type { Tally } from './tally.ts';

/**
 * How often each operation is counted, and how often it is timed after that: the first ones also warm it up. Each time is at a
 * user of its own: together they need fewer than the smallest directory has.
 */
const COUNTED = 6;
const TIMED = 24;
const ROUNDS = COUNTED + TIMED;

/** What an operation takes in a directory of one size. */
export interface Measured {
  /** The most of any round; of the units, which depend on the sizes of items, the mean. */
  readonly tally: Tally;
  /** Median, in milliseconds. */
  readonly time: number;
}

/** Measures an operation in each directory, in turn: what slows the machine down for a while, slows down both. */
export async function measureOperation(operation: Operation, subjects: readonly Subject[]): Promise<Measured[]> {
  const samples = subjects.map(() => ({ tallies: [] as Tally[], times: [] as number[] }));
  const first = OPERATIONS.indexOf(operation) * ROUNDS;
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, subject] of subjects.entries()) {
      const turn = { users: subject.users, round, n: first + round };
      if (round < COUNTED) samples[i]?.tallies.push(await count(operation, subject, turn));
      else samples[i]?.times.push(await time(operation, subject, turn));
    }
  }
  return samples.map(({ tallies, times }) => ({ tally: worstOf(tallies), time: median(times) }));
}

type Round = Parameters<typeof makeTurn>[1];

const count = async ({ prepare }: Operation, { countedStore, count }: Subject, round: Round): Promise<Tally> =>
  count(await prepare(makeTurn(countedStore, round)));

async function time({ prepare }: Operation, { store }: Subject, round: Round): Promise<number> {
  const act = await prepare(makeTurn(store, round));
  const begun = performance.now();
  await act();
  return performance.now() - begun;
}

function worstOf(tallies: readonly Tally[]): Tally {
  const all = (name: keyof Tally) => tallies.map((tally) => tally[name]);
  const most = (name: keyof Tally) => Math.max(...all(name));
  const mean = (name: keyof Tally) => all(name).reduce((sum, value) => sum + value, 0) / tallies.length;
  return {
    trips: most('trips'),
    requests: most('requests'),
    read: most('read'),
    written: most('written'),
    readUnits: mean('readUnits'),
    writeUnits: mean('writeUnits'),
  };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
