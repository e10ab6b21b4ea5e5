/** One table of a benchmark. A row whose bar is missed fails the run; one without a bar is for information. */
export interface Section {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

export interface Row {
  readonly cells: readonly string[];
  /** Whether the bar is met; left out where there is none. */
  readonly met?: boolean;
}

/** Tells on standard error what is being measured, so that standard output has the tables only. */
export const progress = (text: string): void => void process.stderr.write(`${text} …\n`);

export const missed = (sections: readonly Section[]): number =>
  sections.flatMap(({ rows }) => rows).filter(({ met }) => met === false).length;

/** Numbers of three significant digits: no more are the same in two runs. */
export const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

export function printSection({ title, columns, rows }: Section): string {
  const lines = [[...columns, 'bar met'], ...rows.map(({ cells, met }) => [...cells, met === undefined ? '-' : met ? 'yes' : 'NO'])];
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  // Names to the left, numbers to the right.
  const print = (line: readonly string[]) =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ');
  return `\n${title}\n${lines.map((line) => `  ${print(line)}\n`).join('')}`;
}
