import { digits, type Row, type Section } from '../report.ts';
import type { Phase } from './watch.ts';

/** A change that was made twice: once counted, and as often as was asked for timed. */
export interface Measured {
  readonly name: string;
  readonly counted: readonly Phase[];
  readonly timed: readonly (readonly Phase[])[];
}

const inEnglish = (value: number) => value.toLocaleString('en-US');
const seconds = (time: number) => (time / 1_000).toFixed(1);
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

const COLUMNS = ['phase', 'requests', 'written', 'RRU', 'WRU', 'WRU of one key', 's', 's of CPU'];

const unitsOfOneKey = ({ unitsByKey }: Phase) => Math.max(0, ...unitsByKey.values());

/** How many items each phase may write: nothing is written twice, but for the group. */
const MOST_WRITTEN: Readonly<Record<Phase['name'], (members: number) => number>> = {
  check: () => 1,
  stage: (members) => 2 * members,
  commit: () => 1,
  tidy: (members) => 2 * members + 1,
};

export function toSection({ name, counted, timed }: Measured, members: number): Section {
  const timesOf = (phasesOf: (phases: readonly Phase[]) => readonly Phase[]) =>
    (['time', 'cpu'] as const).map((what) => timed.map((phases) => seconds(sum(phasesOf(phases).map((phase) => phase[what])))).join(', '));
  const rows = counted.map((phase, i): Row => {
    const { requests, written, readUnits, writeUnits } = phase;
    const numbers = [requests, written, readUnits, writeUnits, unitsOfOneKey(phase)].map(inEnglish);
    const times = timesOf((phases) => phases.slice(i, i + 1));
    return { cells: [phase.name, ...numbers, ...times], met: written <= MOST_WRITTEN[phase.name](members) };
  });
  const none = COLUMNS.slice(3).map(() => '');
  return {
    title: `${inEnglish(members)} members: ${name}`,
    columns: COLUMNS,
    rows: [
      ...rows,
      { cells: ['until it counts', ...none, ...timesOf((phases) => phases.slice(0, -1))] },
      { cells: ['until the answer', ...none, ...timesOf((phases) => phases)] },
    ],
  };
}

/** What DynamoDB takes in a second: of a table that is new, or warm, and of one partition key. */
const PACES = {
  fresh: { write: 4_000, read: 12_000 },
  warm: { write: 12_000, read: 12_000 },
  key: { write: 1_000 },
} as const;

/** How long a change takes where DynamoDB's pace alone sets its own: what is read is read before what is written. */
export function toPaces(changes: readonly Measured[]): Section {
  const least = (phases: readonly Phase[], { read, write }: { readonly read: number; readonly write: number }) =>
    sum(phases.map((phase) => phase.readUnits / read + Math.max(phase.writeUnits / write, unitsOfOneKey(phase) / PACES.key.write)));
  return {
    title: [
      'Seconds that DynamoDB takes at least, by its units: a new table takes 4,000 WRU and 12,000 RRU a second, one with a warm throughput',
      'of 12,000 as many of both, and a partition key 1,000 WRU.',
    ].join('\n'),
    columns: ['change', 'counts, new', 'answered, new', 'counts, warm', 'answered, warm'],
    rows: changes.map(({ name, counted }) => ({
      cells: [
        name,
        ...[PACES.fresh, PACES.warm].flatMap((pace) => [counted.slice(0, -1), counted].map((some) => digits(least(some, pace)))),
      ],
    })),
  };
}
