/** Something that the operator can put right; the message says what and how. Nothing was changed unless it says so. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}
