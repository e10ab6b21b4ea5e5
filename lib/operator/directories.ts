import type { DirectorySecret } from '../../lambdas/auth/directory-secret.ts';
import { newSealKey } from '../../lambdas/auth/directory-secret.ts';
import { createDirectorySecret, SecretExistsError, SecretNameHeldError, secretStateOf } from '../../lambdas/auth/secret-life.ts';
import { resourceTypes } from '../../lambdas/scim/schemas/registry.ts';
import { type Settings, settingsOf } from '../../lambdas/scim/schemas/settings.ts';
import { readCounts, totalOf } from '../../lambdas/store/counts.ts';
import {
  createDirectory as createRow,
  type DirectoryRow,
  getDirectory,
  listDirectories as listRows,
} from '../../lambdas/store/directories.ts';
import { reasonOf } from '../local/files.ts';
import { baseUrlOf, type Deployment } from './deployment.ts';
import { idFrom, requireId, requireText } from './directory-name.ts';
import { OperatorError } from './operator-error.ts';
import { beingDeleted, requireRow, scopeOf } from './rows.ts';
import { changeSecret, readSecret } from './secrets.ts';
import { listTokens, mint, type TokenOptions, type TokenView } from './tokens.ts';

/** A directory as a list shows it: what its row in the table says. */
export interface DirectoryView extends DirectoryRow {
  readonly directory: string;
  readonly baseUrl: string;
  readonly settings: Settings;
}

export interface NewDirectory {
  /** For people. */
  readonly name: string;
  /** What it is called in base URLs; made of the name if absent. */
  readonly id?: string | undefined;
  readonly settings?: Partial<Settings> | undefined;
  /** Of its first token, which is for the identity provider. */
  readonly token?: Pick<TokenOptions, 'label' | 'lifetime'> | undefined;
  /**
   * Whether a secret that is there without a directory is made that of the new one, with its settings and its tokens: after a restore
   * it belongs to a directory of which the table knows nothing any more.
   *
   * @default false
   */
  readonly adopt?: boolean | undefined;
}

export interface CreatedDirectory {
  readonly directory: string;
  readonly baseUrl: string;
  /** To be shown once; nobody can tell it again. */
  readonly token: string;
}

/**
 * Makes a directory and its first token. Died midway, it is made whole by the same call again. Throws where the id is taken,
 * or is not free yet.
 */
export async function createDirectory(deployment: Deployment, wanted: NewDirectory): Promise<CreatedDirectory> {
  const { table, secrets } = deployment;
  const directory = wanted.id === undefined ? idFrom(wanted.name) : requireId(wanted.id);
  const name = requireText('name', wanted.name);
  const { token, stored } = mint(directory, { label: 'first token', ...wanted.token });
  // In this order: where a secret is seen that somebody is just making, so is the row that came before it.
  const secret = await secretStateOf(secrets, directory);
  const before = await getDirectory(table, scopeOf(directory));
  if (before?.state === 'deleting') throw beingDeleted(directory);
  if (secret.state === 'deleted') throw nameHeld(deployment, directory, secret.until);
  const adopts = secret.state === 'live' && !before && wanted.adopt;
  if (secret.state === 'live' && !adopts) throw taken(deployment, directory, before);
  const settings = adopts ? (await readSecret(deployment, directory))?.settings : wanted.settings;
  const row: DirectoryRow = { name, state: 'active', settings: settingsOf(settings), createdAt: new Date().toISOString() };
  const there = before ?? (await createRow(table, scopeOf(directory), row));
  if (there && !isSame(there, row)) throw taken(deployment, directory, there);
  if (adopts) await changeSecret(deployment, directory, (read) => ({ ...read, tokens: [...read.tokens, stored] }));
  else await makeSecret(deployment, directory, { tokens: [stored], settings: row.settings, sealKey: newSealKey() });
  return { directory, baseUrl: baseUrlOf(deployment, directory), token };
}

/** Throws where somebody else has come first, or the name is held. */
async function makeSecret(deployment: Deployment, directory: string, secret: DirectorySecret): Promise<void> {
  try {
    await createDirectorySecret(deployment.secrets, directory, secret);
  } catch (error) {
    if (error instanceof SecretNameHeldError) throw nameHeld(deployment, directory, error.until);
    if (error instanceof SecretExistsError) throw taken(deployment, directory, await getDirectory(deployment.table, scopeOf(directory)));
    throw error;
  }
}

/** Whether a row was written by a call like this one, which then died before the secret was made. */
const isSame = (a: DirectoryRow, b: DirectoryRow): boolean =>
  a.name === b.name && JSON.stringify(settingsOf(a.settings)) === JSON.stringify(settingsOf(b.settings));

const secretName = ({ secrets: { prefix } }: Deployment, directory: string): string => `${prefix}/${directory}`;

function taken(deployment: Deployment, directory: string, there: DirectoryRow | undefined): OperatorError {
  if (there) return new OperatorError(`${directory} exists already (${there.name}): choose another id with --id`);
  return new OperatorError(
    `there is a secret ${secretName(deployment, directory)} already, of no directory that is known here: choose another id with --id; or, if it is that of this very directory, as after a restore, take it over with its tokens: --adopt`,
  );
}

const nameHeld = (deployment: Deployment, directory: string, until: Date | undefined): OperatorError =>
  new OperatorError(
    `the id ${directory} is not free yet: Secrets Manager holds the name of the deleted secret ${secretName(deployment, directory)}` +
      `${until ? ` until ${until.toISOString()}` : ''}. Choose another id with --id, or delete that secret without recovery: ` +
      `aws secretsmanager delete-secret --force-delete-without-recovery --secret-id ${secretName(deployment, directory)}`,
  );

const viewOf = (deployment: Deployment, directory: string, row: DirectoryRow): DirectoryView => ({
  ...row,
  directory,
  baseUrl: baseUrlOf(deployment, directory),
  settings: settingsOf(row.settings),
});

/** All directories in the order of their ids. */
export async function listDirectories(deployment: Deployment): Promise<DirectoryView[]> {
  const rows = await listRows(deployment.table);
  return rows.map(({ directory, isNewer: _, ...row }) => viewOf(deployment, directory, row));
}

export interface DirectoryDetails extends DirectoryView {
  readonly tokens: readonly TokenView[];
  /** How many resources there are, by the names of their types. */
  readonly resources: Readonly<Record<string, number>>;
  /** What is not as it should be, and what helps. */
  readonly warnings: readonly string[];
}

/** A directory with its tokens, and what is in it. */
export async function showDirectory(deployment: Deployment, directory: string): Promise<DirectoryDetails> {
  const row = await requireRow(deployment, directory);
  const count = async (type: (typeof resourceTypes)[number]) =>
    [type.name, totalOf(await readCounts(deployment.table, scopeOf(directory), type))] as const;
  const [counts, tokens, secret] = await Promise.all([
    Promise.all(resourceTypes.map(count)),
    orReason(listTokens(deployment, directory)),
    orReason(readSecret(deployment, directory)),
  ]);
  const view = viewOf(deployment, directory, row);
  const failed = row.state === 'active' && 'reason' in tokens ? [`its tokens are refused: ${tokens.reason}`] : [];
  return {
    ...view,
    tokens: 'value' in tokens ? tokens.value : [],
    resources: Object.fromEntries(counts),
    warnings: [...failed, ...warningsAbout(view, 'value' in secret ? secret.value?.settings : undefined)],
  };
}

function warningsAbout({ directory, state, changing, settings }: DirectoryView, inSecret: Partial<Settings> | undefined): string[] {
  if (state === 'deleting') return [`it is being deleted: delete ${directory} finishes that`];
  if (changing !== undefined) return [`its settings have been changing since ${changing}: update ${directory} finishes that`];
  const differs = inSecret !== undefined && JSON.stringify(settingsOf(inSecret)) !== JSON.stringify(settings);
  return differs ? [`its secret has other settings than its row in the table: update ${directory} with those that are wanted`] : [];
}

/** What came of something that may fail without all the rest failing. */
const orReason = <T>(act: Promise<T>): Promise<{ readonly value: T } | { readonly reason: string }> =>
  act.then(
    (value) => ({ value }),
    (error: unknown) => ({ reason: reasonOf(error) }),
  );
