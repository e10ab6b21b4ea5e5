import type { ScimError } from '../errors.ts';

/** The kinds of token in filters and PATCH paths. `.word` is a sub-attribute that follows a value path's bracket. */
type Kind = 'word' | '.word' | 'string' | 'number' | '(' | ')' | '[' | ']' | 'end' | 'other';

/** Reads a text token by token; `text` is that of the token ahead, `position` where it stands, from 1 on. */
export interface Scanner {
  readonly text: string;
  readonly position: number;
  advance(): void;
  is(kind: Kind): boolean;
  isWord(word: string): boolean;
  /** Passes a token of that kind and gives its text back, or throws. */
  take(kind: Kind, expectation: string): string;
  expected(what: string): ScimError;
  fail(detail: string): ScimError;
}

const SPACES = /[ \t\r\n]*/y;
const TOKENS: readonly (readonly [Kind, RegExp])[] = [
  // An attribute path with its URN: letters first, then what RFC 8141 allows in a URN and RFC 7643 in a name.
  ['word', /[A-Za-z$_][A-Za-z0-9$_.:%~+\-/]*/y],
  ['.word', /\.[A-Za-z$_][A-Za-z0-9$_.-]*/y],
  ['string', /"(?:[^"\\]|\\.)*"/sy],
  ['number', /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
];
const MARKS = new Set(['(', ')', '[', ']']);

export function scan(source: string, fail: (detail: string) => ScimError): Scanner {
  let kind: Kind = 'end';
  let text = '';
  let start = 0;
  let end = 0;

  const match = (pattern: RegExp) => {
    pattern.lastIndex = start;
    return pattern.exec(source)?.[0];
  };

  const advance = () => {
    start = end;
    start += match(SPACES)?.length ?? 0;
    [kind, text] = next();
    end = start + text.length;
  };

  const next = (): [Kind, string] => {
    const mark = source[start];
    if (mark === undefined) return ['end', ''];
    if (MARKS.has(mark)) return [mark as Kind, mark];
    for (const [candidate, pattern] of TOKENS) {
      const found = match(pattern);
      if (found !== undefined) return [candidate, found];
    }
    return ['other', mark];
  };

  const expected = (what: string) =>
    fail(`at position ${start + 1}: expected ${what}, got ${kind === 'end' ? 'the end' : text.slice(0, 40)}`);

  advance();
  return {
    get text() {
      return text;
    },
    get position() {
      return start + 1;
    },
    advance,
    is: (wanted) => kind === wanted,
    isWord: (word) => kind === 'word' && text.toLowerCase() === word,
    take(wanted, expectation) {
      if (kind !== wanted) throw expected(expectation);
      const taken = text;
      advance();
      return taken;
    },
    expected,
    fail,
  };
}
