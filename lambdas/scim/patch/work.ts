import { tooMany } from '../errors.ts';

/**
 * How much a PATCH may look at: some seconds of a function's time. One that looks for one value among 100,000 spends a hundredth
 * of it. A body of 4 MB could ask for hours.
 */
const MAX_WORK = 50_000_000;

/** Counts what operations look at, and throws `tooMany` before it is too much. */
export class Work {
  #left = MAX_WORK;

  spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0) throw tooMany('Operations: they look at too many values together, expected fewer operations or shorter filters');
  }
}

/** Characters that take as long as a value does. */
const TEXT = 10;
/** What is nested deeper than any schema is not looked at. */
const MAX_DEPTH = 5;

/** About how long it takes to look at a value, in units of a short one. */
export function sizeOf(value: unknown, depth = MAX_DEPTH): number {
  if (typeof value === 'string') return 1 + value.length / TEXT;
  if (typeof value !== 'object' || value === null || depth === 0) return 1;
  let size = 1;
  if (Array.isArray(value)) for (const element of value) size += sizeOf(element, depth - 1);
  else for (const name in value) size += sizeOf((value as Record<string, unknown>)[name], depth - 1);
  return size;
}
