/*
 * A line of the log that is a document of CloudWatch's embedded metric format at the same time: CloudWatch makes metrics of what
 * `_aws` names, and that has to stand at the root of the line. So the line is written as it is, and not through the console: Lambda
 * would put what that is given into a line of its own, as its `message`.
 *
 * Node writes to a pipe asynchronously where the system is POSIX, but tries at once: a line that the pipe has room for (64 KiB on
 * Linux) has left when `write` returns, before the answer does. What it has no room for is written when there is, after the answer or,
 * in an environment that was frozen meanwhile, with its next request.
 */

/** As Lambda itself calls them. */
export type Level = 'INFO' | 'WARN' | 'ERROR';

export interface Metrics {
  /** Counts, by the names of their metrics, which are their names in the line too. */
  readonly counts: Readonly<Partial<Record<MetricName, number>>>;
  /**
   * What each combination of is a metric of its own, beside the stack, and is paid for: of few values, and never the directory.
   *
   * @default - none
   */
  readonly dimensions?: Readonly<Record<string, string>>;
}

export const NAMESPACE = 'Rollcall';

/** Alarms and the dashboard ask for them by these names. */
export type MetricName = 'StoreCalls' | 'UnknownAttributes' | 'UnreadableSecrets';

/** Writes one line, with its counts. They are metrics of a stack, and none where `STACK_NAME` does not say of which. */
export function writeLine(level: Level, properties: Readonly<Record<string, unknown>>, metrics: Metrics, now = new Date()): void {
  const { STACK_NAME: stack } = process.env;
  const line = { level, timestamp: now.toISOString(), ...properties, ...metrics.counts, ...(stack && embedded(stack, metrics, now)) };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function embedded(stack: string, { counts, dimensions }: Metrics, now: Date) {
  const values = { Stack: stack, ...dimensions };
  const directive = {
    Namespace: NAMESPACE,
    Dimensions: [Object.keys(values)],
    Metrics: Object.keys(counts).map((Name) => ({ Name, Unit: 'Count' })),
  };
  return { ...values, _aws: { Timestamp: now.getTime(), CloudWatchMetrics: [directive] } };
}
