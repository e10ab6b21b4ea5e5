import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { askedValues } from '../../../lambdas/scim/filter/asked.ts';
import { compileFilter } from '../../../lambdas/scim/filter/compile.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import { group, groupSchema } from '../../../lambdas/scim/schemas/group.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { randomFilters } from '../../support/related-filters.ts';

const asked = (text: string) => askedValues(parseFilter(text), group, 'members');

describe('which members a filter asks for', () => {
  test.each([
    { filter: 'displayName eq "x" and not (externalId pr)', values: [] },
    { filter: 'id eq "members" or badges eq "x"', values: [] },
    { filter: 'members.value eq "a"', values: ['a'] },
    { filter: 'MEMBERS eq "a"', values: ['a'] },
    { filter: 'members eq 5', values: ['5'] },
    { filter: `${groupSchema.id}:members.VALUE eq "a"`, values: ['a'] },
    { filter: 'members[value eq "a"]', values: ['a'] },
    { filter: 'not (members.value eq "a")', values: ['a'] },
    { filter: 'members eq "a" and (displayName eq "x" or not (members eq "b"))', values: ['a', 'b'] },
    { filter: 'members[value eq "a" or value eq "b"]', values: ['a', 'b'] },
    { filter: 'members[value eq "a" and type eq "Group"]', values: ['a'] },
    { filter: 'members[type eq "Group"].value eq "a"', values: ['a'] },
    { filter: 'members[type eq "Group" and (value eq "a" or value eq "b" and not (type pr))]', values: ['a', 'b'] },
  ])('$filter: the named alone', ({ filter, values }) => {
    expect(asked(filter)).toEqual(new Set(values));
  });

  test.each([
    'members pr',
    'not (members pr)',
    'members.value pr',
    'members eq null',
    'members.value eq ""',
    'members.value ne "a"',
    'members.value co "a"',
    'members sw "a"',
    'members.value gt "a"',
    'members.type eq "Group"',
    'members[type eq "Group"]',
    'members[value eq "a" or type eq "Group"]',
    'members[not (value eq "a")]',
    'members[value ne "a"]',
    'members[value eq ""]',
    'members[value[value eq "a"]]',
    'members.value[value eq "a"]',
    'members eq "a" or members.type eq "Group"',
    'members eq "a" and not (displayName eq "x" and members pr)',
  ])('%s: all', (filter) => {
    expect(asked(filter)).toBe('all');
  });

  test('and so of the groups of a user', () => {
    expect(askedValues(parseFilter('groups.value eq "a" and userName eq "b"'), user, 'groups')).toEqual(new Set(['a']));
    expect(askedValues(parseFilter('groups.type eq "direct"'), user, 'groups')).toBe('all');
  });
});

test('shown what it asks for, a filter gives the answer that it gives for all that there is', () => {
  const ids = ['a', 'b', 'c', 'd'];
  const types = ['User', 'Group'];
  const members = fc
    .subarray(ids)
    .chain((chosen) => fc.tuple(...chosen.map((value) => fc.record({ value: fc.constant(value), type: fc.constantFrom(...types) }))));
  fc.assert(
    fc.property(randomFilters('members', ids, types), members, ({ text, holds }, all) => {
      const filter = parseFilter(text);
      const values = askedValues(filter, group, 'members');
      const shown = values === 'all' ? all : all.filter(({ value }) => values.has(value));
      const matches = compileFilter(filter, group.attributes);
      expect(matches({ displayName: 'Team', members: shown })).toBe(matches({ displayName: 'Team', members: [...all] }));
      expect(matches({ displayName: 'Team', members: shown })).toBe(holds({ name: 'Team', related: [...all] }));
    }),
    { seed: 7644, numRuns: 2_000 },
  );
});
