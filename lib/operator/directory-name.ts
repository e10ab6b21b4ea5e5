import { isDirectoryName } from '../../lambdas/auth/token.ts';
import { isPrintable } from '../printable.ts';
import { OperatorError } from './operator-error.ts';

const MAX_ID = 63;

/** The id of a directory that is called so: in base URLs it is what customers read. Throws where nothing is left of the name. */
export function idFrom(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_ID)
    .replaceAll(/^-|-$/g, '');
  if (isDirectoryName(slug)) return slug;
  throw new OperatorError(`no id can be made of the name ${JSON.stringify(name)}: give one with --id`);
}

export function requireId(id: string): string {
  if (isDirectoryName(id)) return id;
  throw new OperatorError(
    `${JSON.stringify(id)} is no id of a directory: expected 1 to ${MAX_ID} of a-z, 0-9 and single hyphens between them, and not scim, v1, v2, ping or sping`,
  );
}

const MAX_TEXT = 200;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** What people call something. It comes back on terminals, so it has nothing that these obey, and something to be seen. */
export function requireText(what: string, text: string): string {
  const trimmed = text.trim();
  if (trimmed.length > 0 && trimmed.length <= MAX_TEXT && isPrintable(trimmed) && VISIBLE.test(trimmed)) return trimmed;
  throw new OperatorError(`${what}: expected 1 to ${MAX_TEXT} characters, without control characters and others that cannot be seen`);
}
