/** Environments that are started ahead have nobody wait for them. */
let isFirst = process.env.AWS_LAMBDA_INITIALIZATION_TYPE !== 'provisioned-concurrency';

/** Whether this is the first question in an environment whose start a client has waited for. */
export function coldStart(): boolean {
  const was = isFirst;
  isFirst = false;
  return was;
}
