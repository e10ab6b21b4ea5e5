import { type DirectorySecret, putDirectorySecret, readDirectorySecret, type Secrets } from '../../lambdas/auth/directory-secret.ts';
import { findToken, mintToken, storedToken } from '../../lambdas/auth/token.ts';
import { create, type Directory } from '../../lambdas/directory/operations.ts';
import { startTrace } from '../../lambdas/directory/store.ts';
import { ScimError } from '../../lambdas/scim/errors.ts';
import { enterpriseUserSchema } from '../../lambdas/scim/schemas/enterprise-user.ts';
import { DEFAULT_SETTINGS } from '../../lambdas/scim/schemas/settings.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { type DirectoryRow, getDirectory, putDirectory } from '../../lambdas/store/directories.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import type { Table } from '../../lambdas/store/table.ts';
import type { OperatorTokens } from './data-folder.ts';
import { reasonOf } from './files.ts';
import { LocalError } from './local-error.ts';
import { IF_SECRETS_ARE_DAMAGED } from './secrets-manager.ts';

const NAME = 'acme';
const LABEL = 'first start';
const ROW: DirectoryRow = { name: 'Acme', state: 'active', settings: DEFAULT_SETTINGS };

/** One user with every kind of attribute, so that a first look at the directory shows something. */
const SAMPLE_USER = {
  schemas: [userSchema.id, enterpriseUserSchema.id],
  userName: 'grace.hopper@acme.example',
  externalId: '00u1gracehopper',
  name: {
    formatted: 'Rear Admiral Grace Hopper',
    givenName: 'Grace',
    familyName: 'Hopper',
    middleName: 'Brewster',
    honorificPrefix: 'Rear Admiral',
  },
  displayName: 'Grace Hopper',
  nickName: 'Amazing Grace',
  profileUrl: 'https://acme.example/people/grace',
  title: 'Director of Programming Languages',
  userType: 'Employee',
  preferredLanguage: 'en-US',
  locale: 'en-US',
  timezone: 'America/New_York',
  active: true,
  emails: [
    { value: 'grace.hopper@acme.example', type: 'work', primary: true },
    { value: 'grace@hopper.example', type: 'home' },
  ],
  phoneNumbers: [{ value: '+1 555 0100', type: 'work', primary: true }],
  ims: [{ value: 'amazing-grace', type: 'xmpp' }],
  photos: [{ value: 'https://acme.example/people/grace.png', type: 'photo' }],
  addresses: [
    {
      type: 'work',
      streetAddress: '1 Compiler Way',
      locality: 'Arlington',
      region: 'VA',
      postalCode: '22201',
      country: 'US',
      primary: true,
    },
  ],
  [enterpriseUserSchema.id]: {
    employeeNumber: '1906',
    costCenter: 'CC-1952',
    organization: 'Acme',
    division: 'Research',
    department: 'Compilers',
    manager: { value: '26118915-6090-4610-87e4-49d8ca9f808d' },
  },
};

export interface FirstDirectoryProps {
  readonly table: Table;
  readonly secrets: Secrets;
  /** What an earlier start has made. */
  readonly tokens: OperatorTokens | undefined;
}

/**
 * Makes the directory that a new local stack has. Each step is left out if it was done, and what says so is written after it,
 * so that a start that was killed half-way is made good by the next.
 */
export async function ensureFirstDirectory({ table, secrets, tokens }: FirstDirectoryProps): Promise<OperatorTokens> {
  const directory: Directory = {
    store: dynamoStore(table),
    directory: NAME,
    credential: LABEL,
    scopes: ['application'],
    settings: DEFAULT_SETTINGS,
    deadline: Date.now() + 20_000,
    trace: startTrace(LABEL),
  };
  const row = await getDirectory(table, directory);
  if (!row) {
    await create(directory, user, SAMPLE_USER).catch(unlessThere);
    await putDirectory(table, directory, ROW);
  }
  return ensureTokens(secrets, tokens, row ?? ROW);
}

/**
 * What is shown must work. Where the secret is gone, the tokens that were shown before are made good; where it does not know
 * them, or nobody knows them any more, a new pair takes the place of the old one. Tokens that others have made stay, and so do the
 * directory's settings.
 */
async function ensureTokens(secrets: Secrets, shown: OperatorTokens | undefined, { settings }: DirectoryRow): Promise<OperatorTokens> {
  const secret = await readDirectorySecret(secrets, NAME).catch((error: unknown) => {
    throw new LocalError(`secrets.json, in the data folder, is damaged (${NAME}: ${reasonOf(error)}): ${IF_SECRETS_ARE_DAMAGED}`);
  });
  if (shown?.directory === NAME && !secret) {
    const tokens = [storedToken(shown.token, LABEL, ['provision']), storedToken(shown.applicationToken, LABEL, ['application'])];
    await putDirectorySecret(secrets, NAME, { tokens, settings });
    return shown;
  }
  if (shown && secret && knows(secret, shown)) return shown;
  const provision = mintToken(NAME, LABEL, ['provision']);
  const application = mintToken(NAME, LABEL, ['application']);
  const others = secret?.tokens.filter(({ label }) => label !== LABEL) ?? [];
  await putDirectorySecret(secrets, NAME, { ...(secret ?? { settings }), tokens: [...others, provision.stored, application.stored] });
  return { directory: NAME, token: provision.token, applicationToken: application.token };
}

const knows = ({ tokens }: DirectorySecret, { token, applicationToken }: OperatorTokens): boolean =>
  [token, applicationToken].every((each) => findToken(tokens, each, new Date()));

function unlessThere(error: unknown) {
  if (!(error instanceof ScimError) || error.scimType !== 'uniqueness') throw error;
}
