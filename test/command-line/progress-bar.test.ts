import { expect, test } from '@jest/globals';
import { progressBar, progressText } from '../../lib/command-line/progress-bar.ts';
import { collecting } from '../support/collecting.ts';

test.each([
  { done: 0, total: 150, shown: 'Waiting [........................] 0 %, 0 of 150 s' },
  { done: 75, total: 150, shown: 'Waiting [############............] 50 %, 75 of 150 s' },
  { done: 1_500_000, total: 1_500_000, shown: 'Waiting [########################] 100 %, 1,500,000 of 1,500,000 s' },
  { done: 200, total: 150, shown: 'Waiting [########################] 100 %, 200 of 150 s' },
  { done: 1_234, total: 0, shown: 'Waiting: 1,234 s' },
])('$done of $total', ({ done, total, shown }) => {
  expect(progressText('Waiting', done, total, 's')).toBe(shown);
});

/** What a bar writes that is told of 100 s, second by second. */
function toldOf(isTTY: boolean): string {
  const { stream: stderr, written } = collecting(isTTY);
  let now = 1_000_000;
  using bar = progressBar({ stderr }, () => now);
  for (let second = 0; second < 100; second++, now += 1_000) bar.tell('Waiting', second, 100, 's');
  bar[Symbol.dispose]();
  return written();
}

test('on a terminal it is one line, which is refreshed, and gone at the end', () => {
  const written = toldOf(true);
  expect(written).not.toContain('\n');
  expect(written.split('\r\u001b[2K')).toHaveLength(101);
  expect(written.endsWith('\r\u001b[2K')).toBe(true);
});

test('elsewhere it is a line every five seconds', () => {
  const lines = toldOf(false).split('\n').filter(Boolean);
  expect(lines).toHaveLength(20);
  expect(lines[1]).toBe('Waiting [#.......................] 5 %, 5 of 100 s …');
});
