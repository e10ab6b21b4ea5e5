import { Command, CommanderError } from 'commander';
import { ScimError } from '../../lambdas/scim/errors.ts';
import { LocalError } from '../local/local-error.ts';
import type { Deployment } from '../operator/deployment.ts';
import { findLocalStack, findStack } from '../operator/find-deployment.ts';
import { OperatorError } from '../operator/operator-error.ts';
import { printable } from '../printable.ts';
import { toRegion } from './arguments.ts';
import { addContentCommands } from './content-commands.ts';
import { addDirectoryCommands } from './directory-commands.ts';
import { progressBar } from './progress-bar.ts';
import { type Screen, show } from './screen.ts';
import type { ToAction } from './session.ts';
import { addTokenCommands } from './token-commands.ts';

/** Options of every command. */
interface GlobalOptions {
  readonly json?: boolean;
  readonly local?: boolean;
  readonly data: string;
  readonly stack: string;
  readonly region?: string;
  readonly profile?: string;
}

export const EXIT = { done: 0, failed: 1, misused: 2 } as const;

/**
 * Runs one command, and gives the exit code: 0, 1 where it failed or left something undone, 2 where it was not understood. Nothing but
 * what was asked for is written on standard output.
 */
export async function runCommandLine(args: readonly string[], screen: Screen): Promise<number> {
  let code: number = EXIT.done;
  const program = commandLine(screen, () => {
    code = EXIT.failed;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Commander has said what was wrong itself; who asked for help got it.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.misused;
    screen.stderr.write(`rollcall: ${messageOf(error).split('\n').map(printable).join('\n')}\n`);
    return EXIT.failed;
  }
}

function commandLine(screen: Screen, onIncomplete: () => void): Command {
  const program = new Command('npm run directory --')
    .description('Makes and looks after the directories of a stack: each has a base URL, and tokens of its own.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => screen.stdout.write(text), writeErr: (text) => screen.stderr.write(text) })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help tells more)')
    .option('--json', 'print one line of JSON, and nothing else, on standard output')
    .option('--local', 'the stack that npm start runs on this machine, instead of one on AWS')
    .option('--data <folder>', 'where the local stack keeps its data', '.local')
    .option('--stack <name>', 'name of the CloudFormation stack', 'Rollcall')
    .option('--region <region>', 'its AWS region, if not that of the environment', toRegion)
    .option('--profile <name>', 'the profile of the AWS credentials, if not that of the environment')
    .addHelpText('after', EXAMPLES);
  const toAction: ToAction =
    (act) =>
    async (...args) => {
      const options = program.opts<GlobalOptions>();
      const deployment = await find(options);
      using progress = progressBar(screen);
      const answer = await act({ deployment, screen, tell: progress.tell }, ...args);
      progress[Symbol.dispose]();
      await show(screen, answer, options.json ?? false);
      if (answer.error) throw answer.error;
      if (answer.isIncomplete) onIncomplete();
    };
  addDirectoryCommands(program, toAction);
  addTokenCommands(program, toAction);
  addContentCommands(program, toAction);
  return program;
}

const EXAMPLES = `
Examples:
  $ npm run directory -- create "Acme Corp"
  $ npm run directory -- connect okta acme-corp
  $ npm run directory -- token rotate acme-corp --overlap 24h
  $ npm run --silent directory -- list --json
  $ npm run directory -- --local show acme

Exit codes: 0 done; 1 failed, or something is left that the command names; 2 not understood.
On AWS it works with the credentials and permissions of who calls it: docs/operations.md lists what they need.
`;

const find = ({ local, data, stack, region, profile }: GlobalOptions): Promise<Deployment> =>
  local ? findLocalStack(data) : findStack(stack, { region, profile });

/** One line for what somebody can put right; for what nobody foresaw, all that is known. */
function messageOf(error: unknown): string {
  if (error instanceof OperatorError || error instanceof LocalError || error instanceof ScimError) return error.message;
  const { name = '', message = '', $metadata, stack } = Object(error) as Error & { readonly $metadata?: unknown };
  if ($metadata === undefined) return stack ?? String(error);
  const hint = /AccessDenied|NotAuthorized/.test(name) ? ' (docs/operations.md lists the permissions that this needs)' : '';
  return `AWS answered ${name}: ${message}${hint}`;
}
