import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** A line of the log, as CloudWatch would have it. */
export interface LogLine {
  /** Where Lambda takes it from: what a function writes by itself comes on standard output, what it gives its console on a channel apart. */
  readonly from: 'stdout' | 'stderr' | 'console';
  readonly text: string;
}

/** What an environment logs. */
export interface Log {
  /** What has come so far. */
  lines(): readonly LogLine[];
  /** Waits for what is on its way still, and gives what has come then. Throws where it does not come. */
  until(isThere: (lines: readonly LogLine[]) => boolean): Promise<readonly LogLine[]>;
}

/** However slow the machine is, an answer is not that much sooner there than its line. */
const LATEST_MS = 5_000;

/** Keeps what comes from the three places where Lambda takes a log from. */
export function keepLog(places: Readonly<Record<LogLine['from'], Readable>>): Log {
  const lines: LogLine[] = [];
  for (const from of ['stdout', 'stderr'] as const)
    createInterface({ input: places[from] }).on('line', (text) => lines.push({ from, text }));
  const read = frameReader((text) => lines.push({ from: 'console', text }));
  places.console.on('data', read);
  return {
    lines: () => lines,
    async until(isThere) {
      const latest = Date.now() + LATEST_MS;
      while (!isThere(lines)) {
        if (Date.now() > latest) throw new Error(`not in the log: ${isThere}, but ${lines.map(({ text }) => text).join('\n')}`);
        await sleep(5);
      }
      return lines;
    },
  };
}

/** Of a frame: its type, the length of its text, both of 4 bytes, and the time in microseconds, of 8. Then comes the text. */
const HEADER_BYTES = 16;
const LENGTH_AT = 4;
/** The upper half of the type; the lower one has the format and the level. */
const MAGIC = 0xa55a;

/** Takes apart what Lambda's runtime client writes of the console: frames, of which a chunk may have several, or a part. */
export function frameReader(heard: (text: string) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= HEADER_BYTES) {
      if (rest.readUInt16BE(0) !== MAGIC) throw new Error(`expected a frame of the log, got ${rest.toString('latin1', 0, 100)}`);
      const end = HEADER_BYTES + rest.readUInt32BE(LENGTH_AT);
      if (rest.length < end) return;
      heard(rest.toString('utf8', HEADER_BYTES, end).trimEnd());
      rest = rest.subarray(end);
    }
  };
}
