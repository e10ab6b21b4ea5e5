import fc from 'fast-check';
import { enterpriseUserSchema } from '../../../lambdas/scim/schemas/enterprise-user.ts';
import { DAYS, foldText, foldTime, TEXTS, TYPES } from './resources.ts';

/*
 * Random filters inside what SCIMMY implements; what it does not is in the list of disagreements.
 */

type Literal = string | boolean | null;

interface Comparison {
  readonly path: string;
  readonly op: string;
  readonly value?: Literal;
  /** The value in the one form that `asScimmySees` gives to those of a resource. */
  readonly folded?: Literal;
}

export type RandomFilter =
  | { readonly kind: 'comparison'; readonly comparison: Comparison; readonly negated: boolean }
  | { readonly kind: 'in'; readonly path: string; readonly inner: RandomFilter; readonly sub?: Comparison }
  | { readonly kind: 'and' | 'or'; readonly filters: readonly RandomFilter[]; readonly grouped: boolean };

const EQUALITY = ['eq', 'ne'];
const PARTS = ['co', 'sw', 'ew'];
const ORDER = ['gt', 'ge', 'lt', 'le'];

const spelled = (name: string) => fc.constantFrom(name, name, name.toUpperCase(), name.toLowerCase());

/** `name op value` mostly, now and then `name eq null`, `name ne null` or `name pr`. */
function comparisonOf<T extends Literal>(name: string, ops: readonly string[], values: readonly T[], fold: (value: T) => Literal) {
  const op = fc.constantFrom(...ops).chain(spelled);
  const value = fc.constantFrom(...values);
  return fc.oneof<fc.WeightedArbitrary<Comparison>[]>(
    {
      weight: 6,
      arbitrary: fc.record({ path: spelled(name), op, value }).map((comparison) => ({ ...comparison, folded: fold(comparison.value) })),
    },
    { weight: 1, arbitrary: fc.record({ path: spelled(name), op: fc.constantFrom('eq', 'NE'), value: fc.constant(null) }) },
    { weight: 1, arbitrary: fc.record({ path: spelled(name), op: fc.constantFrom('pr', 'Pr') }) },
  );
}

const same = <T extends Literal>(value: T): T => value;

const ofString = (name: string) =>
  comparisonOf(name, [...EQUALITY, ...PARTS, ...ORDER], TEXTS, name === 'externalId' ? same<string> : foldText);
const ofType = comparisonOf('type', [...EQUALITY, ...PARTS], TYPES, foldText);
const ofBoolean = (name: string) =>
  fc.oneof(
    { weight: 3, arbitrary: comparisonOf<Literal>(name, EQUALITY, [true, false, 'True', 'false'], same) },
    { weight: 1, arbitrary: comparisonOf(name, PARTS, ['tr', 'TRUE', 'als', 'Se'], foldText) },
  );
const ofDateTime = (name: string) =>
  fc.oneof(
    { weight: 3, arbitrary: comparisonOf(name, [...EQUALITY, ...ORDER], DAYS, foldTime) },
    { weight: 1, arbitrary: comparisonOf(name, PARTS, ['2026-0', '2026-02-01T', '.000Z', '-02-'], same) },
  );

const NAMES = ['userName', 'displayName', 'nickName', 'title', 'externalId', 'name.givenName', 'name.familyName'];
const EXTENDED = ['department', 'manager.value'].map((name) => `${enterpriseUserSchema.id}:${name}`);

const ofSingleValued = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...NAMES).chain(ofString) },
  { weight: 2, arbitrary: fc.constantFrom(...EXTENDED).chain(ofString) },
  { weight: 1, arbitrary: ofBoolean('active') },
  { weight: 1, arbitrary: ofDateTime('meta.lastModified') },
);
const ofEmail = fc.oneof(ofString('value'), ofString('display'), ofType, ofBoolean('primary'));

const plain = (comparison: fc.Arbitrary<Comparison>): fc.Arbitrary<RandomFilter> =>
  comparison.map((of) => ({ kind: 'comparison', comparison: of, negated: false }));
const maybeNegated = (comparison: fc.Arbitrary<Comparison>): fc.Arbitrary<RandomFilter> =>
  fc.tuple(comparison, fc.nat({ max: 3 })).map(([of, n]) => ({ kind: 'comparison', comparison: of, negated: n === 0 }));

const join =
  (kind: 'and' | 'or', grouped = false) =>
  (filters: readonly RandomFilter[]): RandomFilter => ({ kind, filters, grouped });

/** The attribute of a term. Terms that are joined name different ones. */
function attributeOf(filter: RandomFilter): string {
  switch (filter.kind) {
    case 'comparison':
      return filter.comparison.path.toLowerCase().replace(/^emails\..*/, 'emails');
    case 'in':
      return filter.path.toLowerCase();
    default:
      return filter.filters.map(attributeOf).join(' ');
  }
}

const several = (one: fc.Arbitrary<RandomFilter>, minLength: number, maxLength: number) =>
  fc.uniqueArray(one, { minLength, maxLength, selector: attributeOf });

const emailsPart = plain(
  ofEmail.filter(({ op, value }) => op.toLowerCase() !== 'ne' && value !== null).map((part) => ({ ...part, path: `emails.${part.path}` })),
);
const valuePath: fc.Arbitrary<RandomFilter> = fc.oneof(
  fc.record({
    kind: fc.constant('in' as const),
    path: spelled('emails'),
    inner: fc.oneof(several(maybeNegated(ofEmail), 1, 3).map(join('and')), several(plain(ofEmail), 2, 3).map(join('or'))),
  }),
  fc.record({ kind: fc.constant('in' as const), path: spelled('emails'), inner: plain(ofType), sub: ofString('value') }),
);

const term = fc.oneof(
  { weight: 5, arbitrary: maybeNegated(ofSingleValued) },
  { weight: 1, arbitrary: emailsPart },
  { weight: 2, arbitrary: valuePath },
);

const hasAlternatives = (filter: RandomFilter): boolean => (filter.kind === 'in' ? filter.inner.kind === 'or' : filter.kind === 'or');
/** SCIMMY loses terms that stand beside alternatives, unless it is a single one without `not`: see the list of disagreements. */
const keepsEveryTerm = (terms: readonly RandomFilter[]) =>
  !terms.some(hasAlternatives) || (terms.length <= 2 && !terms.some((one) => one.kind === 'comparison' && one.negated));

const alternatives = several(plain(ofSingleValued), 2, 3).map(join('or', true));
const conjunction = several(term, 1, 3).filter(keepsEveryTerm).map(join('and'));
const withGroup = several(fc.oneof(alternatives, plain(ofSingleValued)), 1, 2)
  .filter(([one, other]) => !one || !other || apart(one, other))
  .map(join('and'));

function apart(one: RandomFilter, other: RandomFilter): boolean {
  const taken = new Set(attributeOf(one).split(' '));
  return !attributeOf(other)
    .split(' ')
    .some((name) => taken.has(name));
}

export const randomFilter: fc.Arbitrary<RandomFilter> = fc.oneof(
  { weight: 2, arbitrary: conjunction },
  { weight: 2, arbitrary: fc.array(conjunction, { minLength: 2, maxLength: 3 }).map(join('or')) },
  { weight: 1, arbitrary: withGroup },
);

type Print = (comparison: Comparison) => Literal | undefined;

export const forUs = (filter: RandomFilter): string => print(filter, ({ value }) => value);
export const forScimmy = (filter: RandomFilter): string => print(filter, ({ value, folded = value }) => folded);

function print(filter: RandomFilter, literal: Print): string {
  switch (filter.kind) {
    case 'comparison': {
      const printed = printComparison(filter.comparison, literal);
      return filter.negated ? `not (${printed})` : printed;
    }
    case 'in': {
      const inner = `${filter.path}[${print(filter.inner, literal)}]`;
      return filter.sub ? `${inner}.${printComparison(filter.sub, literal)}` : inner;
    }
    default: {
      const inner = filter.filters.map((part) => print(part, literal)).join(` ${filter.kind} `);
      return filter.grouped ? `(${inner})` : inner;
    }
  }
}

function printComparison(comparison: Comparison, literal: Print): string {
  const { path, op } = comparison;
  const value = literal(comparison);
  return value === undefined ? `${path} ${op}` : `${path} ${op} ${JSON.stringify(value)}`;
}
