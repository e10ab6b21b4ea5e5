/*
 * Functions write the lines of their log straight to standard output, where Jest's `silent` does not reach them: what failed would
 * drown in what was only logged. Runs before each test file; the stream is the worker's, whichever file has it.
 */

const { stdout } = process;
const write: typeof stdout.write = stdout.write;

if (write.name !== 'quiet') {
  const isLogLine = (text: unknown) => typeof text === 'string' && text.startsWith('{"level":');
  stdout.write = function quiet(this: typeof stdout, ...given: Parameters<typeof write>) {
    return isLogLine(given[0]) || write.apply(stdout, given);
  } as typeof write;
}
