import { describe, expect, test } from '@jest/globals';
import type { Row } from '../../lambdas/directory/store.ts';
import * as writes from '../../lambdas/store/member-writes.ts';
import { fanOf } from '../../lambdas/store/update-group.ts';
import { scopeOf } from '../support/test-table.ts';

const GROUP_ID = '50000000-0000-4000-8000-000000000000';
const ADA = { id: 'a0000000-0000-4000-8000-000000000000', type: 'User' };
const MARK = 'change.0.1';
const acme = scopeOf('acme');
const written = (fan: number, kind: 'joins' | 'leaves', row?: Row) => {
  const [joins, leaves] = [
    { additions: [ADA], removals: [] },
    { additions: [], removals: [ADA] },
  ];
  const [change] = writes.memberChanges({ rows: new Map(row ? [[ADA.id, row]] : []) }, kind === 'joins' ? joins : leaves);
  if (!change) throw new Error('nothing changes');
  return {
    row: writes.rowWrite(acme, { id: GROUP_ID, fan }, change),
    item: writes.itemWrite(acme, GROUP_ID, change),
  };
};

describe('how many members find place in a transaction', () => {
  test.each([
    { others: 1, members: 48 },
    { others: 4, members: 48 },
    { others: 5, members: 47 },
    { others: 99, members: 0 },
  ])('beside $others other writes: $members', ({ others, members }) => {
    expect(writes.membersBeside(writes.GROUP_LIMITS, others)).toBe(members);
  });
});

describe('over how many partition keys a group is spread', () => {
  test.each([
    { size: 5_000, before: undefined, fan: 1 },
    { size: 5_001, before: undefined, fan: 16 },
    { size: 3, before: 16, fan: 16 },
  ])('that has $size members, and had $before: $fan', ({ size, before, fan }) => {
    expect(fanOf(writes.GROUP_LIMITS, size, before)).toBe(fan);
  });
});

describe('where the row is written', () => {
  const TOGETHER = `acme#members#${GROUP_ID}#-`;
  const APART = `acme#members#${GROUP_ID}#a`;
  test.each([
    { name: 'of who joins a group that is not spread', fan: 1, kind: 'joins', row: undefined, pk: TOGETHER },
    { name: 'of who joins a group that is', fan: 16, kind: 'joins', row: undefined, pk: APART },
    { name: 'of who joins again over an old row', fan: 16, kind: 'joins', row: { type: 'User', mark: MARK, isOld: true }, pk: TOGETHER },
    { name: 'of who leaves by an old row', fan: 16, kind: 'leaves', row: { type: 'User', isOld: true }, pk: TOGETHER },
    { name: 'of who leaves by a new row', fan: 16, kind: 'leaves', row: undefined, pk: APART },
  ] as const)('$name: $pk', ({ fan, kind, row, pk }) => {
    const { Put, Delete } = written(fan, kind, row).row;
    expect((Put?.Item ?? Delete?.Key)?.pk).toBe(pk);
  });
});

describe('what a row must be as it was read', () => {
  test.each([
    { name: 'that was not there', kind: 'joins', row: undefined, condition: 'attribute_not_exists(pk)' },
    { name: 'that had no mark', kind: 'leaves', row: undefined, condition: 'attribute_exists(pk) AND attribute_not_exists(mark)' },
    { name: 'that had a mark, of who joins', kind: 'joins', row: { type: 'User', mark: MARK }, condition: 'mark = :mark' },
    { name: 'that had a mark, of who leaves', kind: 'leaves', row: { type: 'User', mark: MARK }, condition: 'mark = :mark' },
  ] as const)('one $name', ({ kind, row, condition }) => {
    const { Put, Delete } = written(1, kind, row).row;
    const { ConditionExpression, ExpressionAttributeValues } = { ...Put, ...Delete };
    expect(ConditionExpression).toBe(condition);
    expect(ExpressionAttributeValues).toEqual(row && { ':mark': MARK });
    expect(Put?.Item?.mark).toBeUndefined();
  });
});

test.each(['joins', 'leaves'] as const)('the member who %s has nothing staged any more that is of the row', (kind) => {
  const staged = new Set([`${GROUP_ID}~${MARK}`]);
  const { Update } = written(1, kind, { type: 'User', mark: MARK }).item;
  expect(Update?.UpdateExpression).toMatch(/DELETE .*staged :staged/);
  expect(Update?.ExpressionAttributeValues).toMatchObject({ ':staged': staged });
  expect(written(1, kind).item.Update?.UpdateExpression).not.toContain('staged');
});
