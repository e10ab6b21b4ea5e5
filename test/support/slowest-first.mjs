import { readFileSync } from 'node:fs';
import Sequencer from '@jest/test-sequencer';

/*
 * What runs the whole stack, or many thousand requests, takes longest. Such files are short, and Jest begins the short ones last
 * where it has not measured them yet: one of two workers would wait for the other.
 */

const TAKES_LONG = /npm-start\.ts|fuzz\/driver\.ts/;

const takesLong = ({ path }) => TAKES_LONG.test(readFileSync(path, 'utf8'));

class SlowestFirst extends Sequencer {
  sort(tests) {
    const { long = [], others = [] } = Object.groupBy(super.sort(tests), (test) => (takesLong(test) ? 'long' : 'others'));
    return [...long, ...others];
  }
}

// biome-ignore lint/style/noDefaultExport: Jest takes a sequencer from there.
export { SlowestFirst as default };
