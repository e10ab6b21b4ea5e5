import { Types } from 'scimmy';
import { compileFilter, type Predicate } from '../../../lambdas/scim/filter/compile.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import type { JsonObject } from '../../../lambdas/scim/json.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { userResources } from '../../support/users.ts';
import { inTurn, median, medianOfMany } from '../measure.ts';
import { digits, progress, type Row, type Section } from '../report.ts';

const USERS = 10_000;
const TIMES_AS_FAST = 10;

/**
 * Filters on whose matches both sides agree: literals are spelled as the users have them, since SCIMMY counts letter case. Ours
 * does more at each user, therefore: it compares folded texts, and finds attributes by their schema.
 */
const FILTERS: readonly string[] = [
  'userName eq "ada.lovelace.5040@example.com"',
  'externalId eq "00u000000000000003w0"',
  'emails[type eq "work" and value co "@example.com"]',
  'name.familyName sw "L"',
  'meta.lastModified gt "2026-06-01T00:00:00Z"',
  'title eq "Engineer" and active eq true and name.givenName co "a"',
  'title eq "Manager" or displayName sw "Grace" or userName co ".turing."',
  '(title eq "Engineer" or title eq "Manager") and name.familyName sw "L"',
  'active eq true and not (title pr)',
  'title pr and emails[type eq "home"] or meta.lastModified le "2026-02-01T00:00:00Z" and not (active eq true)',
];

/** What a filter costs before the first user. */
const parseOurs = (text: string): Predicate => compileFilter(parseFilter(text), user.attributes, { coreUrn: user.schema.id });
const parseTheirs = (text: string) => new Types.Filter(text);

/** Parsed once, evaluated for each user, matches collected and counted: as SCIMMY's `match` does it, so ours does it too. */
const countOurs = (text: string, users: readonly JsonObject[]) => users.filter(parseOurs(text)).length;
const countTheirs = (text: string, users: JsonObject[]) => parseTheirs(text).match(users).length;

export function filterSections(): Section[] {
  const users = userResources(USERS);
  // All of them before any is measured: a function that has seen one filter only is faster than it is in a service.
  const matches = new Map(FILTERS.map((text) => [text, agreedCount(text, users)]));
  return [
    {
      title: `Filters: parse, evaluate for ${USERS} users and count. Bar: ${TIMES_AS_FAST} times as fast as SCIMMY`,
      columns: ['filter', 'matches', 'ours ms', 'SCIMMY ms', 'ratio'],
      rows: FILTERS.map((text) => evaluateRow(text, users, matches.get(text) ?? 0)),
    },
    { title: 'Filters: parse only', columns: ['filter', 'length', 'ours µs', 'SCIMMY µs', 'ratio'], rows: FILTERS.map(parseRow) },
  ];
}

/** How many users match a filter; throws unless both sides say the same, and some do. */
function agreedCount(text: string, users: JsonObject[]): number {
  progress(`count ${text}`);
  const ours = countOurs(text, users);
  const theirs = countTheirs(text, users);
  if (ours !== theirs || ours === 0) throw new Error(`${text}: ${ours} match here, ${theirs} in SCIMMY`);
  return ours;
}

function evaluateRow(text: string, users: JsonObject[], matches: number): Row {
  progress(`evaluate ${text}`);
  const ours = () => median(() => countOurs(text, users), { time: 100 });
  // Warm from the count: a call goes through all users, and takes its time.
  const theirs = () => median(() => countTheirs(text, users), { time: 100, warmup: false });
  const { times, ratio } = inTurn([ours, theirs]);
  return { cells: [text, String(matches), ...times.map(digits), ratio.toFixed(1)], met: ratio >= TIMES_AS_FAST };
}

function parseRow(text: string): Row {
  progress(`parse ${text}`);
  const { times, ratio } = inTurn([parseOurs, parseTheirs].map((parse) => () => 1_000 * medianOfMany(() => parse(text), 200)));
  return { cells: [text, String(text.length), ...times.map(digits), ratio.toFixed(1)] };
}
