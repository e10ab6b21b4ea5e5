import { jest } from '@jest/globals';

/** A line of the log that a function writes by itself. */
export interface LogLine {
  readonly level: string;
  readonly message?: string;
  readonly storeCalls?: number;
  readonly [property: string]: unknown;
}

/** Tells of each line that functions in this process write to standard output, until its mock is restored. */
export const listenToLog = (heard: (line: LogLine) => void) =>
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    for (const line of String(text).split('\n')) if (line.startsWith('{')) heard(JSON.parse(line));
    return true;
  });
