import { describe, expect, test } from '@jest/globals';
import { parseFilter } from '../../lambdas/scim/filter/parse.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { typeIn } from '../../lambdas/scim/schemas/type-in.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { planFilter } from '../../lambdas/store/plan.ts';

const byName = { kind: 'unique', attribute: 'userName', value: 'ada' };
const byRole = { kind: 'index', attribute: 'roles.value', value: 'admin' };
const byEmail = { kind: 'index', attribute: 'emails.value', value: 'a@b' };

describe('planFilter', () => {
  test.each([
    ['id eq "1"', { kind: 'id', id: '1' }],
    ['userName eq "ADA"', byName],
    ['urn:ietf:params:scim:schemas:core:2.0:User:username eq "Ada"', byName],
    ['externalId eq "X1"', { kind: 'index', attribute: 'externalId', value: 'X1' }],
    ['emails.value eq "A@B"', byEmail],
    ['emails eq "A@B"', byEmail],
    ['emails[type eq "work" and value eq "a@b"]', byEmail],
    ['emails[type eq "work"].value eq "a@b"', byEmail],
    ['active eq true and userName eq "ada"', byName],
    ['emails.value eq "a@b" and userName eq "ada"', byName],
    [
      'emails.value eq "a@b" and (userName eq "ada" or id eq "1")',
      { kind: 'narrowest', of: [byEmail, { kind: 'union', of: [byName, { kind: 'id', id: '1' }] }] },
    ],
    ['roles eq "admin" and title pr and emails.value eq "a@b"', { kind: 'narrowest', of: [byRole, byEmail] }],
    ['emails.value eq "a@b" and (emails eq "A@B" and active eq true)', byEmail],
    ['userName eq "ada" and id eq "1"', { kind: 'id', id: '1' }],
    ['title sw "x" and (userName eq "ada" or id eq "1")', { kind: 'union', of: [byName, { kind: 'id', id: '1' }] }],
    ['userName eq "ada" or emails.value eq "a@b" or id eq "1"', { kind: 'union', of: [byName, byEmail, { kind: 'id', id: '1' }] }],
    ['userName eq "ada" or (id eq "1" or emails eq "a@b")', { kind: 'union', of: [byName, { kind: 'id', id: '1' }, byEmail] }],
    ['emails[value eq "a@b" or value eq "A@B" and type pr]', byEmail],
    ['emails[type eq "work" and (value eq "a@b" or value eq "c@d")]', { kind: 'union', of: [byEmail, { ...byEmail, value: 'c@d' }] }],
    ['roles[VALUE eq "admin"]', byRole],
    ['entitlements eq "lic-pro"', { kind: 'index', attribute: 'entitlements.value', value: 'lic-pro' }],
    ['groups.value eq "g1"', { kind: 'membership', group: 'g1' }],
    ['groups[value eq "g1"] and active eq true', { kind: 'membership', group: 'g1' }],
    ['groups.display eq "Engineering"', { kind: 'walk' }],
    ['userName eq "ada" or title eq "x"', { kind: 'walk' }],
    ['userName eq "ada" or not (id eq "1")', { kind: 'walk' }],
    ['emails[value eq "a@b" or type eq "work"]', { kind: 'walk' }],
    ['userName sw "a"', { kind: 'walk' }],
    ['not (userName eq "ada")', { kind: 'walk' }],
    ['emails[not (value eq "a@b")]', { kind: 'walk' }],
    ['userName eq ""', { kind: 'walk' }],
    ['title eq "x"', { kind: 'walk' }],
  ])('%s', (filter, expected) => {
    expect(planFilter(user, parseFilter(filter))).toEqual(expected);
  });

  test('an attribute whose entries are still being made is not looked up by', () => {
    const path = { kind: 'index', attribute: 'title', value: 'dr' };
    expect(planFilter({ ...user, indexed: ['title'] }, parseFilter('title eq "Dr"'))).toEqual(path);
    expect(planFilter({ ...user, indexing: ['title'] }, parseFilter('title eq "Dr"'))).toEqual({ kind: 'walk' });
  });

  test('the displayName and the externalId of groups are looked up', () => {
    const path = { kind: 'index', attribute: 'displayName', value: 'engineering' };
    expect(planFilter(group, parseFilter('displayName eq "Engineering"'))).toEqual(path);
    expect(planFilter(group, parseFilter('externalId eq "X1"'))).toMatchObject({ kind: 'index', attribute: 'externalId' });
  });

  test('the displayName of groups leads to one where it is unique, and is taken at once', () => {
    const type = typeIn(group, { uniqueGroupNames: true });
    const path = { kind: 'unique', attribute: 'displayName', value: 'engineering' };
    expect(planFilter(type, parseFilter('displayName eq "Engineering" and externalId eq "X1"'))).toEqual(path);
  });

  const ofA = { kind: 'memberOf', member: 'A' };
  const byTeam = { kind: 'index', attribute: 'displayName', value: 'team' };

  test.each([
    ['members.value eq "A"', ofA],
    ['members eq "A"', ofA],
    ['urn:ietf:params:scim:schemas:core:2.0:Group:MEMBERS.value eq "A"', ofA],
    ['members[value eq "A"]', ofA],
    ['members[type eq "User" and value eq "A"]', ofA],
    ['members[type eq "User"].value eq "A"', ofA],
    ['members eq "A" and not (members eq "b")', ofA],
    ['members eq "A" and displayName eq "Team"', { kind: 'narrowest', of: [ofA, byTeam] }],
    ['members eq "A" or members eq "b" or displayName eq "Team"', { kind: 'union', of: [ofA, { ...ofA, member: 'b' }, byTeam] }],
    ['members eq "A" and id eq "1"', { kind: 'id', id: '1' }],
    ['members.type eq "Group"', { kind: 'walk' }],
    ['members[type eq "Group"]', { kind: 'walk' }],
    ['members pr', { kind: 'walk' }],
    ['members.value ne "A"', { kind: 'walk' }],
    ['members eq null', { kind: 'walk' }],
    ['not (members eq "A")', { kind: 'walk' }],
    ['members eq "A" or displayName sw "t"', { kind: 'walk' }],
  ])('groups by their members: %s', (filter, expected) => {
    expect(planFilter(group, parseFilter(filter))).toEqual(expected);
  });
});
