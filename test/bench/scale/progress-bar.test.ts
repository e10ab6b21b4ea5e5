import { describe, expect, test } from '@jest/globals';
import { progressBar } from './progress-bar.ts';

function told(isTTY: boolean, done: readonly number[]): string[] {
  const written: string[] = [];
  const tell = progressBar('load', 200, { isTTY, write: (text: string | Uint8Array) => written.push(String(text)) > 0 });
  for (const one of done) tell(one);
  return written.map((text) => text.replace('\r\u001b[2K', '<clear>'));
}

describe('progress', () => {
  test('is a line for each tenth where there is no terminal', () => {
    expect(told(false, [1, 2, 19, 20, 30, 200])).toEqual([
      expect.stringMatching(/^load: 0 %, \d+ s left\n$/),
      expect.stringMatching(/^load: 10 %, \d+ s left\n$/),
      expect.stringMatching(/^load: 100 %, \d+ s\n$/),
    ]);
  });

  test('is one line on a terminal, drawn again where it has changed, and ended when all is done', () => {
    expect(told(true, [100, 101, 200])).toEqual([
      expect.stringMatching(/^<clear>load █{15}░{15} 50 %, \d+ s left$/),
      expect.stringMatching(/^<clear>load █{30} 100 %, \d+ s\n$/),
    ]);
  });
});
