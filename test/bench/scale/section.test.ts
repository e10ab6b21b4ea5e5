import { expect, test } from '@jest/globals';
import { GROUP_OPERATIONS } from './group-operations.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { groupsSection, usersSection } from './section.ts';
import type { Subject } from './subject.ts';
import type { Tally } from './tally.ts';

const usual: Tally = { trips: 3, requests: 5, read: 100, written: 1, readUnits: 1, writeUnits: 1 };
const [lookup, list] = ['userName eq', 'first page'].map((part) => OPERATIONS.find(({ name }) => name.includes(part))) as [
  Operation,
  Operation,
];
const [small, large] = [250, 256].map((counts, i) => ({ counts, users: 1_000 * (i + 1) })) as unknown as [Subject, Subject];

const measure = (tally: Tally) => ({ tally, time: 1 });

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
  expect(usersSection([[operation, measure(usual), measure({ ...usual, ...more })]], small, large).rows).toMatchObject([{ met }]);
});

test.each<{ what: string; more: Partial<Tally>; met: boolean }>([
  { what: 'as much of everything', more: {}, met: true },
  { what: 'another round trip', more: { trips: 4 }, met: false },
  { what: 'fewer round trips', more: { trips: 2 }, met: false },
  { what: 'another request', more: { requests: 6 }, met: false },
  { what: 'an item read for each partition key that rows are spread over', more: { read: 116 }, met: true },
  { what: 'one more', more: { read: 117 }, met: false },
  { what: 'another item written', more: { written: 2 }, met: false },
])('the bar holds what the larger group takes: $what', ({ more, met }) => {
  const operation = { name: 'PATCH /Groups/{id}' };
  expect(groupsSection([[operation, measure(usual), measure({ ...usual, ...more })]], small, large).rows).toMatchObject([{ met }]);
});

test('an operation that is for information has no bar', () => {
  const operation = { name: 'PATCH /Groups/{id}, 1,000 join', informational: true } as const;
  const [row] = groupsSection([[operation, measure(usual), measure({ ...usual, trips: 9 })]], small, large).rows;
  expect(row?.cells).toContain('3 → 9');
  expect(row?.met).toBeUndefined();
});

test('no operation is measured twice, and what deletes comes last', () => {
  const names = [...OPERATIONS, ...GROUP_OPERATIONS].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const operations of [OPERATIONS, GROUP_OPERATIONS]) {
    const deletes = operations.map(({ name }) => name.startsWith('DELETE'));
    expect(deletes).toEqual(deletes.toSorted());
  }
});
