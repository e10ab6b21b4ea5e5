import { describe, expect, test } from '@jest/globals';
import { parseFilter } from '../../lambdas/scim/filter/parse.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { planFilter } from '../../lambdas/store/plan.ts';

const byName = { kind: 'unique', attribute: 'userName', value: 'ada' };
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
    ['userName sw "a"', { kind: 'walk' }],
    ['userName eq "a" or userName eq "b"', { kind: 'walk' }],
    ['not (userName eq "ada")', { kind: 'walk' }],
    ['emails[not (value eq "a@b")]', { kind: 'walk' }],
    ['userName eq ""', { kind: 'walk' }],
    ['title eq "x"', { kind: 'walk' }],
  ])('%s', (filter, expected) => {
    expect(planFilter(user, parseFilter(filter))).toEqual(expected);
  });
});
