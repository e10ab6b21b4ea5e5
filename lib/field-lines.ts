/** The name of something, such as a field of a form, and what belongs to it. */
export type Field = readonly [name: string, value: string];

export interface FieldLinesOptions {
  /** @default '  ' */
  readonly indent?: string;
  /** How a name is shown; without more, as it is. */
  readonly style?: (name: string) => string;
}

/** How wide lines may become, as far as there are commas to break them at. */
const WIDTH = 120;

/** Fields as lines: the values below one another, and a list that is too long for a line in several. */
export function fieldLines(fields: readonly Field[], { indent = '  ', style = (name) => name }: FieldLinesOptions = {}): string {
  const column = Math.max(...fields.map(([name]) => name.length)) + 3;
  const lines = fields.map(([name, value]) => `${indent}${style(name.padEnd(column))}${wrapped(value, indent.length + column)}`);
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function wrapped(value: string, column: number): string {
  const lines: string[] = [];
  for (const part of value.split(/(?<=,) /)) {
    const last = lines.at(-1);
    if (last !== undefined && column + last.length + 1 + part.length <= WIDTH) lines.splice(-1, 1, `${last} ${part}`);
    else lines.push(part);
  }
  return lines.join(`\n${' '.repeat(column)}`);
}
