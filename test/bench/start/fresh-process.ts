import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { middle } from '../measure.ts';

const script = fileURLToPath(new URL('load.mjs', import.meta.url));

/** What a fresh process is to load. */
export interface Load {
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What the handler is to answer then. */
  readonly events?: readonly unknown[];
}

/** The milliseconds of one: of the load, and of each event. Throws where the bundle does not load. */
async function loadOnce({ file, environment, events = [] }: Load): Promise<number[]> {
  const args = [script, pathToFileURL(file).href, ...events.map((event) => JSON.stringify(event))];
  const child = spawn(process.execPath, args, { env: environment, stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  const [times, [code]] = await Promise.all([json(child.stdio[3] as Readable).catch(() => undefined), once(child, 'exit')]);
  if (code !== 0 || !Array.isArray(times)) throw new Error(`${file} could not be loaded`);
  return times;
}

/**
 * Has each load done in as many fresh processes, all of them once before any of them again: what slows the machine down for a while
 * slows all of a round down. By load, by round.
 */
export async function inFreshProcesses(loads: readonly Load[], rounds: number, tell: (done: number) => void): Promise<number[][][]> {
  const results: number[][][] = loads.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, load] of loads.entries()) results[index]?.push(await loadOnce(load));
    tell(round + 1);
  }
  return results;
}

/** The middle of what the rounds say of one step. */
export const middleOf = (rounds: readonly (readonly number[])[], step: number): number => middle(rounds.map((times) => times[step] ?? 0));

/** How many times one load goes into another: the middle of what each round says, as both have been equally slow in it. */
export const ratioOf = (rounds: readonly (readonly number[])[], others: readonly (readonly number[])[]): number =>
  middle(rounds.map(([time = 0], round) => time / (others[round]?.[0] ?? 0)));
