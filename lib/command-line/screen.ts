import { styleText } from 'node:util';
import stringWidth from 'string-width';
import { type Field, fieldLines } from '../field-lines.ts';
import { OperatorError } from '../operator/operator-error.ts';
import { printable } from '../printable.ts';
import { reasonOf } from '../reason.ts';

/** Where a command writes: what was asked for, and what is told beside it. */
export interface Screen {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
}

type Style = Parameters<typeof styleText>[0];

/** Colours are for terminals; `NO_COLOR` takes them from those as well. */
export const styled = (stream: Screen['stdout'], style: Style, text: string): string =>
  stream.isTTY ? styleText(style, text, { stream, validateStream: true }) : text;

/** Columns of what people call something, which may be as long as they like: ids and addresses are shown whole, to be copied. */
const SHORTENED: readonly string[] = ['NAME', 'LABEL'];
const MAX_COLUMNS = 40;

/** A table with a line of headings above its rows; columns as wide as what is in them, as a terminal counts that. */
export function table(stream: Screen['stdout'], headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) =>
    row.map((cell, i) => (SHORTENED.includes(headings[i] ?? '') ? shortened(printable(cell)) : printable(cell))),
  );
  const widths = headings.map((heading, i) => Math.max(heading.length, ...shown.map((row) => stringWidth(row[i] ?? ''))));
  const line = (cells: readonly string[]) => cells.map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - stringWidth(cell))).join('  ');
  return [styled(stream, 'bold', line(headings).trimEnd()), ...shown.map(line)].map((text) => `${text.trimEnd()}\n`).join('');
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

function shortened(text: string): string {
  if (stringWidth(text) <= MAX_COLUMNS) return text;
  let kept = '';
  for (const { segment } of graphemes.segment(text)) {
    if (stringWidth(kept + segment) >= MAX_COLUMNS) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Names and values below each other. */
export const fields = (stream: Screen['stdout'], all: readonly Field[], indent = '  '): string =>
  fieldLines(
    all.map(([name, value]) => [name, printable(value)]),
    { indent, style: (name) => styled(stream, 'bold', name) },
  );

/** What a command has to say: to people, or to a program. */
export interface Answer {
  readonly text: (stream: Screen['stdout']) => string;
  readonly json: unknown;
  /** What a person should know beside it, on standard error. */
  readonly notes?: readonly string[];
  /** Whether something was left undone, or needs a person: the exit code tells. */
  readonly isIncomplete?: boolean;
  /** Why the rest was not done, where this is only a part. */
  readonly error?: Error;
  /** What to do where nobody got this, as it is shown this once. */
  readonly ifLost?: string;
}

/** Throws where it could not be written. Who reads no further, such as `head`, wants no more: that is no mistake, unless it is lost by that. */
export async function show({ stdout, stderr }: Screen, { text, json, notes = [], ifLost }: Answer, asJson: boolean): Promise<void> {
  const whole = asJson ? `${JSON.stringify(json)}\n` : text(stdout);
  const cause = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) => stdout.write(whole, resolve));
  for (const note of notes) stderr.write(`${styled(stderr, 'yellow', 'Note:')} ${printable(note)}\n`);
  if (cause && ifLost !== undefined) throw new OperatorError(ifLost, { cause });
  if (cause && cause.code !== 'EPIPE') throw new OperatorError(`standard output cannot be written (${reasonOf(cause)})`, { cause });
}
