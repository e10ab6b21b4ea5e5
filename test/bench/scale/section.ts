import { digits, type Row, type Section } from '../report.ts';
import type { Measured } from './measure-operation.ts';
import type { Operation } from './operations.ts';
import { dollarsPerMillion, PRICES } from './request-units.ts';
import type { Subject } from './subject.ts';

/** An operation and what it takes in the smaller and in the larger directory. */
export type Comparison = readonly [Operation, Measured, Measured];

const inEnglish = (value: number) => value.toLocaleString('en-US');

export function toSection(comparisons: readonly Comparison[], small: Subject, large: Subject): Section {
  const [few, many] = [small, large].map(({ users }) => inEnglish(users));
  return {
    title: [
      `Operations in a directory of ${few} users and in one of ${many}; where their numbers differ, both are shown.`,
      'Round trips: requests that wait for one another. Bar: as many round trips in both, and in the larger no more requests, and no more items',
      `read or written. A page may read 2 items more, and the new counts: the directories have ${small.counts} and ${large.counts}, none has more than 256.`,
      `RRU, WRU and $: read and write request units of the larger, and dollars for a million operations, at $${PRICES.read} for a million RRU and`,
      `$${PRICES.write} for a million WRU (DynamoDB on demand, us-east-1).`,
    ].join('\n'),
    columns: [
      ...['operation', 'round trips', 'requests', 'read', 'written'],
      ...[`ms at ${few}`, `ms at ${many}`, 'ratio', 'RRU', 'WRU', '$'],
    ],
    rows: comparisons.map((comparison) => toRow(comparison, large.counts - small.counts)),
  };
}

function toRow([operation, small, large]: Comparison, newCounts: number): Row {
  const { readUnits, writeUnits } = large.tally;
  const names = ['trips', 'requests', 'read', 'written'] as const;
  const cells = [
    operation.name,
    ...names.map((name) => both(small.tally[name], large.tally[name])),
    ...[small.time, large.time, large.time / small.time].map(digits),
    ...[readUnits, writeUnits].map(units),
    digits(dollarsPerMillion(readUnits, writeUnits)),
  ];
  return operation.informational ? { cells } : { cells, met: isMet([operation, small, large], newCounts) };
}

/** Counts are read by what lists alone, and there are no more than 256 of them, however many users there are. */
function isMet([{ lists }, { tally: small }, { tally: large }]: Comparison, newCounts: number): boolean {
  const readable = small.read + (lists ? lists.more + newCounts : 0);
  return large.trips === small.trips && large.requests <= small.requests && large.read <= readable && large.written <= small.written;
}

const both = (small: number, large: number): string => (small === large ? String(small) : `${small} → ${large}`);

const units = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1));
