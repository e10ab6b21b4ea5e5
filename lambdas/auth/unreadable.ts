import { writeLine } from '../log/line.ts';

/** Why a directory has no secret that could be read, whoever asks and however often. */
export type UnreadableReason = 'missing' | 'malformed' | 'denied' | 'deleted';

/** By the name of the error that reading ended in. What is not here may pass: throttling, an outage, a credential of ours that expired. */
const REASONS: ReadonlyMap<string, UnreadableReason> = new Map<string, UnreadableReason>([
  // No secret of this name, none of its versions is the current one, or the prefix makes no name.
  ['ResourceNotFoundException', 'missing'],
  ['InvalidParameterException', 'missing'],
  ['ValidationException', 'missing'],
  ['SyntaxError', 'malformed'],
  ['$ZodError', 'malformed'],
  ['AccessDeniedException', 'denied'],
  // The key that it is encrypted with is not there, or not for us.
  ['DecryptionFailure', 'denied'],
  // Nothing else about its state keeps a secret from being read.
  ['InvalidRequestException', 'deleted'],
]);

/** `undefined` for an error that another attempt may not meet. */
export function unreadableReason(error: unknown): UnreadableReason | undefined {
  const { name } = Object(error) as { readonly name?: string };
  const reason = REASONS.get(String(name));
  // An answer of the service that is no JSON, such as that of something in between, says nothing of the secret.
  return reason === 'malformed' && '$response' in Object(error) ? undefined : reason;
}

/**
 * One line, which counts in the metric of its reason, with nothing of what a secret or a header holds. A secret that is missing is most
 * often a guess; any other is for the operator to mend. Whether it is one cannot be told here, and nothing else tells whose secret has
 * gone: so the directory is named, as the credential claims it. A guess writes no more by that than 63 lower-case letters, digits and
 * hyphens (see `directoryOf`).
 */
export function logUnreadable(directory: string, reason: UnreadableReason): void {
  const line = { message: 'the secret of a directory cannot be read', directory, reason };
  writeLine(reason === 'missing' ? 'WARN' : 'ERROR', line, { counts: { UnreadableSecrets: 1 }, dimensions: { Reason: reason } });
}
