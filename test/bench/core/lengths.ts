import { compileFilter } from '../../../lambdas/scim/filter/compile.ts';
import { FILTER_LIMITS, parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { inTurn, medianOfMany } from '../measure.ts';
import { digits, progress, type Row, type Section } from '../report.ts';

const LENGTHS = [100, 1_000, 10_000] as const;
/** What grows with the square of the length would be at 10. */
const AT_MOST_TIMES = 2;
/** What is refused costs microseconds, whatever its length: no millisecond. */
const REFUSED_WITHIN_US = 1_000;
const DEPTH = FILTER_LIMITS.depth;

/** As many copies of a term as fit into a length, and at least one. */
const chain = (term: string, by: string) => (length: number) =>
  Array.from({ length: Math.max(1, Math.floor((length + by.length) / (term.length + by.length))) }, () => term).join(by);

/** Kinds of filter that can be written in any length; what is nested is so to the limit, once it is long enough. */
const SHAPES: readonly (readonly [string, (length: number) => string])[] = [
  ['or chain', chain('userName eq "ada"', ' or ')],
  ['and chain', chain('name.familyName sw "love"', ' and ')],
  ['value paths', chain('emails[type eq "work" and value co "@x"]', ' or ')],
  ['not', chain('not (title pr)', ' and ')],
  ['parentheses', (length) => chain(nested('(', Math.min(DEPTH, Math.floor((length - 8) / 2))), ' or ')(length)],
  ['not in not', (length) => chain(nested('not(', Math.min(DEPTH, Math.floor((length - 8) / 5))), ' or ')(length)],
  ['one string', (length) => `userName eq "${'x'.repeat(length - 14)}"`],
  ['one string of escapes', (length) => `userName eq "${'\\u00e9'.repeat(Math.floor((length - 14) / 6))}"`],
  ['one dateTime', (length) => `meta.created gt "2026-01-01T00:00:00.${'0'.repeat(length - 44)}1Z"`],
  ['spaces', (length) => `userName${' '.repeat(length - 17)}eq "ada"`],
];

const nested = (open: string, depth: number) => `${open.repeat(depth)}title pr${')'.repeat(depth)}`;

const REFUSED: readonly (readonly [string, string])[] = [
  ['100 kB of alternatives', chain('userName eq "ada"', ' or ')(100_000)],
  ['100 kB of one string', `userName eq "${'x'.repeat(100_000)}"`],
  ['10,000 parentheses', '('.repeat(10_000)],
  ['10,000 characters of not(', 'not('.repeat(2_500)],
];

const compile = (text: string, limits = FILTER_LIMITS) =>
  compileFilter(parseFilter(text, limits), user.attributes, { coreUrn: user.schema.id });

/** A chain of the greatest length has more terms than a filter may: how the time grows is another question. */
const MANY_TERMS = { ...FILTER_LIMITS, nodes: 10_000 };

export function lengthSections(): Section[] {
  return [
    {
      title: `Filters: parse and compile, ns per character. Bar: at ${LENGTHS[2]} characters at most ${AT_MOST_TIMES} times what it is at ${LENGTHS[1]}`,
      columns: ['shape', ...LENGTHS.map((length) => `ns at ${length}`), 'ratio'],
      rows: SHAPES.map(growthRow),
    },
    {
      title: `Filters that are refused. Bar: under ${REFUSED_WITHIN_US} µs`,
      columns: ['filter', 'length', 'µs'],
      rows: REFUSED.map(refusalRow),
    },
  ];
}

function growthRow([name, shape]: (typeof SHAPES)[number]): Row {
  progress(`parse ${name}`);
  const { times, ratio } = inTurn(LENGTHS.map((length) => () => nanosecondsPerCharacter(shape(length))));
  return { cells: [name, ...times.map(digits), ratio.toFixed(2)], met: ratio <= AT_MOST_TIMES };
}

/** Samples of one length in characters, whatever that of the filter is. */
const nanosecondsPerCharacter = (text: string) =>
  (1e6 * medianOfMany(() => compile(text, MANY_TERMS), Math.ceil(100_000 / text.length))) / text.length;

function refusalRow([name, text]: (typeof REFUSED)[number]): Row {
  progress(`refuse ${name}`);
  const microseconds = 1_000 * medianOfMany(() => refusalOf(text), 200);
  return { cells: [name, String(text.length), digits(microseconds)], met: microseconds < REFUSED_WITHIN_US };
}

function refusalOf(text: string): unknown {
  try {
    compile(text);
  } catch (error) {
    return error;
  }
  throw new Error(`was not refused: ${text.slice(0, 40)}`);
}
