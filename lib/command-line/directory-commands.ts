import { createInterface } from 'node:readline/promises';
import { type Command, InvalidArgumentError } from 'commander';
import type { Settings } from '../../lambdas/scim/schemas/settings.ts';
import { deleteDirectory } from '../operator/delete-directory.ts';
import { baseUrlOf } from '../operator/deployment.ts';
import { createDirectory, type DirectoryDetails, listDirectories, showDirectory } from '../operator/directories.ts';
import { OperatorError } from '../operator/operator-error.ts';
import { requireRow } from '../operator/rows.ts';
import { updateDirectory } from '../operator/update-directory.ts';
import { printable } from '../printable.ts';
import { requireAnId, toId, toLabel, toName } from './arguments.ts';
import { toDuration } from './duration.ts';
import { type Answer, fields, type Screen, table } from './screen.ts';
import type { Session, ToAction } from './session.ts';
import { duplicatesText, tokenTable } from './tables.ts';

/** The settings of a directory as options: what each says. */
const SETTINGS: Readonly<Record<keyof Settings, readonly [flag: string, meaning: string]>> = {
  uniqueGroupNames: ['unique-group-names', 'no two groups of the directory have the same displayName'],
};

export function addDirectoryCommands(program: Command, toAction: ToAction): void {
  const creating = program
    .command('create')
    .summary('make a directory and its first token')
    .description('Makes a directory for a customer, and a first token for its identity provider, which is shown this once.')
    .argument('<name>', 'what people call it, such as "Acme Corp"', toName)
    .option('--id <id>', 'what it is called in its base URL: a-z, 0-9 and hyphens; made of the name if not given', toId)
    .option('--label <text>', 'what the token is called in lists', toLabel, 'first token')
    .option('--expires <duration>', 'until when the token is good, such as 90d; for ever if not given', toDuration)
    .option('--adopt', 'take over a secret that is there without a directory, as after a restore, with the tokens that it has');
  for (const [flag, meaning] of Object.values(SETTINGS)) creating.option(`--${flag}`, meaning);
  creating.hook('preAction', requireAnId).action(toAction(create));

  program.command('list').summary('all directories').description('Lists all directories.').action(toAction(list));

  program
    .command('show')
    .summary('a directory, its tokens, and what is in it')
    .description(
      'Shows a directory: its settings, its tokens with their last use, how many resources it has, and what is not as it should be.',
    )
    .argument('<directory>', 'its id', toId)
    .action(toAction(async ({ deployment }: Session, directory: string) => shown(await showDirectory(deployment, directory))));

  const updating = program
    .command('update')
    .summary('rename a directory, or change its settings')
    .description(
      'Renames a directory, or changes its settings. A changed setting takes some minutes: everybody must have forgotten the old one, and ' +
        'then what is looked up by is written anew. If it is interrupted, the same command goes on with it.',
    )
    .argument('<directory>', 'its id', toId)
    .option('--name <name>', 'what people call it', toName);
  for (const [flag, meaning] of Object.values(SETTINGS)) updating.option(`--${flag}`, meaning).option(`--no-${flag}`, `not: ${meaning}`);
  updating.action(toAction(update));

  program
    .command('delete')
    .summary('remove a directory and all that is in it')
    .description(
      'Ends the tokens of a directory, waits until nobody acts by them any more, and removes all that is in it. Until that is done it is ' +
        'listed as deleting; if it is interrupted, the same command goes on with it.',
    )
    .argument('<directory>', 'its id', toId)
    .option('--yes', 'do not ask')
    .option('--recovery-days <days>', 'for how long the secret can be restored, and its name is taken: 7 to 30, or 0', toRecoveryDays, 7)
    .action(toAction(remove));
}

interface CreateOptions extends Partial<Settings> {
  readonly id?: string;
  readonly label: string;
  readonly expires?: number;
  readonly adopt?: boolean;
}

async function create({ deployment }: Session, name: string, { id, label, expires, adopt, ...settings }: CreateOptions): Promise<Answer> {
  const created = await createDirectory(deployment, { name, id, adopt, settings, token: { label, lifetime: expires } });
  const { directory, baseUrl, token } = created;
  return {
    json: created,
    ifLost: `the directory ${directory} is ready, but its token could not be written: make another one with token create ${directory}, and end this one, which token list ${directory} shows, with token revoke`,
    text: (stream) =>
      `The directory ${directory} is ready.\n\n` +
      fields(stream, [
        ['Base URL', baseUrl],
        ['Token', token],
      ]) +
      `\nThe token is shown this once. What to paste where: connect okta ${directory}, connect entra ${directory}\n`,
  };
}

async function list({ deployment }: Session): Promise<Answer> {
  const directories = await listDirectories(deployment);
  const rows = directories.map(({ directory, name, state, createdAt = '', baseUrl }) => [
    directory,
    name,
    state,
    dayOf(createdAt),
    baseUrl,
  ]);
  return {
    json: directories,
    text: (stream) =>
      rows.length > 0
        ? table(stream, ['ID', 'NAME', 'STATE', 'CREATED', 'BASE URL'], rows)
        : 'There is no directory yet: create NAME makes one.\n',
  };
}

const dayOf = (instant: string): string => instant.slice(0, 10);

const shown = (details: DirectoryDetails): Answer => ({
  json: details,
  isIncomplete: details.warnings.length > 0,
  notes: details.warnings,
  text: (stream) => {
    const { directory, name, state, createdAt = 'unknown', baseUrl, settings, resources, tokens } = details;
    const about = fields(
      stream,
      [
        ['Id', directory],
        ['Name', name],
        ['State', state],
        ['Created', createdAt],
        ['Base URL', baseUrl],
        ['Settings', settingsText(settings)],
        [
          'Holds',
          Object.entries(resources)
            .map(([type, count]) => `${type} ${count}`)
            .join(', '),
        ],
      ],
      '',
    );
    return tokens.length > 0 ? `${about}\n${tokenTable(stream, tokens)}` : about;
  },
});

const settingsText = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

interface UpdateOptions extends Partial<Settings> {
  readonly name?: string;
}

async function update({ deployment, tell }: Session, directory: string, { name, ...settings }: UpdateOptions): Promise<Answer> {
  const updated = await updateDirectory(deployment, directory, { name, settings }, tell);
  const { duplicates, isDone } = updated;
  return {
    json: updated,
    isIncomplete: !isDone || duplicates.length > 0,
    notes: isDone ? [] : ['others kept changing what is in it: the same command again goes on'],
    text: (stream) =>
      `The directory ${directory} is up to date.\n\n${fields(stream, [
        ['Name', updated.name],
        ['Settings', settingsText(updated.settings)],
      ])}${duplicatesText(stream, duplicates)}`,
  };
}

interface DeleteOptions {
  readonly yes?: boolean;
  readonly recoveryDays: number;
}

async function remove({ deployment, screen, tell }: Session, directory: string, { yes, recoveryDays }: DeleteOptions): Promise<Answer> {
  const { name } = await requireRow(deployment, directory);
  if (!yes) await confirm(screen, directory, `${printable(name)}, ${baseUrlOf(deployment, directory)}`);
  const { items } = await deleteDirectory(deployment, directory, { recoveryDays, onProgress: tell });
  const held = recoveryDays > 0 ? ` Its secret can be restored for ${recoveryDays} days; until then the id is not free.` : '';
  return {
    json: { directory, deleted: true, items, recoveryDays },
    text: () => `The directory ${directory} is deleted, and ${items} items with it.${held}\n`,
  };
}

/** Has the id typed. Throws where something else is, or where there is nobody to type. */
async function confirm({ stdin, stderr }: Screen, directory: string, what: string): Promise<void> {
  if (!stdin.isTTY) throw new OperatorError('nobody is there to be asked: add --yes to delete it all the same');
  using questions = createInterface({ input: stdin, output: stderr });
  const typed = await questions.question(`This removes ${directory} (${what}) and all that is in it, for ever.\nType its id to go on: `);
  if (typed.trim() !== directory) throw new OperatorError('that is not its id: nothing was deleted');
}

function toRecoveryDays(text: string): number {
  const days = Number(text);
  if (/^\d+$/.test(text) && (days === 0 || (days >= 7 && days <= 30))) return days;
  throw new InvalidArgumentError('expected 0, or 7 to 30');
}
