import { runCommandLine } from '../lib/command-line/command-line.ts';

// What could not be written is told where it matters; who reads no further, such as `head`, wants no more.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

process.exitCode = await runCommandLine(process.argv.slice(2), process);
