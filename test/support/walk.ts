import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** What a page says that a command answers, in a comment behind it: `# 200, totalResults 1, Resources[0].active true`. */
export interface Step {
  /** Of the comment, counted from 1. */
  readonly line: number;
  readonly said: string;
  readonly status: number;
  /** By path. `undefined` stands for what is not there; `…` in a text for any characters. */
  readonly values: Readonly<Record<string, string | number | boolean | null | undefined>>;
}

export interface Walk {
  readonly steps: readonly Step[];
  /** All commands of the page, and a line of its own behind what each step answers. */
  readonly script: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const END_OF_ANSWER = '== end of answer ==';
const BLOCK = /^( *)```sh\n(.*?)^ *```$/gms;
const PROMISE = /^# (?=\d{3}\b)/;
const CONTINUED = /^# {3}/;

/** Reads what a page has one paste into a shell: its blocks of `sh` in which at least one comment tells an answer. */
export function walkOf(page: string): Walk {
  const steps: Step[] = [];
  const script: string[] = [];
  for (const { 1: indent = '', 2: block = '', index } of page.matchAll(BLOCK)) {
    const lines = block.split('\n').map((line) => line.replace(indent, ''));
    if (!lines.some((line) => PROMISE.test(line))) continue;
    const first = page.slice(0, index).split('\n').length + 1;
    for (const [i, line] of lines.entries()) {
      if (PROMISE.test(line)) steps.push(stepOf(first + i, promiseAt(lines, i)));
      script.push(PROMISE.test(line) ? `printf '\\n%s\\n' '${END_OF_ANSWER}'` : line);
    }
  }
  return { steps, script: script.join('\n') };
}

/** The comment that begins in a line of a block, with the lines that go on with it; a block ends with an empty one. */
function promiseAt(lines: readonly string[], i: number): string {
  const end = lines.findIndex((line, j) => j > i && !CONTINUED.test(line));
  const comment = lines.slice(i, end).map((line) => line.replace(/^# +/, ''));
  return comment.join(' ');
}

const VALUE = /, ([$\w.[\]]+) (none|true|false|null|-?\d+|"(?:[^"\\]|\\.)*")/y;

/** Throws where a comment says something that is not read, which nobody would notice to be wrong. */
function stepOf(line: number, said: string): Step {
  const values: Record<string, Step['values'][string]> = {};
  let read = 3;
  for (VALUE.lastIndex = read; VALUE.lastIndex < said.length; read = VALUE.lastIndex) {
    const [, path = '', value = ''] = VALUE.exec(said) ?? [];
    if (path === '') throw new Error(`line ${line}: ${said.slice(read)} is not read, expected , path value`);
    values[path] = value === 'none' ? undefined : JSON.parse(value);
  }
  return { line, said, status: Number(said.slice(0, 3)), values };
}

/** Runs the script of a page with bash in a folder. Throws where a command says anything on standard error, or more than its answer. */
export async function walked({ script }: Walk, folder: string): Promise<Answer[]> {
  const bash = spawn('bash', ['-c', script], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, said] = await Promise.all([text(bash.stdout), text(bash.stderr), once(bash, 'close')]);
  if (said !== '') throw new Error(`a command of the page said: ${said}`);
  return output.split(`${END_OF_ANSWER}\n`).slice(0, -1).map(answerOf);
}

/** The body, if there is one, and the status on the line below it. */
function answerOf(output: string): Answer {
  const lines = output.trim().split('\n');
  return { status: Number(lines.pop()), body: lines.length === 0 ? undefined : JSON.parse(lines.join('\n')) };
}

/** What stands at a path such as `Resources[0].userName`. */
export const valueAt = (body: unknown, path: string): unknown =>
  path
    .split(/[.[\]]+/)
    .reduce<unknown>((value, name) => (name === '' ? value : (value as Record<string, unknown> | undefined)?.[name]), body);
