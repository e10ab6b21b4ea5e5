import { cpus } from 'node:os';
import { Command } from 'commander';
import { missed, printSection, type Section } from './report.ts';

interface Benchmark {
  readonly description: string;
  /** Imports the benchmark, so that one does not wait for what only another needs, and runs it. */
  readonly run: () => Promise<Section[]>;
}

/** Every benchmark by its name. One row here is all that a new one needs. */
const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  core: {
    description: 'filters, projection and PATCH, in comparison with SCIMMY and scim-patch, and by the length of a filter',
    run: async () => (await import('./core.ts')).core(),
  },
};

async function run(name: string, benchmark: Benchmark): Promise<void> {
  const [cpu] = cpus();
  process.stdout.write(`${name}: Node ${process.version}, ${cpus().length} x ${cpu?.model.trim()}; every time is a median\n`);
  const sections = await benchmark.run();
  const count = missed(sections);
  process.stdout.write(sections.map(printSection).join(''));
  process.stdout.write(`\n${count === 0 ? 'Every bar is met.' : `${count} missed: see NO above.`}\n`);
  process.exitCode = count === 0 ? 0 : 1;
}

const program = new Command('npm run bench --').description(
  'Measures how fast the service is. Exits with 1 if a bar is missed. Numbers of two runs compare on one machine that does nothing else.',
);
for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
  program
    .command(name)
    .description(benchmark.description)
    .action(() => run(name, benchmark));
}
await program.parseAsync();
