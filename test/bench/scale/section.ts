import { SPREAD } from '../../../lambdas/store/keys.ts';
import { digits, type Row, type Section } from '../report.ts';
import type { Measured } from './measure-operation.ts';
import type { Operation } from './operations.ts';
import { dollarsPerMillion, PRICES } from './request-units.ts';
import type { Subject } from './subject.ts';
import type { Tally } from './tally.ts';

/** An operation and what it takes in the smaller and in the larger directory. */
export type Comparison = readonly [Omit<Operation, 'prepare'>, Measured, Measured];

const inEnglish = (value: number) => value.toLocaleString('en-US');

const BAR =
  'Round trips: requests that wait for one another. Bar: as many round trips in both, and in the larger no more requests, and no more items';

const UNITS = [
  `RRU, WRU and $: read and write request units of the larger, and dollars for a million operations, at $${PRICES.read} for a million RRU and`,
  `$${PRICES.write} for a million WRU (DynamoDB on demand, us-east-1).`,
];

/** What is done to users, in a directory of few and in one of many. */
export function usersSection(comparisons: readonly Comparison[], small: Subject, large: Subject): Section {
  const [few = '', many = ''] = [small, large].map(({ users }) => inEnglish(users));
  const title = [
    `Operations in a directory of ${few} users and in one of ${many}; where their numbers differ, both are shown.`,
    BAR,
    `read or written. A page may read 2 items more, and the new counts: the directories have ${small.counts} and ${large.counts}, none has more than 256.`,
    ...UNITS,
  ];
  const newCounts = large.counts - small.counts;
  // Counts are read by what lists alone, and there are no more than 256 of them, however many users there are.
  const more = ({ lists }: Comparison[0]) => (lists ? lists.more + newCounts : 0);
  return toSection(title, comparisons, [few, many], more);
}

/** A group with few members is all under one partition key, one with many may have some under each of 16 more. */
const MORE_OF_A_GROUP = SPREAD;

/** What is done to a group of few members, and to one of many. */
export function groupsSection(comparisons: readonly Comparison[], small: Subject, large: Subject): Section {
  const [few = '', many = ''] = [small, large].map(({ users }) => inEnglish(users));
  const title = [
    `Operations at a group of ${few} members and at one of ${many}; where their numbers differ, both are shown.`,
    BAR,
    `written, and ${MORE_OF_A_GROUP} more read at most.`,
    ...UNITS,
  ];
  return toSection(title, comparisons, [few, many], () => MORE_OF_A_GROUP);
}

function toSection(
  title: readonly string[],
  comparisons: readonly Comparison[],
  [few, many]: readonly [string, string],
  more: (operation: Comparison[0]) => number,
): Section {
  return {
    title: title.join('\n'),
    columns: [
      ...['operation', 'round trips', 'requests', 'read', 'written'],
      ...[`ms at ${few}`, `ms at ${many}`, 'ratio', 'RRU', 'WRU', '$'],
    ],
    rows: comparisons.map((comparison) => toRow(comparison, more(comparison[0]))),
  };
}

function toRow([operation, small, large]: Comparison, more: number): Row {
  const { readUnits, writeUnits } = large.tally;
  const names = ['trips', 'requests', 'read', 'written'] as const;
  const cells = [
    operation.name,
    ...names.map((name) => both(small.tally[name], large.tally[name])),
    ...[small.time, large.time, large.time / small.time].map(digits),
    ...[readUnits, writeUnits].map(units),
    digits(dollarsPerMillion(readUnits, writeUnits)),
  ];
  return operation.informational ? { cells } : { cells, met: isMet(small.tally, large.tally, more) };
}

const isMet = (small: Tally, large: Tally, more: number): boolean =>
  large.trips === small.trips && large.requests <= small.requests && large.read <= small.read + more && large.written <= small.written;

const both = (small: number, large: number): string => (small === large ? String(small) : `${small} → ${large}`);

const units = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1));
