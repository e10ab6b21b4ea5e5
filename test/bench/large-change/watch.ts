import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Cost, Written } from '../scale/tally.ts';

/** What a large change of a group's members goes through, one after the other: see `changeAtLarge`. */
export const PHASES = ['check', 'stage', 'commit', 'tidy'] as const;

type PhaseName = (typeof PHASES)[number];

/** What a phase takes. */
export interface Phase {
  readonly name: PhaseName;
  requests: number;
  /** How long it lasted, and how long this process kept a CPU busy meanwhile, in milliseconds. */
  time: number;
  cpu: number;
  /** Items that were written. */
  written: number;
  readUnits: number;
  writeUnits: number;
  /** Write units by partition key. */
  readonly unitsByKey: Map<string, number>;
}

interface Args {
  readonly input: { readonly TransactItems?: readonly { readonly Update?: { readonly UpdateExpression?: string } }[] };
}

export interface Watch {
  /** Gives what a change took, phase by phase. */
  watch(act: () => Promise<unknown>): Promise<readonly Phase[]>;
  /** Tells it what a request took, where that is counted. */
  weigh(cost: Cost, written: Written): void;
}

/** The phases of a change, one after the other: none while nothing is watched. */
function makeRecord() {
  let phases: Phase[] = [];
  /** When the current phase began. */
  let since = { time: 0, cpu: 0 };
  const leave = () => {
    const { user, system } = process.cpuUsage();
    const now = { time: performance.now(), cpu: (user + system) / 1_000 };
    const phase = phases.at(-1);
    if (phase) Object.assign(phase, { time: now.time - since.time, cpu: now.cpu - since.cpu });
    since = now;
  };
  return {
    current: () => phases.at(-1),
    enter(name: PhaseName) {
      leave();
      phases.push({ name, requests: 0, time: 0, cpu: 0, written: 0, readUnits: 0, writeUnits: 0, unitsByKey: new Map() });
    },
    end(): readonly Phase[] {
      leave();
      const ended = phases;
      phases = [];
      return ended;
    },
  };
}

type PhaseRecord = ReturnType<typeof makeRecord>;

/** Makes a client tell of its requests to which phase they belong: the one that takes the lease ends a phase, as does that which commits. */
function follow(client: DynamoDBDocumentClient, { current, enter }: PhaseRecord): void {
  /** The phase that begins with the next request. */
  let following: PhaseName | undefined;
  const middleware = (next: (args: Args) => Promise<unknown>) => async (args: Args) => {
    if (!current()) return next(args);
    const [{ Update = {} } = {}] = args.input.TransactItems ?? [];
    const { UpdateExpression = '' } = Update;
    if (/ADD .*applied :applied/.test(UpdateExpression)) enter('commit');
    else if (following) enter(following);
    const phase = current();
    if (phase) phase.requests++;
    following = phase?.name === 'commit' ? 'tidy' : UpdateExpression.includes('changing = :changing') ? 'stage' : undefined;
    return next(args);
  };
  // The SDK's own type knows no middleware that looks at every command alike.
  const options = { name: 'watch', relation: 'after', toMiddleware: 'retryMiddleware' } as const;
  client.middlewareStack.addRelativeTo(middleware as unknown as Parameters<typeof client.middlewareStack.addRelativeTo>[0], options);
}

/** Watches the changes that a client makes. */
export function makeWatch(client: DynamoDBDocumentClient): Watch {
  const record = makeRecord();
  follow(client, record);
  return {
    async watch(act) {
      record.enter('check');
      await act();
      const watched = record.end();
      const names = watched.map(({ name }) => name);
      if (names.join() !== PHASES.join()) throw new Error(`the change went through ${names.join(', ')}, expected ${PHASES.join(', ')}`);
      return watched;
    },
    weigh(cost, written) {
      const phase = record.current();
      if (!phase) return;
      phase.written += cost.written;
      phase.readUnits += cost.readUnits;
      phase.writeUnits += cost.writeUnits;
      for (const { key, units } of written) phase.unitsByKey.set(key.pk, (phase.unitsByKey.get(key.pk) ?? 0) + units);
    },
  };
}
