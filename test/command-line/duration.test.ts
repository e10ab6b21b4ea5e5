import { expect, test } from '@jest/globals';
import { toDuration } from '../../lib/command-line/duration.ts';

test.each([
  { text: '1s', milliseconds: 1_000 },
  { text: '90m', milliseconds: 5_400_000 },
  { text: '24h', milliseconds: 86_400_000 },
  { text: '90d', milliseconds: 7_776_000_000 },
  { text: '2w', milliseconds: 1_209_600_000 },
])('$text is a duration', ({ text, milliseconds }) => {
  expect(toDuration(text)).toBe(milliseconds);
});

test.each(['', '0d', '90', 'd', '-1d', '1.5h', '1 d', '90days', '1y', '3661d', '9999999999s', '1e3s'])('%p is none', (text) => {
  expect(() => toDuration(text)).toThrow('expected a number with one of s, m, h, d, w behind it');
});
