import { expect, test } from '@jest/globals';
import { progressOn } from '../../../lib/local/screen.ts';

const told = (isTTY: boolean): string => {
  let written = '';
  const write = (text: string | Uint8Array) => {
    written += text;
    return true;
  };
  const progress = progressOn({ isTTY, write });
  progress('Starting');
  for (let seconds = 0; seconds <= 6; seconds++) progress('Java is missing: bringing a JRE', seconds);
  return written;
};

test('progress that goes on takes a line every 5 seconds', () => {
  expect(told(false)).toBe('Starting …\nJava is missing: bringing a JRE, 0 s …\nJava is missing: bringing a JRE, 5 s …\n');
});

test('on a terminal it is one line, refreshed in place', () => {
  const refreshed = told(true).split('\u001b[1A\r\u001b[2K');
  expect(refreshed[0]).toBe('Starting …\nJava is missing: bringing a JRE, 0 s …\n');
  expect(refreshed.slice(1)).toEqual([1, 2, 3, 4, 5, 6].map((seconds) => `Java is missing: bringing a JRE, ${seconds} s …\n`));
});
