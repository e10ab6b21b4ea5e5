import type { JsonObject } from '../../../../lambdas/scim/json.ts';
import { ada, type Disagreement } from './disagreement.ts';

const dated: JsonObject = { ...ada, meta: { lastModified: '2026-02-01T00:00:00Z' } };
const NO_VALUE = '3.4.2.2, table 3: the value must contain, begin or end with the operand, and there is no value; "undefined" is none';

/** What two values are to one another. */
export const VALUES: readonly Disagreement[] = [
  {
    what: 'letter case',
    filter: 'userName eq "ADA"',
    resource: ada,
    ours: true,
    theirs: false,
    why: 'RFC 7643 4.1.1 and 7: userName is not caseExact, and the server shall evaluate filters by that',
  },
  {
    what: 'letter case where values are ordered',
    filter: 'userName gt "Z"',
    resource: ada,
    ours: false,
    theirs: true,
    why: 'RFC 7643 7: caseExact holds for filters, whatever the operator',
  },
  {
    what: 'two ways to write one character',
    filter: 'userName eq "\u00e9"',
    resource: { userName: 'e\u0301' },
    ours: true,
    theirs: false,
    why: '5: user names are compared in the form of RFC 7613, which is NFC',
  },
  {
    what: 'one moment in two time zones',
    filter: 'meta.lastModified eq "2026-02-01T02:00:00+02:00"',
    resource: dated,
    ours: true,
    theirs: false,
    why: 'RFC 7643 2.3.5: a dateTime is an xsd:dateTime, and these are equal',
  },
  {
    what: 'a string that looks like a dateTime',
    filter: 'title lt "2026-02-01T00:00:00+02:00"',
    resource: { ...ada, title: '2026-02-01' },
    ours: true,
    theirs: false,
    why: '3.4.2.2, table 3: the order depends on the type of the attribute; strings are ordered as text',
  },
  {
    what: 'eq with an empty string',
    filter: 'nickName eq ""',
    resource: ada,
    ours: true,
    theirs: false,
    why: 'RFC 7643 2.5: an empty value and none are the same; clients ask so for users who have none',
  },
  {
    what: 'ne with an empty string',
    filter: 'nickName ne ""',
    resource: ada,
    ours: false,
    theirs: true,
    why: 'the opposite of eq ""',
  },
  {
    what: 'a part of an absent value (absent is read as "undefined")',
    filter: 'nickName co "fine"',
    resource: ada,
    ours: false,
    theirs: true,
    why: NO_VALUE,
  },
  { what: 'the start of an absent value', filter: 'nickName sw "un"', resource: ada, ours: false, theirs: true, why: NO_VALUE },
  { what: 'the end of an absent value', filter: 'nickName ew "ed"', resource: ada, ours: false, theirs: true, why: NO_VALUE },
  {
    what: 'an order of booleans',
    filter: 'active gt false',
    resource: ada,
    ours: 'invalidFilter',
    theirs: true,
    why: '3.4.2.2, table 3: boolean attributes SHALL cause invalidFilter',
  },
  {
    what: 'true in capitals',
    filter: 'active eq TRUE',
    resource: ada,
    ours: true,
    theirs: false,
    why: '3.4.2.2, figure 1: true is a literal of ABNF, which RFC 5234 2.3 compares without case',
  },
  {
    what: 'a literal of a type that the attribute does not have',
    filter: 'title eq true',
    resource: ada,
    ours: 'invalidFilter',
    theirs: false,
    why: '3.4.2.2: a filter that is not understood must be declined',
  },
];
