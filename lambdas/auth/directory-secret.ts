import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import type { Settings } from '../scim/schemas/settings.ts';
import { TOKEN_SCOPES } from '../scim/token-scopes.ts';
import type { StoredToken } from './token.ts';

/** What the secret of a directory holds. There is no usable token in it. */
export interface DirectorySecret {
  readonly tokens: readonly StoredToken[];
  /** Those that were chosen; another version of the service may know others, which stay. */
  readonly settings?: Partial<Settings> | undefined;
}

/** Where the secrets of directories are: `{prefix}/{directory}`. */
export interface Secrets {
  readonly client: SecretsManagerClient;
  readonly prefix: string;
}

const format = z.object({
  tokens: z.array(
    z.object({
      id: z.string(),
      sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
      label: z.string(),
      scopes: z.array(z.enum(TOKEN_SCOPES)),
      createdAt: z.string(),
      expiresAt: z.optional(z.string()),
    }),
  ),
  settings: z.optional(z.looseObject({ uniqueGroupNames: z.optional(z.boolean()) })),
});

/** `undefined` if there is no such directory. Throws if its secret is malformed, or cannot be read. */
export async function readDirectorySecret({ client, prefix }: Secrets, directory: string): Promise<DirectorySecret | undefined> {
  try {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: `${prefix}/${directory}` }));
    return format.parse(JSON.parse(SecretString));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** Makes the secret of a directory, or replaces what it holds. */
export async function putDirectorySecret({ client, prefix }: Secrets, directory: string, secret: DirectorySecret): Promise<void> {
  const name = `${prefix}/${directory}`;
  const value = { SecretString: JSON.stringify(secret) };
  try {
    await client.send(new CreateSecretCommand({ Name: name, ...value }));
  } catch (error) {
    if (!(error instanceof ResourceExistsException)) throw error;
    await client.send(new PutSecretValueCommand({ SecretId: name, ...value }));
  }
}
