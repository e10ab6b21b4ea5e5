/** Something that the user of the local stack can mend: its message is shown alone, without a stack. */
export class LocalError extends Error {
  override readonly name = 'LocalError';
}
