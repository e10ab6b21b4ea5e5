import { readFileSync } from 'node:fs';
import Sequencer from '@jest/test-sequencer';

/*
 * What has requests die one by one takes longest, and then what runs the whole stack, or many thousand requests. Such files are short, and
 * Jest begins the short ones last where it has not measured them yet: one of two workers would wait for the other.
 */

/** What such files import, those first that take longest. */
const TAKE_LONG = [/crash-cases\.ts/, /npm-start\.ts|fuzz\/driver\.ts/, /large-requests\.ts|marked-groups\.ts/];

const rankOf = ({ path }) => {
  const text = readFileSync(path, 'utf8');
  const rank = TAKE_LONG.findIndex((pattern) => pattern.test(text));
  return rank < 0 ? TAKE_LONG.length : rank;
};

class SlowestFirst extends Sequencer {
  sort(tests) {
    const ranks = new Map(tests.map((test) => [test, rankOf(test)]));
    return super.sort(tests).toSorted((a, b) => ranks.get(a) - ranks.get(b));
  }
}

// biome-ignore lint/style/noDefaultExport: Jest takes a sequencer from there.
export { SlowestFirst as default };
