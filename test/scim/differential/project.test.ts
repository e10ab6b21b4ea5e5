import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Schemas, Types } from 'scimmy';
import { isObject, type JsonObject } from '../../../lambdas/scim/json.ts';
import { project, type Selection } from '../../../lambdas/scim/project.ts';
import { enterpriseUserSchema } from '../../../lambdas/scim/schemas/enterprise-user.ts';
import { user, userSchema } from '../../../lambdas/scim/schemas/user.ts';
import { randomUser } from './resources.ts';

const urn = enterpriseUserSchema.id;
const scimmyUser = Schemas.User.definition.extend(Schemas.EnterpriseUser.definition);

/** SCIMMY takes a selection for a filter: `pr` for what is asked for, `np` for what is not. */
function theirs(resource: JsonObject, { attributes, excludedAttributes = [] }: Selection): JsonObject {
  const terms = attributes?.map((name) => `${name} pr`) ?? excludedAttributes.map((name) => `${name} np`);
  const shown: unknown = scimmyUser.coerce(resource, 'out', '/Users', new Types.Filter(terms.join(' and ')));
  return JSON.parse(JSON.stringify(shown)) as JsonObject;
}

/**
 * What is compared at random: without `schemas`, which is in the list of disagreements, as is an object that is left empty; an
 * empty array and none are the same (RFC 7643 section 2.5).
 */
const comparable = ({ schemas: _, ...shown }: JsonObject): unknown => withoutEmpty(shown);
const withoutEmpty = (value: unknown): unknown =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).flatMap(([name, part]) => (isEmpty(part) ? [] : [[name, withoutEmpty(part)]])))
    : value;
const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

const SIMPLE = ['userName', 'USERNAME', 'title', 'active', 'id', 'externalId', 'nickName', 'password'];
const COMPLEX = ['name', 'emails', 'meta', urn];
const PARTS = ['name.familyName', 'name.givenName', 'emails.value', 'emails.type', 'meta.location', `${urn}:department`, `${urn}:manager`];
const isWholeOf = (part: string) => (name: string) => part !== name && part.toLowerCase().startsWith(name.toLowerCase());
/** Never a whole beside one of its parts: that is in the list of disagreements. */
const names = fc
  .uniqueArray(fc.constantFrom(...SIMPLE, ...COMPLEX, ...PARTS), { minLength: 1, maxLength: 5 })
  .filter((chosen) => !chosen.some((part) => chosen.some(isWholeOf(part))));

const selection: fc.Arbitrary<Selection> = fc.oneof(
  fc.tuple(fc.constantFrom(...SIMPLE), names).map(([name, others]) => ({ attributes: [...new Set([name, ...others])] })),
  names.map((excludedAttributes) => ({ excludedAttributes })),
);

/** SCIMMY validates what it shows: an e-mail address has one of three types, and one is primary at most. */
const validUser = randomUser.filter(
  ({ emails = [] }) =>
    !JSON.stringify(emails).includes('Work') && (emails as JsonObject[]).filter(({ primary }) => primary === true).length <= 1,
);

test('a projection shows what that of SCIMMY shows', () => {
  fc.assert(
    fc.property(validUser, selection, (resource, selected) => {
      expect(comparable(project(user, resource, selected))).toEqual(comparable(theirs(resource, selected)));
    }),
    { seed: 7644, numRuns: 800 },
  );
});

const always = { schemas: [userSchema.id, urn], id: '1' };
const ada: JsonObject = { ...always, userName: 'ada', name: { familyName: 'Lovelace' }, [urn]: { department: 'eng' } };
const meta = { meta: { resourceType: 'User', location: '/Users/1' } };

describe('projections where SCIMMY and the RFC part', () => {
  test.each<{ what: string; selected: Selection; ours: object; theirs: object | 'throws'; why: string }>([
    {
      what: 'schemas is shown whatever is asked for',
      selected: { attributes: ['userName', urn] },
      ours: { ...always, userName: 'ada', [urn]: { department: 'eng' } },
      theirs: { id: '1', userName: 'ada', [urn]: { department: 'eng' } },
      why: 'RFC 7643 3: schemas must be in every representation',
    },
    {
      what: 'schemas cannot be excluded',
      selected: { excludedAttributes: ['schemas', 'name', 'meta', urn] },
      ours: { ...always, schemas: expect.arrayContaining([userSchema.id]), userName: 'ada' },
      theirs: { id: '1', userName: 'ada' },
      why: 'RFC 7643 3: schemas must be in every representation',
    },
    {
      what: 'an extension is not shown unless it is asked for',
      selected: { attributes: ['name.familyName'] },
      ours: { ...always, schemas: expect.arrayContaining([userSchema.id]), name: { familyName: 'Lovelace' } },
      theirs: { id: '1', name: { familyName: 'Lovelace' }, [urn]: { department: 'eng' } },
      why: 'RFC 7644 3.9: each resource has the minimum set and the attributes that are asked for',
    },
    {
      what: 'the prefix of the core schema',
      selected: { attributes: [`${userSchema.id}:userName`, 'title'] },
      ours: { ...always, schemas: expect.arrayContaining([userSchema.id]), userName: 'ada' },
      theirs: { id: '1' },
      why: 'RFC 7644 3.10: an attribute may be named with the URN of its schema',
    },
    {
      what: 'nothing is left of a complex attribute',
      selected: { excludedAttributes: ['name.familyName', 'meta', urn] },
      ours: { ...always, schemas: expect.arrayContaining([userSchema.id]), userName: 'ada' },
      theirs: { schemas: [userSchema.id, urn], id: '1', userName: 'ada', name: {} },
      why: 'RFC 7643 2.5: without values, it is absent',
    },
    {
      what: 'a part in other letters',
      selected: { attributes: ['userName', 'NAME.familyname'] },
      ours: { ...always, schemas: expect.arrayContaining([userSchema.id]), userName: 'ada', name: { familyName: 'Lovelace' } },
      theirs: { id: '1', userName: 'ada' },
      why: 'RFC 7643 2.1: attribute names are case insensitive',
    },
    {
      what: 'a whole behind one of its parts',
      selected: { attributes: ['userName', 'name.givenName', 'name'] },
      ours: { ...always, schemas: expect.arrayContaining([userSchema.id]), userName: 'ada', name: { familyName: 'Lovelace' } },
      theirs: 'throws',
      why: 'RFC 7644 3.9: the attributes are a list, in any order',
    },
  ])('$what', (disagreement) => {
    const resource: JsonObject = { ...ada, ...meta };
    expect(project(user, resource, disagreement.selected)).toEqual(disagreement.ours);
    if (disagreement.theirs === 'throws') expect(() => theirs(resource, disagreement.selected)).toThrow();
    else expect(theirs(resource, disagreement.selected)).toEqual(disagreement.theirs);
  });
});
