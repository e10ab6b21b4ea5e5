import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../../lambdas/scim/json.ts';
import type { Operation } from '../../../lambdas/scim/patch/actions.ts';
import { changesBetween, patchByValue, type ValueChanges } from '../../../lambdas/scim/patch/by-value.ts';
import { patch } from '../../../lambdas/scim/patch/patch.ts';
import { type Attribute, attributeNamed } from '../../../lambdas/scim/schemas/attribute.ts';
import { group } from '../../../lambdas/scim/schemas/group.ts';
import { refusal } from '../../support/rfc.ts';

// The same values each time: a change that fails, fails for what it changed.
fc.configureGlobal({ seed: 4202, numRuns: 2_000 });

const members = attributeNamed(group.attributes, 'members') as Attribute;
const guides = { displayName: 'Tour Guides' };
const told = (...operations: readonly Operation[]) => {
  const { changes, apply } = patchByValue(group, operations, members);
  return { changes, ...apply(guides) };
};
const changesOf = (...operations: readonly Operation[]) => told(...operations).changes;
const some = (...ids: readonly string[]) => ids.map((value) => ({ value }));
/** As they may be kept: with what tells none of them from another. */
const kept = (...ids: readonly string[]) => ids.map((value) => ({ value, type: value < 'e' ? 'User' : 'Group' }));

describe('what operations do to members is told without them', () => {
  test.each<[string, readonly Operation[], ValueChanges]>([
    ['add', [{ op: 'add', path: 'members', value: some('a', 'b') }], { replaces: false, additions: some('a', 'b'), removals: [] }],
    ['Okta: remove by a filter', [{ op: 'remove', path: 'members[value eq "a"]' }], { replaces: false, additions: [], removals: ['a'] }],
    [
      'remove by a filter that names several',
      [{ op: 'remove', path: 'members[value eq "a" or (VALUE eq "b" or value eq "c")]' }],
      { replaces: false, additions: [], removals: ['a', 'b', 'c'] },
    ],
    [
      'Entra ID: remove by value',
      [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: 'a' }] }],
      { replaces: false, additions: [], removals: ['a'] },
    ],
    ['remove all', [{ op: 'remove', path: 'members' }], { replaces: true, additions: [], removals: [] }],
    [
      'add none',
      [
        { op: 'add', path: 'members', value: [{}] },
        { op: 'add', path: 'members', value: '' },
      ],
      { replaces: false, additions: [], removals: [] },
    ],
    ['remove none', [{ op: 'remove', path: 'members', value: [] }], { replaces: false, additions: [], removals: [] }],
    ['replace', [{ op: 'replace', path: 'members', value: some('a') }], { replaces: true, additions: some('a'), removals: [] }],
    ['replace by none', [{ op: 'replace', path: 'members', value: [] }], { replaces: true, additions: [], removals: [] }],
    [
      'Okta: replace without a path',
      [{ op: 'replace', value: { id: 'x', displayName: 'Guides', members: some('a') } }],
      { replaces: true, additions: some('a'), removals: [] },
    ],
    [
      'one after the other: the last that names a member decides',
      [
        { op: 'add', path: 'members', value: some('a', 'b') },
        { op: 'remove', path: 'members[value eq "a"]' },
        { op: 'remove', path: 'members', value: some('c') },
        { op: 'add', path: 'members', value: some('c') },
      ],
      { replaces: false, additions: some('b', 'c'), removals: ['a'] },
    ],
    [
      'what comes before a replacement is gone',
      [
        { op: 'remove', path: 'members[value eq "a"]' },
        { op: 'add', path: 'members', value: some('b') },
        { op: 'replace', path: 'members', value: some('c') },
        { op: 'remove', path: 'members[value eq "d"]' },
      ],
      { replaces: true, additions: some('c'), removals: [] },
    ],
    [
      'a member that is added twice, with what is given of it',
      [
        { op: 'add', path: 'members', value: [{ value: 'a', type: 'User', display: 'Ada' }] },
        { op: 'add', path: 'members', value: [{ value: 'a', $ref: '/Users/a' }] },
      ],
      { replaces: false, additions: [{ value: 'a', type: 'User', $ref: '/Users/a' }], removals: [] },
    ],
    ['other attributes alone', [{ op: 'replace', value: { displayName: 'x' } }], { replaces: false, additions: [], removals: [] }],
  ])('%s', (_, operations, expected) => {
    expect(changesOf(...operations)).toEqual(expected);
  });

  test.each<[string, Operation]>([
    ['a filter by something else', { op: 'remove', path: 'members[type eq "Group"]' }],
    ['a filter by more', { op: 'remove', path: 'members[value eq "a" and type eq "Group"]' }],
    ['a filter by what is like a value', { op: 'remove', path: 'members[value sw "a"]' }],
    ['a filter by no value', { op: 'remove', path: 'members[value eq null]' }],
    ['a filter by a value or more', { op: 'remove', path: 'members[value eq "a" or type eq "Group"]' }],
    ['a filter by an empty value', { op: 'remove', path: 'members[value eq ""]' }],
    ['a removal of some that have no value', { op: 'remove', path: 'members', value: [{ value: 'b' }, { type: 'Group' }] }],
    ['a sub-attribute', { op: 'remove', path: 'members.type' }],
    ['a sub-attribute behind a filter', { op: 'add', path: 'members[value eq "a"].type', value: 'User' }],
    ['a value behind a filter', { op: 'replace', path: 'members[value eq "a"]', value: { value: 'b' } }],
    ['a removal of what has no value', { op: 'remove', path: 'members', value: [{ type: 'Group' }] }],
  ])('… unless only they can tell: %s', (_, operation) => {
    expect(changesOf({ op: 'add', path: 'members', value: some('a') }, operation)).toBeUndefined();
  });

  test('what cannot be told is no reason to pass over what is wrong', () => {
    const filtered = { op: 'remove', path: 'members[type eq "Group"]' };
    expect(() => told(filtered, { op: 'add', path: 'members', value: 'nonsense' })).toThrow(refusal('invalidValue', 'members'));
    expect(told(filtered, { op: 'add', path: 'members', value: [{ value: 'a', badge: 7 }] }).unknowns).toEqual(['members.badge']);
    expect(() => told({ op: 'replace', path: 'members', value: [{}] })).toThrow(refusal('invalidValue', 'members'));
  });

  test('what is changed of a member counts as added', () => {
    expect(changesBetween(members, some('a', 'b', 'c'), [{ value: 'a' }, { value: 'b', type: 'User' }, { value: 'd' }])).toEqual({
      replaces: false,
      additions: [{ value: 'b', type: 'User' }, { value: 'd' }],
      removals: ['c'],
    });
  });

  test('the rest of the resource is patched, and attributes that no schema has are named', () => {
    expect(
      told(
        { op: 'replace', value: { displayName: 'Guides', shoeSize: 38 } },
        { op: 'add', path: 'members', value: [{ value: 'a', badge: 7 }] },
      ),
    ).toEqual({
      resource: { displayName: 'Guides' },
      changes: { replaces: false, additions: some('a'), removals: [] },
      unknowns: ['shoeSize', 'members.badge'],
    });
  });

  test.each<[string, Operation, ReturnType<typeof refusal>]>([
    ['a member without a value', { op: 'add', path: 'members', value: [{ type: 'User' }] }, refusal('invalidValue', 'members.value')],
    ['a member of another type', { op: 'add', path: 'members', value: ['a'] }, refusal('invalidValue', 'members')],
    ['an error elsewhere', { op: 'remove', path: 'displayName' }, refusal('mutability', 'displayName')],
  ])('%s is refused', (_, operation, error) => {
    expect(() => told(operation)).toThrow(error);
  });
});

const ids = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { maxLength: 6 });
const list = ids.map((chosen) => some(...chosen));
const filter = fc.oneof(
  fc
    .array(fc.constantFrom(...'abcdefgh'), { minLength: 1, maxLength: 3 })
    .map((named) => named.map((id) => `value eq "${id}"`).join(' or ')),
  fc.constantFrom('value sw "a"', 'value pr', 'type eq "Group"', 'not (value eq "b")'),
);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ op: fc.constantFrom('add', 'replace', 'remove'), path: fc.constant('members'), value: list }),
  fc.record({ op: fc.constantFrom('add', 'remove'), path: fc.constant('members'), value: ids.map((chosen) => kept(...chosen)) }),
  fc.record({
    op: fc.constant('remove'),
    path: fc.constant('members'),
    value: ids.map((chosen) => chosen.map((value) => ({ value, type: 'Group' }))),
  }),
  fc.record({ op: fc.constant('remove'), path: filter.map((text) => `members[${text}]`) }),
  fc.record({ op: fc.constantFrom('add', 'replace'), value: list.map((value) => ({ members: value, displayName: 'Guides' })) }),
  fc.constant({ op: 'remove', path: 'members' }),
);

const idsOf = (values: JsonValue | undefined): unknown[] => [values ?? []].flat().map((value) => (value as JsonObject).value);

/** What becomes of some members. */
const applied = (before: readonly string[], { replaces, additions, removals }: ValueChanges): unknown[] => [
  ...new Set([...(replaces ? [] : before.filter((id) => !removals.includes(id))), ...idsOf([...additions])]),
];

test('what is told is what happens to the members', () => {
  let counted = 0;
  fc.assert(
    fc.property(ids, fc.array(operation, { minLength: 1, maxLength: 6 }), (before, operations) => {
      const whole = patch(group, { ...guides, members: kept(...before) }, operations).resource;
      const { resource, changes } = told(...operations);
      expect(resource.displayName).toBe(whole.displayName);
      const after = idsOf(whole.members).sort();
      const between = changesBetween(members, kept(...before), (whole.members ?? []) as JsonObject[]);
      expect(applied(before, between).sort()).toEqual(after);
      if (!changes) return;
      counted++;
      expect(applied(before, changes).sort()).toEqual(after);
    }),
  );
  // Else it would show little.
  expect(counted).toBeGreaterThan(700);
});

test('a thousand operations on fifty thousand members look at none of them', () => {
  const value = Array.from({ length: 50_000 }, (_, i) => ({ value: `${i}` }));
  const singly = Array.from({ length: 998 }, (_, i) => ({ op: 'remove', path: `members[value eq "${i}"]` }));
  const changes = changesOf({ op: 'add', path: 'members', value }, ...singly, { op: 'remove', path: 'members', value });
  expect([changes?.replaces, changes?.additions.length, changes?.removals.length]).toEqual([false, 0, 50_000]);
  expect(() => changesOf(...singly, ...singly)).toThrow(refusal('tooMany'));
});
