import { directoryOf } from './token.ts';

/** What an Authorization header holds. */
export interface Credential {
  readonly directory: string;
  readonly token: string;
}

/** Longer than any token and any Basic pair that holds one. */
const MAX_LENGTH = 1_024;

/** A scheme, or none, and one word; a field may have blanks around it (RFC 9110 section 5.5), and never a line's end. */
const HEADER = /^[ \t]*(?:(\S+) +)?(\S+)[ \t]*$/;

/**
 * Reads `Bearer t`, the bare `t` (Okta's Header mode sends the field as it was typed) and `Basic base64(directory:t)`.
 * `undefined` for anything else.
 */
export function parseAuthorization(header: string): Credential | undefined {
  if (header.length > MAX_LENGTH) return undefined;
  const [, scheme = '', rest = ''] = HEADER.exec(header) ?? [];
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

/** RFC 7617: the user ends at the first colon, and what the rest is made of is the password's. Node itself would read any text as base64. */
function basic(encoded: string): Credential | undefined {
  if (!BASE64.test(encoded)) return undefined;
  const [user, token = ''] = Buffer.from(encoded, 'base64').toString().split(/:(.*)/s, 2);
  const found = credential(token);
  return found?.directory === user ? found : undefined;
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
