import { describe, expect, test } from '@jest/globals';
import type { StoredResource } from '../../lambdas/scim/resource.ts';
import { FORMAT, type MembershipItem } from '../../lambdas/store/items.ts';
import { membershipKey } from '../../lambdas/store/keys.ts';
import { newChange } from '../../lambdas/store/lease.ts';
import * as marks from '../../lambdas/store/marks.ts';

const GROUP_ID = '50000000-0000-4000-8000-000000000000';
const ADA = 'a0000000-0000-4000-8000-000000000000';
const GRACE = '0a000000-0000-4000-8000-000000000000';
/** The name of a part of a change. */
const NAME = `${newChange()}.0.1`;

const group = (more: Partial<StoredResource> = {}): StoredResource => ({
  id: GROUP_ID,
  rev: 1,
  version: 1,
  created: '2026-01-01T00:00:00.000Z',
  lastModified: '2026-01-01T00:00:00.000Z',
  body: {},
  ...more,
});
const row = (id: string, { mark, fan = 1 }: { mark?: string; fan?: number } = {}): MembershipItem => ({
  ...membershipKey('acme', GROUP_ID, fan, id),
  type: 'User',
  format: FORMAT,
  ...(mark !== undefined && { mark }),
});

describe('a mark', () => {
  test.each(['joins', 'leaves'] as const)('of who %s says so, and by which change', (kind) => {
    const mark = marks.markFor(NAME, kind);
    expect([marks.kindOf(mark), marks.changeOf(mark)]).toEqual([kind, NAME]);
    expect(marks.partsOf(marks.stagedEntry(GROUP_ID, mark))).toEqual({ groupId: GROUP_ID, mark });
  });

  test('of who leaves is another one than that of who joins by the same change', () => {
    expect(marks.markFor(NAME, 'joins')).not.toBe(marks.markFor(NAME, 'leaves'));
  });

  test.each([
    { mark: undefined, applied: [], isMember: true, says: 'nothing' },
    { mark: undefined, applied: [NAME], isMember: true, says: 'nothing, whatever is applied' },
    { mark: NAME, applied: [], isMember: false, says: 'who may join' },
    { mark: NAME, applied: [NAME], isMember: true, says: 'who has joined' },
    { mark: NAME, applied: ['another.0.1'], isMember: false, says: 'who may join, where another change is applied' },
    {
      mark: NAME,
      applied: [NAME.replace(/1$/, '2')],
      isMember: false,
      says: 'who may join, where the same part is applied by another name',
    },
    { mark: `${NAME}-`, applied: [], isMember: true, says: 'who may leave' },
    { mark: `${NAME}-`, applied: [NAME], isMember: false, says: 'who has left' },
    { mark: `${NAME}-`, applied: ['another.0.1'], isMember: true, says: 'who may leave, where another change is applied' },
  ])('says $says: $isMember', ({ mark, applied, isMember }) => {
    expect(marks.isMember(mark, marks.appliedTo({ applied }))).toBe(isMember);
  });

  test('counts for nothing in a group to which nothing is applied', () => {
    expect(marks.counts(NAME, marks.appliedTo({}))).toBe(false);
  });

  test.each([
    { name: 'of the change that is being made', changing: NAME.slice(0, 32), isUnderWay: true },
    { name: 'of another change', changing: newChange(), isUnderWay: false },
    { name: 'of a group that nobody is changing', changing: undefined, isUnderWay: false },
  ])('$name: under way is $isUnderWay, whoever it is about', ({ changing, isUnderWay }) => {
    const held = { ...(changing !== undefined && { changing: { id: changing, until: 0 } }) };
    expect([NAME, `${NAME}-`].map((mark) => marks.isUnderWay(mark, held))).toEqual([isUnderWay, isUnderWay]);
  });
});

describe('the groups that a resource names', () => {
  test.each([
    { name: 'none', resource: {}, named: [] },
    { name: 'those that are settled', resource: { groupIds: ['g1', 'g2'] }, named: ['g1', 'g2'] },
    { name: 'those that it may have joined or left', resource: { staged: [`g1~${NAME}`, `g2~${NAME}-`] }, named: ['g1', 'g2'] },
    { name: 'each once', resource: { groupIds: ['g1'], staged: [`g1~${NAME}-`, `g2~${NAME}`, 'g2~other.0.1'] }, named: ['g1', 'g2'] },
  ])('are $name', ({ resource, named }) => {
    expect(marks.namedGroups(resource)).toEqual(named);
  });
});

describe('the members by rows', () => {
  const membershipOf = (stored: StoredResource, items: readonly MembershipItem[]) => {
    const { members, rows = new Map() } = marks.membershipOf(stored, items);
    return { members, rows: Object.fromEntries(rows) };
  };
  const user = (id: string) => ({ id, type: 'User' });

  test('are in the order of ids, and nothing is kept of rows that are as any other', () => {
    expect(membershipOf(group(), [row(ADA), row(GRACE)])).toEqual({ members: [GRACE, ADA].map(user), rows: {} });
  });

  test.each([
    { name: 'one who has joined', mark: NAME, applied: [NAME], isIn: true },
    { name: 'one who may join', mark: NAME, applied: [], isIn: false },
    { name: 'one who has left', mark: `${NAME}-`, applied: [NAME], isIn: false },
    { name: 'one who may leave', mark: `${NAME}-`, applied: [], isIn: true },
  ])('$name: $isIn, and the mark is kept', ({ mark, applied, isIn }) => {
    expect(membershipOf(group({ applied }), [row(ADA, { mark })])).toEqual({
      members: isIn ? [user(ADA)] : [],
      rows: { [ADA]: { type: 'User', mark } },
    });
  });

  test.each([
    { name: 'of a group that is not spread is not old', fan: 1, at: 1, isOld: false },
    { name: 'from before a group was spread is old', fan: 16, at: 1, isOld: true },
    { name: 'from after a group was spread is not', fan: 16, at: 16, isOld: false },
  ])('a row $name', ({ fan, at, isOld }) => {
    const rows = isOld ? { [ADA]: { type: 'User', isOld: true } } : {};
    expect(membershipOf(group({ fan }), [row(ADA, { fan: at })])).toEqual({ members: [user(ADA)], rows });
  });

  test.each([
    { name: 'the old one does not count', old: `${NAME}-`, young: undefined, kept: {} },
    { name: 'the new one does not count', old: undefined, young: 'gone.0.1', kept: { [ADA]: { type: 'User', isOld: true } } },
    { name: 'both have marks', old: `${NAME}-`, young: NAME, kept: { [ADA]: { type: 'User', mark: NAME } } },
  ])('who has two rows is a member once, by the one that counts: $name', ({ old, young, kept }) => {
    const marked = (fan: number, mark: string | undefined) => row(ADA, { fan, ...(mark !== undefined && { mark }) });
    const items = [marked(1, old), marked(16, young)];
    for (const some of [items, items.toReversed()])
      expect(membershipOf(group({ fan: 16, applied: [NAME] }), some)).toEqual({ members: [user(ADA)], rows: kept });
  });

  test('who has two rows of which none counts is no member', () => {
    const items = [row(ADA, { mark: `${NAME}-` }), row(ADA, { fan: 16, mark: 'gone.0.1' })];
    expect(membershipOf(group({ fan: 16, applied: [NAME] }), items).members).toEqual([]);
  });
});
