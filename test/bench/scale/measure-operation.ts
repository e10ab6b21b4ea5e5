import type { Store } from '../../../lambdas/directory/store.ts';
import type { AnyTurn, Operation, Rounds } from './operations.ts';
import type { Subject } from './subject.ts';
import type { Tally } from './tally.ts';

/** How often each operation is counted, and how often it is timed after that: the first ones also warm it up. */
const USUAL: Rounds = { counted: 6, timed: 24 };
/** So many turns of each operation are at nothing that those of another one are at. */
export const MOST_ROUNDS = USUAL.counted + USUAL.timed;

/** What an operation takes in a directory of one size. */
export interface Measured {
  /** The most of any round; of the units, which depend on the sizes of items, the mean. */
  readonly tally: Tally;
  /** Median, in milliseconds. */
  readonly time: number;
}

/** A directory, and what a repetition there works with. */
export interface Target<T extends AnyTurn> {
  readonly subject: Subject;
  readonly turn: (store: Store, round: number) => T;
}

/** Measures an operation in each directory, in turn: what slows the machine down for a while, slows down both. */
export async function measureOperation<T extends AnyTurn>(operation: Operation<T>, targets: readonly Target<T>[]): Promise<Measured[]> {
  const { counted, timed } = operation.rounds ?? USUAL;
  const samples = targets.map(() => ({ tallies: [] as Tally[], times: [] as number[] }));
  for (let round = 0; round < counted + timed; round++) {
    for (const [i, target] of targets.entries()) {
      if (round < counted) samples[i]?.tallies.push(await count(operation, target, round));
      else samples[i]?.times.push(await time(operation, target, round));
    }
  }
  return samples.map(({ tallies, times }) => ({ tally: worstOf(tallies), time: median(times) }));
}

async function count<T extends AnyTurn>({ prepare }: Operation<T>, { subject, turn }: Target<T>, round: number): Promise<Tally> {
  return subject.count(await prepare(turn(subject.countedStore, round)));
}

async function time<T extends AnyTurn>({ prepare }: Operation<T>, { subject, turn }: Target<T>, round: number): Promise<number> {
  const act = await prepare(turn(subject.store, round));
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
