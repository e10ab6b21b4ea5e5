import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** A command of the command line as a page shows it, with what it says. */
export interface Shown {
  /** Where it is in the page. */
  readonly line: number;
  /** What stands behind `npm run directory --`, as a shell reads it. */
  readonly args: string;
  /** What it writes; `…` stands for anything within a line, and on a line of its own for any lines. */
  readonly output: string;
}

const BLOCK = /^( *)```console\n(.*?)^ *```$/gms;
const PROMPT = '$ npm run directory -- ';

/** The commands in the `console` blocks of a page, in their order. Throws for one that is none of ours. */
export function commandsOf(page: string): Shown[] {
  return [...page.matchAll(BLOCK)].flatMap(({ 1: indent = '', 2: block = '', index }) => {
    const first = page.slice(0, index).split('\n').length + 1;
    const lines = block.split('\n').map((line) => line.slice(indent.length));
    const starts = lines.flatMap((line, i) => (line.startsWith('$ ') ? [i] : []));
    return starts.map((start, i) => {
      const line = lines[start] ?? '';
      if (!line.startsWith(PROMPT)) throw new Error(`line ${first + start}: expected ${PROMPT}…`);
      const output = lines.slice(start + 1, starts[i + 1]).join('\n');
      return { line: first + start, args: line.slice(PROMPT.length), output: output.trimEnd() };
    });
  });
}

/** Runs a command as a shell would, and gives all that it writes. */
export async function said(args: string, { options, folder }: { readonly options: string; readonly folder: string }): Promise<string> {
  const script = `exec 2>&1 && exec "${process.execPath}" "${process.cwd()}/bin/directory.ts" ${options} ${args}`;
  const bash = spawn('bash', ['-c', script], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const [output] = await Promise.all([text(bash.stdout), once(bash, 'close')]);
  return output.trimEnd();
}

/** What matches the output that a page shows. Progress that is told where there is no terminal is not shown there. */
export function patternOf(output: string): RegExp {
  const lines = output.split('\n').map((line) =>
    line === '…'
      ? '[^]*'
      : line
          .split('…')
          .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          .join('.*'),
  );
  return new RegExp(`^${lines.join('\n')}$`);
}

export const withoutProgress = (output: string): string =>
  output
    .split('\n')
    .filter((line) => !line.endsWith(' …'))
    .join('\n');
