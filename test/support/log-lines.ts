import { types } from 'node:util';
import { jest } from '@jest/globals';

/** A line of the log that a function writes by itself. */
export interface LogLine {
  readonly level: string;
  readonly message?: string;
  readonly StoreCalls?: number;
  readonly [property: string]: unknown;
}

/**
 * All that is logged in this process until this is disposed of: lines that are written as they are, what the console is given, and
 * warnings of the process.
 */
export function recordLog(): Disposable & { text(): string } {
  const lines: string[] = [];
  const written = ([process.stdout, process.stderr] as const).map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation((text) => lines.push(String(text).trimEnd()) > 0),
  );
  // With all that an error has: Lambda writes that.
  const whole = (_: string, value: unknown) =>
    types.isNativeError(value) ? { errorType: value.name, errorMessage: value.message, stackTrace: value.stack, ...value } : value;
  const keep = (level: string, given: readonly unknown[]) =>
    void lines.push(JSON.stringify({ level: level.toUpperCase(), message: given }, whole));
  const said = (['debug', 'log', 'info', 'warn', 'error', 'trace'] as const).map((level) =>
    jest.spyOn(console, level).mockImplementation((...given: unknown[]) => keep(level, given)),
  );
  const warned = jest.spyOn(process, 'emitWarning').mockImplementation((...given: unknown[]) => keep('warn', given));
  return {
    text: () => lines.map((line) => `${line}\n`).join(''),
    [Symbol.dispose]: () => [...written, ...said, warned].forEach((spy) => void spy.mockRestore()),
  };
}

/** Tells of each line that functions in this process write to standard output, until its mock is restored. */
export const listenToLog = (heard: (line: LogLine) => void) =>
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    for (const line of String(text).split('\n')) if (line.startsWith('{')) heard(JSON.parse(line));
    return true;
  });
