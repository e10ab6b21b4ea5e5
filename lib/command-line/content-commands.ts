import { Argument, type Command } from 'commander';
import type { Duplicate } from '../../lambdas/store/upkeep/reindex.ts';
import { readCatalogueFile, STANDARD_INPUT } from '../operator/catalogue.ts';
import { formValues, IDENTITY_PROVIDERS, type IdentityProvider } from '../operator/connect.ts';
import { baseUrlOf } from '../operator/deployment.ts';
import { importCatalogue } from '../operator/import-catalogue.ts';
import { type ImportReport, ImportStopped } from '../operator/import-entitlements.ts';
import { requireActive } from '../operator/rows.ts';
import { reindexDirectories, repairDirectories } from '../operator/upkeep.ts';
import { toId, typedPath } from './arguments.ts';
import { type Answer, fields, styled, table } from './screen.ts';
import type { Session, ToAction } from './session.ts';
import { duplicatesText } from './tables.ts';

export function addContentCommands(program: Command, toAction: ToAction): void {
  program
    .command('entitlements')
    .summary('the roles and entitlements that can be granted in a directory')
    .description('The catalogue of a directory: its roles, its entitlements, and types of your own.')
    .command('import')
    .summary('bring a catalogue into a directory')
    .description(
      'Makes the roles and entitlements of a JSON file those of a directory: what is not there is created, what is otherwise is changed, and ' +
        'what the file does not have is named and left. Everything is checked before anything is written.',
    )
    .argument('<directory>', 'id of the directory', toId)
    .argument('<file>', 'JSON such as {"Roles": [{"id": "role-admin", "displayName": "Admin"}], "Licenses": […]}; - for standard input')
    .option('--dry-run', 'write nothing, and tell what would be')
    .action(toAction(importFile));

  program
    .command('connect')
    .summary('what to paste into Okta or Entra ID')
    .description('Prints the values of the forms in which an identity provider is told of a directory.')
    .addArgument(new Argument('<client>', 'which identity provider').choices(IDENTITY_PROVIDERS))
    .argument('<directory>', 'id of the directory', toId)
    .action(toAction(connect));

  program
    .command('repair')
    .summary('put right what a crash may have left')
    .description(
      'Reads the whole table, and puts right what should not be: see docs/operations.md. It is safe while the service is in use.',
    )
    .argument('[directory]', 'id of the only directory to look at; all if not given', toId)
    .option('--drop-undeclared', 'remove index entries of attributes that this version does not declare')
    .action(toAction(repair));

  program
    .command('reindex')
    .summary('make index entries that are missing')
    .description(
      'Gives every resource the index entries that its type declares: see docs/operations.md. It is safe while the service is in use.',
    )
    .argument('[directory]', 'id of the only directory to look at; all if not given', toId)
    .action(toAction(reindex));
}

async function importFile(
  { deployment, tell }: Session,
  directory: string,
  file: string,
  { dryRun = false }: { readonly dryRun?: boolean },
): Promise<Answer> {
  const catalogue = await readCatalogueFile(file === STANDARD_INPUT ? file : typedPath(file));
  const { error, ...report } = await orStopped(importCatalogue(deployment, directory, catalogue, { dryRun, onProgress: tell }));
  const { resources, extra } = report;
  const count = (wanted: string) => resources.filter(({ action }) => action === wanted).length;
  const changing = resources.filter(({ action }) => action !== 'unchanged');
  const rows = changing.map(({ type, id, action, attributes }) => [action, type, id, attributes.join(', ')]);
  return {
    json: { directory, dryRun, ...report, ...(error && { error: error.message }) },
    ...(error && { error }),
    notes: extra.length > 0 ? [`not in the file, and left: ${extra.map(({ type, id }) => `${type} ${id}`).join(', ')}`] : [],
    text: (stream) =>
      (rows.length > 0 ? `${table(stream, ['ACTION', 'TYPE', 'ID', 'WHAT CHANGES'], rows)}\n` : '') +
      `${dryRun ? 'Would be: ' : ''}${count('create')} created, ${count('update')} changed, ${count('unchanged')} unchanged.\n`,
  };
}

/** An import that ended midway has something to tell as well. */
async function orStopped(importing: Promise<ImportReport>): Promise<ImportReport & { readonly error?: ImportStopped }> {
  try {
    return await importing;
  } catch (error) {
    if (error instanceof ImportStopped) return { ...error.report, error };
    throw error;
  }
}

async function connect({ deployment }: Session, client: IdentityProvider, directory: string): Promise<Answer> {
  await requireActive(deployment, directory);
  const sections = formValues(client, { baseUrl: baseUrlOf(deployment, directory) });
  return {
    json: { directory, client, sections },
    text: (stream) =>
      sections
        .map(
          ({ title, note, fields: values }) =>
            `${styled(stream, 'bold', title)}\n\n${fields(stream, values)}${note ? `\n  ${note}\n` : ''}`,
        )
        .join('\n'),
  };
}

/** What `repair` and `reindex` say they have done, as far as each does it. */
const DONE = {
  items: 'Items read',
  added: 'Index entries added',
  recounted: 'Counts put right',
  resized: 'Sizes of groups put right',
  reassigned: 'Assignments counted anew',
  swept: 'Left-overs removed',
  mended: 'Memberships mended',
  tidied: 'Large changes tidied up',
  undeclared: 'Undeclared index entries',
  unknown: 'Left alone: unknown types',
  newer: 'Left alone: newer version',
  busy: 'Left: busy',
} as const;

/** What somebody reads of a table as a whole comes to. */
function upkept(report: Partial<Readonly<Record<keyof typeof DONE, number>>>, duplicates: readonly Duplicate[] = []): Answer {
  const isBusy = (report.busy ?? 0) > 0;
  const counts = (Object.keys(DONE) as (keyof typeof DONE)[]).flatMap((key) =>
    key in report ? [[DONE[key], String(report[key])] as const] : [],
  );
  return {
    json: report,
    isIncomplete: isBusy || duplicates.length > 0,
    notes: isBusy ? ['others kept changing some of it: run it again'] : [],
    text: (stream) => fields(stream, counts, '') + duplicatesText(stream, duplicates),
  };
}

async function repair(
  { deployment, tell }: Session,
  directory: string | undefined,
  { dropUndeclared }: { readonly dropUndeclared?: boolean },
): Promise<Answer> {
  return upkept(await repairDirectories(deployment, { directory, dropUndeclared, onProgress: tell }));
}

async function reindex({ deployment, tell }: Session, directory: string | undefined): Promise<Answer> {
  const report = await reindexDirectories(deployment, { directory, onProgress: tell });
  return upkept(report, report.duplicates);
}
