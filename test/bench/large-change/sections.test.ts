import { expect, test } from '@jest/globals';
import { toPaces, toSection } from './sections.ts';
import { PHASES, type Phase } from './watch.ts';

const MEMBERS = 100;
const WRITTEN: Readonly<Record<Phase['name'], number>> = { check: 1, stage: 200, commit: 1, tidy: 201 };

/** A change of which each phase takes a second, half of it a CPU's; it reads 12,000 units, and writes as many twice, some under one key. */
const phasesWith = (written: Partial<typeof WRITTEN> = {}, unitsOfOneKey = 0): Phase[] =>
  PHASES.map((name) => ({
    name,
    requests: 10,
    time: 1_000,
    cpu: 500,
    written: { ...WRITTEN, ...written }[name],
    readUnits: name === 'check' ? 12_000 : 0,
    writeUnits: name === 'stage' || name === 'tidy' ? 12_000 : 0,
    unitsByKey: new Map(name === 'stage' || name === 'tidy' ? [['a', unitsOfOneKey]] : []),
  }));

const measured = (counted: readonly Phase[]) => ({ name: 'a PATCH', counted, timed: [phasesWith(), phasesWith()] });

test('a change counts when it is committed, and is answered when it is tidied up', () => {
  const { rows } = toSection(measured(phasesWith()), MEMBERS);
  expect(rows.map(({ cells }) => [cells[0], ...cells.slice(-2)])).toEqual([
    ...PHASES.map((name) => [name, '1.0, 1.0', '0.5, 0.5']),
    ['until it counts', '3.0, 3.0', '1.5, 1.5'],
    ['until the answer', '4.0, 4.0', '2.0, 2.0'],
  ]);
});

test.each(PHASES)('the bar of %s holds what it writes: nothing twice', (phase) => {
  const metWith = (written: number) => {
    const { rows } = toSection(measured(phasesWith({ [phase]: written })), MEMBERS);
    return rows.find(({ cells }) => cells[0] === phase)?.met;
  };
  expect(metWith(WRITTEN[phase])).toBe(true);
  expect(metWith(WRITTEN[phase] + 1)).toBe(false);
});

test.each([
  { what: 'the table sets the pace', unitsOfOneKey: 1_000, expected: ['4.00', '7.00', '2.00', '3.00'] },
  { what: 'one partition key does', unitsOfOneKey: 5_000, expected: ['6.00', '11.0', '6.00', '11.0'] },
])('what DynamoDB takes at least follows from units: $what', ({ unitsOfOneKey, expected }) => {
  expect(toPaces([measured(phasesWith({}, unitsOfOneKey))]).rows).toEqual([{ cells: ['a PATCH', ...expected] }]);
});
