import { writeSync } from 'node:fs';

/*
 * Loads a bundle in a process that has nothing else in it, then has its handler answer some events, one after another, and writes how
 * many milliseconds each of these took, to the file that is open as number 3: what functions log goes elsewhere.
 */

const [bundle, ...events] = process.argv.slice(2);
let from = performance.now();
const times = [];
const take = () => {
  const now = performance.now();
  times.push(now - from);
  from = now;
};

const { handler } = await import(bundle);
take();
for (const event of events) {
  // Denials of the authorizer are errors, which take as long.
  await handler(JSON.parse(event), { getRemainingTimeInMillis: () => 28_000 }).catch(() => {});
  take();
}
writeSync(3, JSON.stringify(times));
process.exit();
