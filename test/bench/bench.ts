import { cpus } from 'node:os';
import { Command, InvalidArgumentError, Option, type OptionValues } from 'commander';
import { missed, printSection, type Section } from './report.ts';

interface Benchmark {
  readonly description: string;
  readonly options?: readonly Option[];
  /** What its `--help` says after the options. */
  readonly help?: string;
  /** What is wrong with its options together; each by itself is as it should be. */
  readonly refuse?: (options: OptionValues) => string | undefined;
  /** Imports the benchmark, so that one does not wait for what only another needs, and runs it with the values of its options. */
  readonly run: (options: OptionValues) => Promise<Section[]>;
}

/** Fewer do not suffice for each operation to be tried often enough, each time at another user. */
const LEAST_USERS = 1_000;

/** Fewer are changed in one transaction. */
const LEAST_MEMBERS = 100;

/** Reads a whole number that is not below another one. */
const atLeast = (least: number) => (text: string) => {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least) throw new InvalidArgumentError(`expected a whole number, ${least} or more`);
  return number;
};

const HELP_OF_HANDLER = `
Has each request answered once over DynamoDB Local, and keeps what DynamoDB was asked and what it said. A stub says the same again, at
once, to the handlers and to the bare client in turn: what the one takes more than the other is what the service takes itself.
DYNAMODB_ENDPOINT=http://… uses a DynamoDB emulator that is running already, and leaves a table there.`;

const HELP_OF_LARGE = `
Adds as many members to a group, removes them, and replaces them, each in one request, over DynamoDB Local, in memory. Each change is
counted once, and then timed: request units from the sizes of items, seconds and CPU for information. DynamoDB Local is slower than
DynamoDB, and shares the machine; what DynamoDB would take at least follows from the units. A bar holds how many items are written.`;

const HELP_OF_SCALE = `
Fills two tables of DynamoDB Local, in memory, and calls each operation in both, in turn. Then all users of each join a group, and what
can be done to that is called in both. A large directory may take no more round trips, requests and items than a small one, and to
look at a large group 16 items more; times are for information. 100000 users take some minutes to load and 1 GB of memory.
DYNAMODB_ENDPOINT=http://… uses a DynamoDB emulator that is running already, and leaves two tables there.`;

const HELP_OF_START = `
Loads the bundle of each function, as the synthesized template has it, and the SDK's clients alone, made and bundled in the same way, but
with all that the SDK has in them. Each is loaded in fresh processes with the variables that Lambda sets, all of them once before any of
them again, and timed around the import; a ratio is the median of what the rounds say. The warm-up that functions do where Lambda starts
them is no part of that. What it saves is the second table, which has no bar: the first request after a load, answered by a stand-in
that has nothing. A real service adds the way there and TLS, which a warm-up saves too. Takes a minute.`;

/** Every benchmark by its name. One row here is all that a new one needs. */
const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  core: {
    description: 'filters, projection and PATCH, in comparison with SCIMMY and scim-patch, and by the length of a filter',
    run: async () => (await import('./core.ts')).core(),
  },
  handler: {
    description: 'whole requests in the bundled handlers, in comparison with the bare document client that sends the same commands',
    options: [
      new Option('--rounds <number>', 'rounds of each request: fewer are sooner done, and less sure').default(11).argParser(atLeast(1)),
    ],
    help: HELP_OF_HANDLER,
    run: async ({ rounds }) => (await import('./handler.ts')).handler(rounds),
  },
  large: {
    description: 'changes of thousands of members of a group in one request: what each phase asks of DynamoDB, and of a CPU',
    options: [
      new Option('--members <number>', 'members that join or leave').default(20_000).argParser(atLeast(LEAST_MEMBERS)),
      new Option('--rounds <number>', 'how often each change is timed').default(1).argParser(atLeast(1)),
      new Option('--unspread <number>', 'with more members the rows of a group are spread').default(5_000).argParser(atLeast(0)),
    ],
    help: HELP_OF_LARGE,
    run: async ({ members, rounds, unspread }) => (await import('./large-change.ts')).largeChange({ members, rounds, unspread }),
  },
  scale: {
    description: 'every operation on users and groups, in a small directory and in a large one: round trips, items, request units and time',
    options: [
      new Option('--users <number>', 'users of the large directory').default(100_000).argParser(atLeast(LEAST_USERS)),
      new Option('--small <number>', 'users of the small directory').default(1_000).argParser(atLeast(LEAST_USERS)),
    ],
    help: HELP_OF_SCALE,
    refuse: ({ users, small }) => (users > small ? undefined : `--users (${users}) must be greater than --small (${small})`),
    run: async ({ users, small }) => (await import('./scale.ts')).scale({ users, small }),
  },
  start: {
    description: 'what each function loads when it starts, in comparison with the bare SDK clients, and its first request',
    help: HELP_OF_START,
    run: async () => (await import('./start.ts')).start(),
  },
};

async function run(name: string, benchmark: Benchmark, options: OptionValues): Promise<void> {
  const [cpu] = cpus();
  process.stdout.write(`${name}: Node ${process.version}, ${cpus().length} x ${cpu?.model.trim()}; every time is a median\n`);
  const sections = await benchmark.run(options);
  const count = missed(sections);
  process.stdout.write(sections.map(printSection).join(''));
  process.stdout.write(`\n${count === 0 ? 'Every bar is met.' : `${count} missed: see NO above.`}\n`);
  process.exitCode = count === 0 ? 0 : 1;
}

const program = new Command('npm run bench --').description(
  'Measures how fast the service is. Exits with 1 if a bar is missed. Numbers of two runs compare on one machine that does nothing else.',
);
for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
  const command = program.command(name).description(benchmark.description);
  for (const option of benchmark.options ?? []) command.addOption(option);
  command.addHelpText('after', benchmark.help ?? '').action(async (options: OptionValues) => {
    const refusal = benchmark.refuse?.(options);
    if (refusal !== undefined) command.error(`error: ${refusal}`);
    await run(name, benchmark, options);
  });
}
await program.parseAsync();
