import { invalidFilter, type ScimError } from '../errors.ts';
import { type AttributePath, attributePath } from '../path.ts';
import { type Scanner, scan } from './scan.ts';

export type Comparison = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';
export type Literal = string | number | boolean | null;

/** A filter of RFC 7644 section 3.4.2.2. `in` is a value path: one value of `path` that matches `filter` as a whole. */
export type Filter =
  | { readonly op: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly op: 'not'; readonly filter: Filter }
  | { readonly op: 'in'; readonly path: AttributePath; readonly filter: Filter }
  | { readonly op: 'pr'; readonly path: AttributePath }
  | {
      readonly op: Comparison;
      readonly path: AttributePath;
      readonly value: Literal;
    };

const COMPARISONS: ReadonlySet<string> = new Set(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']);
const LITERALS: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** A filter deeper than this, or longer, is nobody's: it is refused before it costs anything. */
const MAX_DEPTH = 50;
const MAX_LENGTH = 10_000;

/** Parses a whole filter, or throws `invalidFilter` with the position and what was expected there. */
export function parseFilter(text: string): Filter {
  const scanner = startScan(text, invalidFilter);
  const filter = either(scanner, 0);
  if (!scanner.is('end')) throw scanner.expected('"and", "or" or the end');
  return filter;
}

/** The start of a PATCH path up to its end: an attribute path, or a value path with the sub-attribute behind it. */
export interface ValuePath {
  readonly path: AttributePath;
  readonly filter?: Filter;
  readonly sub?: string;
}

/** Parses a PATCH path (RFC 7644 section 3.5.2, figure 7). `fail` makes the error: its `scimType` is the caller's. */
export function parseValuePath(text: string, fail: (detail: string) => ScimError): ValuePath {
  const scanner = startScan(text, fail);
  const path = attributePath(scanner.take('word', 'an attribute path'));
  const filter = scanner.is('[') ? bracketed(scanner, 0) : undefined;
  const sub = filter && scanner.is('.word') ? scanner.take('.word', 'a sub-attribute').slice(1) : undefined;
  if (!scanner.is('end')) throw scanner.expected('the end of the path');
  return { path, ...(filter && { filter }), ...(sub && { sub }) };
}

function startScan(text: string, fail: (detail: string) => ScimError): Scanner {
  if (text.length > MAX_LENGTH) throw fail(`expected at most ${MAX_LENGTH} characters, got ${text.length}`);
  return scan(text, fail);
}

// Lowest precedence first: or, and, not (RFC 7644 section 3.4.2.2).

function either(scanner: Scanner, depth: number): Filter {
  return sequence('or', both)(scanner, depth);
}

function both(scanner: Scanner, depth: number): Filter {
  return sequence('and', term)(scanner, depth);
}

const sequence =
  (op: 'and' | 'or', next: (scanner: Scanner, depth: number) => Filter) =>
  (scanner: Scanner, depth: number): Filter => {
    const first = next(scanner, depth);
    const filters = [first];
    while (scanner.isWord(op)) {
      scanner.advance();
      filters.push(next(scanner, depth));
    }
    return filters.length === 1 ? first : { op, filters };
  };

function term(scanner: Scanner, depth: number): Filter {
  if (scanner.is('(')) return group(scanner, depth);
  const word = scanner.take('word', 'an attribute, "not" or "("');
  if (word.toLowerCase() === 'not' && scanner.is('(')) return { op: 'not', filter: group(scanner, depth) };

  const path = attributePath(word);
  if (!scanner.is('[')) return expression(scanner, path);
  const filter = bracketed(scanner, depth);
  if (!scanner.is('.word')) return { op: 'in', path, filter };
  // Not in the RFC's grammar, but what Entra ID matches users by: emails[type eq "work"].value eq "x".
  const sub = attributePath(scanner.take('.word', 'a sub-attribute').slice(1));
  return {
    op: 'in',
    path,
    filter: { op: 'and', filters: [filter, expression(scanner, sub)] },
  };
}

function group(scanner: Scanner, depth: number): Filter {
  return enclosed(scanner, depth, '(', ')');
}

function bracketed(scanner: Scanner, depth: number): Filter {
  return enclosed(scanner, depth, '[', ']');
}

function enclosed(scanner: Scanner, depth: number, open: '(' | '[', close: ')' | ']'): Filter {
  if (depth >= MAX_DEPTH) throw scanner.fail(`nested deeper than ${MAX_DEPTH} levels`);
  scanner.take(open, `"${open}"`);
  const filter = either(scanner, depth + 1);
  scanner.take(close, `"and", "or" or "${close}"`);
  return filter;
}

function expression(scanner: Scanner, path: AttributePath): Filter {
  const op = scanner.is('word') ? scanner.text.toLowerCase() : '';
  if (op !== 'pr' && !COMPARISONS.has(op)) throw scanner.expected('an operator (eq, ne, co, sw, ew, gt, ge, lt, le, pr)');
  scanner.advance();
  return op === 'pr' ? { op, path } : { op: op as Comparison, path, value: literal(scanner) };
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
    return JSON.parse(scanner.text) as string | number;
  } catch {
    return undefined;
  }
}
