import { ada, type Disagreement, withEmails } from './disagreement.ts';

const GROUPS = '3.4.2.2, table 5: expressions in parentheses are evaluated first, and together';
const ANY_VALUE = '3.4.2.2: the filter matches if any of the values of a multi-valued attribute matches; brackets ask for one and the same';
const NOT = '3.4.2.2, table 4: "not" matches if what it stands before does not, as a whole';

/** How comparisons are put together. */
export const STRUCTURE: readonly Disagreement[] = [
  {
    what: 'two comparisons of one multi-valued attribute',
    filter: 'emails.type eq "work" and emails.value co "home"',
    resource: withEmails,
    ours: true,
    theirs: false,
    why: ANY_VALUE,
  },
  {
    what: 'two comparisons of one part of it',
    filter: 'emails.value eq "a@work" and emails.value eq "b@home"',
    resource: withEmails,
    ours: true,
    theirs: false,
    why: ANY_VALUE,
  },
  {
    what: 'not, before a part of a multi-valued attribute: SCIMMY negates it for each value',
    filter: 'not (emails.type eq "work")',
    resource: withEmails,
    ours: false,
    theirs: true,
    why: NOT,
  },
  { what: 'not, before a value path', filter: 'not (emails[type eq "work"])', resource: withEmails, ours: false, theirs: true, why: NOT },
  {
    what: 'ne, where one of the values does not have the part',
    filter: 'emails.display ne "a"',
    resource: { ...ada, emails: [{ value: 'a', display: 'a' }, { value: 'b' }] },
    ours: false,
    theirs: true,
    why: '3.4.2.2: any of the values of emails.display decides, and the only one there is equals "a"',
  },
  {
    what: 'primary, where a value does not say',
    filter: 'emails[type eq "home" and primary eq false]',
    resource: withEmails,
    ours: true,
    theirs: false,
    why: 'RFC 7643 2.4: if not specified, the value of "primary" SHALL be assumed to be "false"',
  },
  {
    what: 'ne, where there is no value at all',
    filter: 'emails.type ne "work"',
    resource: { ...ada, emails: [] },
    ours: true,
    theirs: false,
    why: 'the RFC does not say; an absent attribute is not equal to anything, single-valued or not',
  },
  {
    what: 'eq null, where one of the values does not have the part',
    filter: 'emails.primary eq null',
    resource: withEmails,
    ours: false,
    theirs: true,
    why: 'as with ne: emails.primary has a value',
  },
  { what: 'not, before alternatives', filter: 'not (userName eq "x" or title eq "b")', resource: ada, ours: false, theirs: true, why: NOT },
  {
    what: 'not, before a conjunction',
    filter: 'not (userName eq "x" and title eq "b")',
    resource: ada,
    ours: true,
    theirs: false,
    why: NOT,
  },
  { what: 'a group in a group', filter: '((userName eq "ada"))', resource: ada, ours: true, theirs: 'throws', why: GROUPS },
  { what: 'not in not', filter: 'not (not (userName eq "ada"))', resource: ada, ours: true, theirs: 'throws', why: GROUPS },
  {
    what: 'alternatives beside two comparisons, of which one is enough for SCIMMY',
    filter: '(title eq "x" or active eq true) and userName eq "q" and title eq "b"',
    resource: ada,
    ours: false,
    theirs: true,
    why: GROUPS,
  },
  {
    what: 'alternatives beside a negated comparison, which SCIMMY loses',
    filter: '(title eq "b" or active eq false) and not (userName pr)',
    resource: ada,
    ours: false,
    theirs: true,
    why: GROUPS,
  },
  {
    what: 'alternatives in a value path beside two comparisons',
    filter: 'title eq "b" and emails[type eq "work" or type eq "home"] and active eq false',
    resource: withEmails,
    ours: false,
    theirs: true,
    why: GROUPS,
  },
];
