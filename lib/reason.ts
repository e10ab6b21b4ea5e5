import * as z from 'zod/mini';

/** Why something failed, in one line. What a file holds is not repeated: it may be a token. */
export function reasonOf(error: unknown): string {
  if (error instanceof z.core.$ZodError) return error.issues.map(({ path, message }) => [...path, message].join(': ')).join(', ');
  if (!(error instanceof Error)) return String(error);
  return error.name === 'SyntaxError' ? 'it is not JSON' : error.message.replaceAll(/\s*\n\s*/g, ' ');
}
