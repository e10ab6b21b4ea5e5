import { runCommandLine } from '../lib/command-line/command-line.ts';

process.exitCode = await runCommandLine(process.argv.slice(2), process);
