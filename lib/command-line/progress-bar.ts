import type { OnProgress } from '../operator/settling.ts';
import type { Screen } from './screen.ts';

const WIDTH = 24;
/** How often a line is added where none can be refreshed. */
const LINE_EVERY_MS = 5_000;
const REFRESH_EVERY_MS = 100;

const whole = new Intl.NumberFormat('en-US');

/** What is told of progress, in one line. Without a total it says how much was done. */
export function progressText(what: string, done: number, total: number, unit: string): string {
  if (total <= 0) return `${what}: ${whole.format(done)} ${unit}`;
  const share = Math.max(0, Math.min(1, done / total));
  const filled = Math.round(share * WIDTH);
  return `${what} [${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${Math.floor(share * 100)} %, ${whole.format(done)} of ${whole.format(total)} ${unit}`;
}

export interface ProgressBar extends Disposable {
  readonly tell: OnProgress;
}

/** On a terminal a line that is refreshed, and taken away at the end; elsewhere a line every few seconds. */
export function progressBar({ stderr }: Pick<Screen, 'stderr'>, now: () => number = Date.now): ProgressBar {
  let last = 0;
  let before = '';
  const clear = () => {
    if (stderr.isTTY && before !== '') stderr.write('\r\u001b[2K');
    before = '';
  };
  return {
    tell(what, done, total, unit) {
      if (now() - last < (stderr.isTTY ? REFRESH_EVERY_MS : LINE_EVERY_MS) && what === before) return;
      clear();
      last = now();
      before = what;
      const text = progressText(what, done, total, unit);
      stderr.write(stderr.isTTY ? text : `${text} …\n`);
    },
    [Symbol.dispose]: clear,
  };
}
