/** Provisioned environments are started ahead, and nobody waits for them. */
let isFirst = process.env.AWS_LAMBDA_INITIALIZATION_TYPE !== 'provisioned-concurrency';

/**
 * Whether this is the first question in an environment that was started on demand. Its client has waited for the start, most often:
 * Lambda starts some of these ahead too, and does not say which.
 */
export function coldStart(): boolean {
  const was = isFirst;
  isFirst = false;
  return was;
}
