import { randomBytes } from 'node:crypto';
import { GetSecretValueCommand, ResourceNotFoundException, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import type { Settings } from '../scim/schemas/settings.ts';
import { TOKEN_SCOPES } from '../scim/token-scopes.ts';
import type { StoredToken } from './token.ts';

/** What the secret of a directory holds; another version of the service may know more, which stays. There is no usable token in it. */
export interface DirectorySecret {
  readonly tokens: readonly StoredToken[];
  /** Those that were chosen. */
  readonly settings?: Partial<Settings> | undefined;
  /** Which change of settings they come from: the time (ISO 8601) that the directory's row gave it. Absent if they never changed. */
  readonly settingsSince?: string | undefined;
  /** What is shown to a client but not to be read by it is sealed with this key: 32 bytes, in base64url. */
  readonly sealKey?: string | undefined;
}

/** Where the secrets of directories are: `{prefix}/{directory}`. */
export interface Secrets {
  readonly client: SecretsManagerClient;
  readonly prefix: string;
}

export const newSealKey = (): string => randomBytes(32).toString('base64url');

/** The first secret of a directory, or the next where one was lost: with a key of its own. */
export const newDirectorySecret = (tokens: readonly StoredToken[], settings: Partial<Settings> | undefined): DirectorySecret => ({
  tokens,
  settings,
  sealKey: newSealKey(),
});

const format = z.looseObject({
  tokens: z.array(
    z.looseObject({
      id: z.string(),
      sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
      label: z.string(),
      scopes: z.array(z.enum(TOKEN_SCOPES)),
      createdAt: z.string(),
      expiresAt: z.optional(z.string()),
    }),
  ),
  settings: z.optional(z.looseObject({ uniqueGroupNames: z.optional(z.boolean()) })),
  settingsSince: z.optional(z.string()),
  sealKey: z.optional(z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/))),
});

/** Throws if it is malformed. */
export const parseDirectorySecret = (text = ''): DirectorySecret => format.parse(JSON.parse(text));

export const secretName = ({ prefix }: Secrets, directory: string): string => `${prefix}/${directory}`;

/** `undefined` if there is no such directory. Throws if its secret is malformed, or cannot be read. */
export async function readDirectorySecret(secrets: Secrets, directory: string): Promise<DirectorySecret | undefined> {
  try {
    const { SecretString } = await secrets.client.send(new GetSecretValueCommand({ SecretId: secretName(secrets, directory) }));
    return parseDirectorySecret(SecretString);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
