import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../lambdas/scim/json.ts';
import type { Operation } from '../../../lambdas/scim/patch/actions.ts';
import { patch } from '../../../lambdas/scim/patch/patch.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { refusal } from '../../support/rfc.ts';

const work = { value: 'a@work', type: 'work', primary: true };
const home = { value: 'a@home', type: 'home' };
const ada: JsonObject = { userName: 'ada', active: true, emails: [work, home] };
const apply = (...operations: Operation[]) => patch(user, ada, operations).resource;

/* What is quadratic takes minutes here, and what is not some hundred milliseconds. */
describe('a PATCH does not', () => {
  const many = Array.from({ length: 50_000 }, (_, i) => ({ value: `${i}@x` }));
  const terms = (count: number) => Array.from({ length: count }, () => 'value co "x"').join(' or ');
  test.each<[string, Operation[]]>([
    ['with a long filter', [{ op: 'remove', path: `emails[${terms(499)}]` }]],
    ['again and again', Array.from({ length: 5 }, () => ({ op: 'remove', path: `emails[value ew "none" and (${terms(100)})]` }))],
    [
      'by a thousand values that do not say which',
      [{ op: 'remove', path: 'emails', value: Array.from({ length: 1_000 }, (_, i) => ({ type: `${i}` })) }],
    ],
    ['to give each a long text', [{ op: 'replace', path: 'emails.display', value: 'x'.repeat(100_000) }]],
  ])('look at too many values: %s', (_, operations) => {
    expect(() => apply({ op: 'add', path: 'emails', value: many }, ...operations)).toThrow(refusal('tooMany', 'Operations'));
  });

  test('lose itself in sixty thousand values: each is looked at once', () => {
    const value = Array.from({ length: 60_000 }, (_, i) => ({ value: `${i}@x` }));
    const added = apply({ op: 'add', path: 'emails', value });
    expect(added.emails).toHaveLength(60_002);
    expect(patch(user, added, [{ op: 'remove', path: 'emails', value }]).resource.emails).toEqual([work, home]);
  });

  test('… that differ in their type alone', () => {
    const value = Array.from({ length: 60_000 }, (_, i) => ({ value: 'a', type: `${i}` }));
    const added = apply({ op: 'add', path: 'emails', value: [...value, ...value] });
    expect(added.emails).toHaveLength(60_002);
    const renamed = patch(user, added, [{ op: 'replace', path: 'emails[value eq "a"].value', value: 'b' }]).resource;
    expect(renamed.emails).toHaveLength(60_002);
    const moved = [...value, { value: 'b', primary: true }, { value: 'c', primary: true }];
    expect(() => patch(user, added, [{ op: 'replace', path: 'emails', value: moved }])).toThrow(refusal('invalidValue', 'primary'));
    expect(patch(user, added, [{ op: 'remove', path: 'emails', value }]).resource.emails).toEqual([work, home]);
  });
});
