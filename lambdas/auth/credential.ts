import { directoryOf } from './token.ts';

/** What an Authorization header holds. */
export interface Credential {
  readonly directory: string;
  readonly token: string;
}

/** Longer than any token and any Basic pair that holds one. */
const MAX_LENGTH = 1_024;

/**
 * Reads `Bearer t`, the bare `t` (Okta's Header mode sends the field as it was typed) and `Basic base64(directory:t)`.
 * `undefined` for anything else.
 */
export function parseAuthorization(header: string): Credential | undefined {
  if (header.length > MAX_LENGTH) return undefined;
  const [, scheme = '', rest = ''] = /^(?:(\S+) +)?(\S+)$/.exec(header.trim()) ?? [];
  switch (scheme.toLowerCase()) {
    case '':
    case 'bearer':
      return credential(rest);
    case 'basic':
      return basic(rest);
    default:
      return undefined;
  }
}

function credential(token: string): Credential | undefined {
  const directory = directoryOf(token);
  return directory === undefined ? undefined : { directory, token };
}

function basic(encoded: string): Credential | undefined {
  const [user, token = ''] = Buffer.from(encoded, 'base64').toString().split(':', 2);
  const found = credential(token);
  return found?.directory === user ? found : undefined;
}
