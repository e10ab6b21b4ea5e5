import { invalidFilter, type ScimError } from '../errors.ts';
import { type AttributePath, attributePath } from '../path.ts';
import { type Scanner, scan } from './scan.ts';

export type Comparison = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';
export type Literal = string | number | boolean | null;

/** What names an attribute in a filter: which one, and where in the text, from 1 on, if it was parsed from one. */
interface Term {
  readonly path: AttributePath;
  readonly at?: number;
}

export type ComparisonFilter = Term & { readonly op: Comparison; readonly value: Literal };

/** A filter of RFC 7644 section 3.4.2.2. `in` is a value path: one value of `path` that matches `filter` as a whole. */
export type Filter =
  | { readonly op: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly op: 'not'; readonly filter: Filter }
  | (Term & { readonly op: 'in'; readonly filter: Filter })
  | (Term & { readonly op: 'pr' })
  | ComparisonFilter;

/** Past these a filter is nobody's, and refused before it costs anything. */
export interface FilterLimits {
  /** Characters. */
  readonly length: number;
  /** Brackets inside of one another. */
  readonly depth: number;
  /** Expressions and brackets. */
  readonly nodes: number;
}

export const FILTER_LIMITS: FilterLimits = { length: 10_000, depth: 50, nodes: 500 };

const COMPARISONS: ReadonlySet<string> = new Set(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']);
const LITERALS: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Parses a whole filter, or throws `invalidFilter` with the position and what was expected there. */
export function parseFilter(text: string, limits = FILTER_LIMITS): Filter {
  const parser = startParser(text, invalidFilter, limits);
  const filter = either(parser, 0);
  if (!parser.scanner.is('end')) throw parser.scanner.expected('"and", "or" or the end');
  return filter;
}

/** The start of a PATCH path up to its end: an attribute path, or a value path with the sub-attribute behind it. */
export interface ValuePath {
  readonly path: AttributePath;
  readonly filter?: Filter;
  readonly sub?: string;
}

/** Parses a PATCH path (RFC 7644 section 3.5.2, figure 7). `fail` makes the error: its `scimType` is the caller's. */
export function parseValuePath(text: string, fail: (detail: string) => ScimError, limits = FILTER_LIMITS): ValuePath {
  const parser = startParser(text, fail, limits);
  const { scanner } = parser;
  const path = attribute(scanner, 'an attribute path');
  const filter = scanner.is('[') ? bracketed(parser, 0) : undefined;
  const sub = filter && scanner.is('.word') ? subAttribute(scanner) : undefined;
  if (!scanner.is('end')) throw scanner.expected('the end of the path');
  return { path, ...(filter && { filter }), ...(sub && { sub }) };
}

interface Parser {
  readonly scanner: Scanner;
  readonly limits: FilterLimits;
  /** How many nodes there may still be. */
  left: number;
}

function startParser(text: string, fail: (detail: string) => ScimError, limits: FilterLimits): Parser {
  if (text.length > limits.length) throw fail(`expected at most ${limits.length} characters, got ${text.length}`);
  return { scanner: scan(text, fail), limits, left: limits.nodes };
}

// Lowest precedence first: or, and, not (RFC 7644 section 3.4.2.2).

const either = (parser: Parser, depth: number): Filter => sequence('or', both, parser, depth);

const both = (parser: Parser, depth: number): Filter => sequence('and', term, parser, depth);

function sequence(op: 'and' | 'or', next: (parser: Parser, depth: number) => Filter, parser: Parser, depth: number): Filter {
  const first = next(parser, depth);
  const filters = [first];
  while (parser.scanner.isWord(op)) {
    parser.scanner.advance();
    filters.push(next(parser, depth));
  }
  return filters.length === 1 ? first : { op, filters };
}

function term(parser: Parser, depth: number): Filter {
  const { scanner, limits } = parser;
  if (parser.left-- <= 0) throw scanner.fail(`at position ${scanner.position}: expected at most ${limits.nodes} expressions`);
  if (scanner.is('(')) return group(parser, depth);
  const at = scanner.position;
  const isNot = scanner.isWord('not');
  const path = attribute(scanner, 'an attribute, "not" or "("');
  if (isNot && scanner.is('(')) return { op: 'not', filter: group(parser, depth) };

  if (!scanner.is('[')) return expression(scanner, path, at);
  const filter = bracketed(parser, depth);
  return { op: 'in', path, at, filter: scanner.is('.word') ? { op: 'and', filters: [filter, comparisonBehind(scanner)] } : filter };
}

/** Entra ID matches users by `emails[type eq "work"].value eq "x"`, which is not in the RFC's grammar. */
function comparisonBehind(scanner: Scanner): Filter {
  const at = scanner.position + 1;
  return expression(scanner, { names: [subAttribute(scanner)] }, at);
}

function attribute(scanner: Scanner, expectation: string): AttributePath {
  const path = scanner.is('word') ? attributePath(scanner.text) : undefined;
  if (!path) throw scanner.expected(expectation);
  scanner.advance();
  return path;
}

/** What follows the bracket of a value path. */
function subAttribute(scanner: Scanner): string {
  const [name, ...more] = attributePath(scanner.text.slice(1))?.names ?? [];
  if (name === undefined || more.length > 0) throw scanner.expected('one sub-attribute');
  scanner.advance();
  return name;
}

function group(parser: Parser, depth: number): Filter {
  return enclosed(parser, depth, '(', ')');
}

function bracketed(parser: Parser, depth: number): Filter {
  return enclosed(parser, depth, '[', ']');
}

function enclosed(parser: Parser, depth: number, open: '(' | '[', close: ')' | ']'): Filter {
  const { scanner, limits } = parser;
  if (depth >= limits.depth)
    throw scanner.fail(`at position ${scanner.position}: expected at most ${limits.depth} brackets inside one another`);
  scanner.take(open, `"${open}"`);
  const filter = either(parser, depth + 1);
  scanner.take(close, `"and", "or" or "${close}"`);
  return filter;
}

function expression(scanner: Scanner, path: AttributePath, at: number): Filter {
  const op = scanner.is('word') ? scanner.text.toLowerCase() : '';
  if (op !== 'pr' && !COMPARISONS.has(op)) throw scanner.expected('an operator (eq, ne, co, sw, ew, gt, ge, lt, le, pr)');
  scanner.advance();
  return op === 'pr' ? { op, path, at } : { op: op as Comparison, path, at, value: literal(scanner) };
}

function literal(scanner: Scanner): Literal {
  const value = scanner.is('word') ? LITERALS.get(scanner.text.toLowerCase()) : parseJson(scanner);
  if (value === undefined) throw scanner.expected('a string in double quotes, a number, true, false or null');
  scanner.advance();
  return value;
}

/** The string or number ahead, or `undefined` where it is neither, or breaks JSON's rules for them. */
function parseJson(scanner: Scanner): string | number | undefined {
  if (!scanner.is('string') && !scanner.is('number')) return undefined;
  try {
    const value = JSON.parse(scanner.text) as string | number;
    // A number that JavaScript cannot hold is infinite to it.
    return typeof value === 'string' || Number.isFinite(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
