import { styleText } from 'node:util';
import { type Field, fieldLines } from '../field-lines.ts';

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

/** A table with a line of headings above its rows; columns as wide as what is in them. */
export function table(stream: Screen['stdout'], headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]) => cells.map((cell, i) => (i < cells.length - 1 ? cell.padEnd(widths[i] ?? 0) : cell)).join('  ');
  return [styled(stream, 'bold', line(headings)), ...rows.map(line)].map((text) => `${text.trimEnd()}\n`).join('');
}

/** Names and values below each other. */
export const fields = (stream: Screen['stdout'], all: readonly Field[], indent = '  '): string =>
  fieldLines(all, { indent, style: (name) => styled(stream, 'bold', name) });

/** What a command has to say: to people, or to a program. */
export interface Answer {
  readonly text: (stream: Screen['stdout']) => string;
  readonly json: unknown;
  /** What a person should know beside it, on standard error. */
  readonly notes?: readonly string[];
  /** Whether something was left undone, or needs a person: the exit code tells. */
  readonly isIncomplete?: boolean;
}

export function show({ stdout, stderr }: Screen, { text, json, notes = [] }: Answer, asJson: boolean): void {
  stdout.write(asJson ? `${JSON.stringify(json)}\n` : text(stdout));
  for (const note of notes) stderr.write(`${styled(stderr, 'yellow', 'Note:')} ${note}\n`);
}
