import { randomUUID } from 'node:crypto';
import { type DirectorySecret, newDirectorySecret, readDirectorySecret, type Secrets } from '../../lambdas/auth/directory-secret.ts';
import { changeDirectorySecret } from '../../lambdas/auth/secret-changes.ts';
import { createDirectorySecret, deleteDirectorySecret, secretStateOf } from '../../lambdas/auth/secret-life.ts';
import { findToken, mintToken, storedToken } from '../../lambdas/auth/token.ts';
import { create, type Directory } from '../../lambdas/directory/operations.ts';
import { startTrace } from '../../lambdas/directory/store.ts';
import { ScimError } from '../../lambdas/scim/errors.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { DEFAULT_SETTINGS } from '../../lambdas/scim/schemas/settings.ts';
import { type DirectoryRow, getDirectory, putDirectory } from '../../lambdas/store/directories.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import type { Table } from '../../lambdas/store/table.ts';
import { reasonOf } from '../reason.ts';
import type { OperatorTokens } from './data-folder.ts';
import { LocalError } from './local-error.ts';
import { type Sample, sampleCatalogue, sampleUser } from './sample-data.ts';
import { IF_SECRETS_ARE_DAMAGED } from './secrets-manager.ts';

const NAME = 'acme';
const LABEL = 'first start';
const ROW: DirectoryRow = { name: 'Acme', state: 'active', settings: DEFAULT_SETTINGS };

export interface FirstDirectoryProps {
  readonly table: Table;
  readonly secrets: Secrets;
  /** What an earlier start has made. */
  readonly tokens: OperatorTokens | undefined;
  /** The types of which the directory has a catalogue, if not those that are declared. */
  readonly types?: readonly ResourceType[];
  /** Where it is told what could not be made. Not standard output: that belongs to what the user asked for. */
  readonly log?: (text: string) => void;
}

/**
 * Makes the directory that a new local stack has. Each step is left out if it was done, and what says so is written after it,
 * so that a start that was killed half-way is made good by the next.
 */
export async function ensureFirstDirectory({
  table,
  secrets,
  tokens,
  types,
  log = (text) => process.stderr.write(text),
}: FirstDirectoryProps): Promise<OperatorTokens> {
  const directory: Directory = {
    store: dynamoStore(table),
    directory: NAME,
    credential: LABEL,
    scopes: ['application'],
    settings: DEFAULT_SETTINGS,
    deadline: Date.now() + 20_000,
    trace: startTrace(randomUUID()),
  };
  const row = await getDirectory(table, directory);
  if (!row) {
    const catalogue: Sample[] = [];
    for (const sample of sampleCatalogue(types)) if (await ensureSample(directory, sample, log)) catalogue.push(sample);
    await ensureSample(directory, sampleUser(catalogue), log);
    await putDirectory(table, directory, { ...ROW, createdAt: new Date().toISOString() });
  }
  return ensureTokens(secrets, tokens, row ?? ROW);
}

/**
 * What is shown must work. Where the secret is gone, the tokens that were shown before are made good; where it does not know
 * them, or nobody knows them any more, a new pair takes the place of the old one. Tokens that others have made stay, and so do the
 * directory's settings.
 */
async function ensureTokens(secrets: Secrets, shown: OperatorTokens | undefined, { settings }: DirectoryRow): Promise<OperatorTokens> {
  // Nobody waits here for a directory that was deleted to be restored.
  if ((await secretStateOf(secrets, NAME)).state === 'deleted') await deleteDirectorySecret(secrets, NAME, { recoveryDays: 0 });
  const secret = await readDirectorySecret(secrets, NAME).catch((error: unknown) => {
    throw new LocalError(`secrets.json, in the data folder, is damaged (${NAME}: ${reasonOf(error)}): ${IF_SECRETS_ARE_DAMAGED}`);
  });
  if (shown?.directory === NAME && !secret) {
    const tokens = [storedToken(shown.token, LABEL, ['provision']), storedToken(shown.applicationToken, LABEL, ['application'])];
    await createDirectorySecret(secrets, NAME, newDirectorySecret(tokens, settings));
    return shown;
  }
  if (shown && secret && knows(secret, shown)) return shown;
  const provision = mintToken(NAME, LABEL, ['provision']);
  const application = mintToken(NAME, LABEL, ['application']);
  const tokens = [provision.stored, application.stored];
  const changed = await changeDirectorySecret(secrets, NAME, (found) => ({
    ...found,
    tokens: [...found.tokens.filter(({ label }) => label !== LABEL), ...tokens],
  }));
  if (!changed) await createDirectorySecret(secrets, NAME, newDirectorySecret(tokens, settings));
  return { directory: NAME, token: provision.token, applicationToken: application.token };
}

const knows = ({ tokens }: DirectorySecret, { token, applicationToken }: OperatorTokens): boolean =>
  [token, applicationToken].every((each) => findToken(tokens, each, new Date()));

/**
 * Makes a resource unless it is there, and tells whether it is then. The vendor may have declared types that do not take a sample,
 * with an extension that demands more of it, say: the start is not to fail for that.
 */
async function ensureSample(directory: Directory, { type, body }: Sample, log: (text: string) => void): Promise<boolean> {
  try {
    await create(directory, type, body);
  } catch (error) {
    if (!(error instanceof ScimError) || error.status >= 429) throw error;
    if (error.scimType === 'uniqueness') return true;
    log(`The sample ${type.name} ${body.displayName} is left out (${error.message})\n`);
    return false;
  }
  return true;
}
