import { expect, test } from '@jest/globals';
import { OPERATIONS, type Operation } from './operations.ts';
import { toSection } from './section.ts';
import type { Subject } from './subject.ts';
import type { Tally } from './tally.ts';

const usual: Tally = { trips: 3, requests: 5, read: 100, written: 1, readUnits: 1, writeUnits: 1 };
const [lookup, list] = ['userName eq', 'first page'].map((part) => OPERATIONS.find(({ name }) => name.includes(part))) as [
  Operation,
  Operation,
];
const [small, large] = [250, 256].map((counts, i) => ({ counts, users: 1_000 * (i + 1) })) as unknown as [Subject, Subject];

test.each<[string, Operation, Partial<Tally>, boolean]>([
  ['as much of everything', lookup, {}, true],
  ['another round trip', lookup, { trips: 4 }, false],
  ['fewer round trips: what is compared is not the same', lookup, { trips: 2 }, false],
  ['another request', list, { requests: 6 }, false],
  ['fewer requests', list, { requests: 4 }, true],
  ['another item read, where nothing is listed', lookup, { read: 101 }, false],
  ['the new counts and two more items read, where something is', list, { read: 108 }, true],
  ['a third one', list, { read: 109 }, false],
  ['another item written', list, { written: 2 }, false],
])('the bar holds what the larger directory takes: %s', (_, operation, more, met) => {
  const measured = [usual, { ...usual, ...more }].map((tally) => ({ tally, time: 1 }));
  const [inSmall, inLarge] = measured as [(typeof measured)[number], (typeof measured)[number]];
  expect(toSection([[operation, inSmall, inLarge]], small, large).rows).toMatchObject([{ met }]);
});
