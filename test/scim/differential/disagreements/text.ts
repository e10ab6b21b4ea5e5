import { ada, type Disagreement } from './disagreement.ts';

const JSON_STRINGS = '3.4.2.2, figure 1: compValue is a string of RFC 7159, with its escapes';

/** How a filter is read. */
export const TEXT: readonly Disagreement[] = [
  {
    what: 'a quote in a string',
    filter: 'displayName co "a\\" b"',
    resource: { ...ada, displayName: 'a" b' },
    ours: true,
    theirs: 'throws',
    why: JSON_STRINGS,
  },
  {
    what: 'an escaped character in a string',
    filter: 'title eq "\\u0062"',
    resource: ada,
    ours: true,
    theirs: false,
    why: JSON_STRINGS,
  },
  {
    what: 'a bracket in a string in brackets',
    filter: 'emails[value eq "a]b"]',
    resource: { ...ada, emails: [{ value: 'a]b' }] },
    ours: true,
    theirs: 'throws',
    why: JSON_STRINGS,
  },
  {
    what: 'a parenthesis in a string in parentheses',
    filter: '(title eq "b)")',
    resource: { ...ada, title: 'b)' },
    ours: true,
    theirs: 'throws',
    why: JSON_STRINGS,
  },
  {
    what: 'a string without quotes',
    filter: 'userName eq ada',
    resource: ada,
    ours: 'invalidFilter',
    theirs: true,
    why: JSON_STRINGS,
  },
  {
    what: 'what stands behind the end of a filter',
    filter: 'userName eq "ada" "b"',
    resource: ada,
    ours: 'invalidFilter',
    theirs: false,
    why: '3.4.2.2, figure 1: it is no filter, and must be declined',
  },
  {
    what: 'an operator that the RFC does not have',
    filter: 'nickName np',
    resource: ada,
    ours: 'invalidFilter',
    theirs: true,
    why: '3.4.2.2, table 3: there is no np',
  },
];
