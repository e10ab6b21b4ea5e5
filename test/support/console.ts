import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** A command of the command line as a page shows it, with what it says. */
export interface Shown {
  /** Where it is in the page. */
  readonly line: number;
  /** What stands behind `npm run directory --`, as a shell reads it. */
  readonly args: string;
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

/** Runs a command as a shell would, and gives all that it writes, without progress. */
export async function said(args: string, { options, folder }: { readonly options: string; readonly folder: string }): Promise<string> {
  const script = `exec 2>&1 && exec "${process.execPath}" "${process.cwd()}/bin/directory.ts" ${options} ${args}`;
  const bash = spawn('bash', ['-c', script], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const [output] = await Promise.all([text(bash.stdout), once(bash, 'close')]);
  const lines = output.trimEnd().split('\n');
  return lines.filter((line) => !line.endsWith(' …')).join('\n');
}

/** What differs from one run to the next, and what stands for it. A token is shown in a page without its end. */
const DIFFERING: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/https?:\/\/[^/\s"]+/g, '<host>'],
  [/(?<=rc\.[a-z0-9-]+\.)(?:[\w-]{43}|…)/g, '<secret>'],
  [/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>'],
  [/\d{4}-\d\d-\d\d(?:T[\d:.]+Z| \d\d:\d\d)?/g, '<time>'],
  [/(?<=and )\d+(?= items)|(?<=Items read +)\d+|(?<=in )\d+(?= s at the latest)/g, '<number>'],
];

/** A text in which what differs from one run to the next is the same. */
export const alike = (output: string): string => DIFFERING.reduce((result, [pattern, name]) => result.replaceAll(pattern, name), output);
