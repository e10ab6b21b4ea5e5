import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };
/** Ten years: what is meant to last longer does not expire. */
const MAX_MS = 3_660 * 86_400_000;

/** Milliseconds in a text such as `90d`. */
export function toDuration(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  const milliseconds = Number(number) * (UNITS[unit] ?? 0);
  if (milliseconds > 0 && milliseconds <= MAX_MS) return milliseconds;
  throw new InvalidArgumentError('expected a number with one of s, m, h, d, w behind it, such as 90d or 24h, of ten years at most');
}
