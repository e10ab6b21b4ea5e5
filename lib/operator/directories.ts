import { type DirectorySecret, newDirectorySecret, secretName } from '../../lambdas/auth/directory-secret.ts';
import { SecretExistsError, secretStateOf } from '../../lambdas/auth/secret-life.ts';
import type { StoredToken } from '../../lambdas/auth/token.ts';
import { resourceTypes } from '../../lambdas/scim/schemas/registry.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { isSameSettings, type Settings, settingsOf } from '../../lambdas/scim/schemas/settings.ts';
import { readCounts, totalOf } from '../../lambdas/store/counts.ts';
import {
  createDirectory as createRow,
  type DirectoryRow,
  getDirectory,
  listDirectories as listRows,
} from '../../lambdas/store/directories.ts';
import { readTokenUses } from '../../lambdas/store/token-use.ts';
import { baseUrlOf, type Deployment } from './deployment.ts';
import { idFrom, requireId, requireText } from './directory-name.ts';
import { OperatorError } from './operator-error.ts';
import { beingDeleted, requireRow, scopeOf } from './rows.ts';
import { makeSecret, readSecret, secretHeld } from './secrets.ts';
import { addToken, lost, mint, type TokenOptions, type TokenView, tokensIn } from './tokens.ts';

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
  if (secret.state === 'deleted') throw secretHeld(deployment, directory, secret.until);
  if (secret.state === 'live' && !wanted.adopt) throw taken(deployment, directory, before);
  const settings = await settingsFor(deployment, directory, wanted);
  const row: DirectoryRow = { name, state: 'active', settings, createdAt: new Date().toISOString() };
  const there = before ?? (await createRow(table, scopeOf(directory), row));
  if (there && !isSame(there, row)) throw taken(deployment, directory, there);
  if (secret.state === 'live') await adopt(deployment, directory, stored);
  else
    await makeSecret(deployment, directory, newDirectorySecret([stored], settings)).catch((error: unknown) => {
      throw error instanceof SecretExistsError ? taken(deployment, directory, row) : error;
    });
  return { directory, baseUrl: baseUrlOf(deployment, directory), token };
}

/** Those of the secret that is taken over, else those that were chosen. Throws where both are said. */
async function settingsFor(deployment: Deployment, directory: string, { adopt, settings }: NewDirectory): Promise<Settings> {
  if (!adopt) return settingsOf(settings);
  if (settings && Object.keys(settings).length > 0)
    throw new OperatorError('settings cannot be chosen for a secret that is taken over, which has its own: update changes them');
  const secret = await readSecret(deployment, directory);
  if (!secret)
    throw new OperatorError(`there is no secret ${secretName(deployment.secrets, directory)} to take over: create it without --adopt`);
  return settingsOf(secret.settings);
}

async function adopt(deployment: Deployment, directory: string, stored: StoredToken): Promise<void> {
  if (!(await addToken(deployment, directory, stored))) throw lost(directory);
}

/** Whether a row was written by a call like this one, which then died before it was done. */
const isSame = (a: DirectoryRow, b: DirectoryRow): boolean => a.name === b.name && isSameSettings(a.settings, b.settings);

const taken = ({ secrets }: Deployment, directory: string, there: DirectoryRow | undefined): OperatorError =>
  there
    ? new OperatorError(`${directory} exists already (${there.name}): choose another id with --id`)
    : new OperatorError(
        `there is a secret ${secretName(secrets, directory)} already, of no directory that is known here: choose another id with --id; ` +
          'or, if it is that of this very directory, as after a restore, take it over with its tokens: --adopt',
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
  const view = viewOf(deployment, directory, row);
  const scope = scopeOf(directory);
  const count = async (type: ResourceType) => [type.name, totalOf(await readCounts(deployment.table, scope, type))] as const;
  const [counts, uses, secret] = await Promise.all([
    Promise.all(resourceTypes.map(count)),
    readTokenUses(deployment.table, scope),
    secretOrTrouble(deployment, directory),
  ]);
  return {
    ...view,
    tokens: secret instanceof OperatorError ? [] : tokensIn(secret, uses),
    resources: Object.fromEntries(counts),
    warnings: warningsAbout(view, secret),
  };
}

/** A secret, or what somebody can do about it that there is none to be read. */
async function secretOrTrouble(deployment: Deployment, directory: string): Promise<DirectorySecret | OperatorError> {
  try {
    return (await readSecret(deployment, directory)) ?? lost(directory);
  } catch (error) {
    if (error instanceof OperatorError) return error;
    throw error;
  }
}

function warningsAbout({ directory, state, changing, settings }: DirectoryView, secret: DirectorySecret | OperatorError): string[] {
  if (state === 'deleting') return [`it is being deleted: delete ${directory} finishes that`];
  const refused = secret instanceof OperatorError ? [`its tokens are refused: ${secret.message}`] : [];
  if (changing !== undefined) return [...refused, `its settings have been changing since ${changing}: update ${directory} finishes that`];
  const differs = !(secret instanceof OperatorError) && !isSameSettings(secret.settings, settings);
  return differs ? [`its secret has other settings than its row in the table: update ${directory} with those that are wanted`] : refused;
}
