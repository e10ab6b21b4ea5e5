import fc from 'fast-check';
import type { Operation } from '../../../lambdas/scim/patch/actions.ts';
import type { Members } from './teams.ts';

/*
 * What a PATCH does to the members of a group, and what a client says of those.
 */

/** What a client says that its members are, right or wrong. */
export const hints = fc.constantFrom(undefined, 'User' as const, 'Group' as const);
export type Hint = 'User' | 'Group' | undefined;

export const valuesOf = (ids: readonly string[], type: Hint) => ids.map((value) => ({ value, ...(type && { type }) }));
export const distinct = (ids: readonly string[]) => [...new Set(ids)];

/** One operation on members, and what it makes of them. */
interface Step {
  readonly operation: (ids: readonly string[], hint: Hint) => Operation;
  readonly apply: (before: readonly string[], ids: readonly string[]) => readonly string[];
}

const added = (before: readonly string[], ids: readonly string[]) => distinct([...before, ...ids]);
const without = (before: readonly string[], ids: readonly string[]) => before.filter((id) => !ids.includes(id));
const filterFor = (ids: readonly string[]) => ids.map((id) => `value eq "${id}"`).join(' or ');

/** Weighed by how often they are here. */
const STEPS: readonly Step[] = [
  { operation: (ids, hint) => ({ op: 'add', path: 'members', value: valuesOf(ids, hint) }), apply: added },
  { operation: (ids, hint) => ({ op: 'add', path: 'members', value: valuesOf(ids, hint) }), apply: added },
  { operation: (ids, hint) => ({ op: 'Add', value: { members: valuesOf(ids, hint) } }), apply: added },
  { operation: (ids) => ({ op: 'remove', path: 'members', value: valuesOf(ids, undefined) }), apply: without },
  { operation: (ids) => ({ op: 'remove', path: `members[${filterFor(ids)}]` }), apply: without },
  { operation: (ids, hint) => ({ op: 'replace', path: 'members', value: valuesOf(ids, hint) }), apply: (_, ids) => distinct(ids) },
  { operation: () => ({ op: 'remove', path: 'members' }), apply: () => [] },
];
export const stepsOf = (members: Members) =>
  fc.array(fc.tuple(fc.constantFrom(...STEPS), members(1)), { minLength: 1, maxLength: 3, size: 'max' });
