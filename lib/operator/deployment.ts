import type { Secrets } from '../../lambdas/auth/directory-secret.ts';
import type { Table } from '../../lambdas/store/table.ts';

/** A stack that is running, as the operator reaches it: on AWS or on this machine. */
export interface Deployment {
  readonly table: Table;
  readonly secrets: Secrets;
  /** What stands in front of `/{directory}/scim/v2` in a base URL. */
  readonly apiUrl: string;
  /** How long API Gateway remembers what the authorizer said, and as long again the authorizer what a secret held. */
  readonly credentialCacheSeconds: number;
}

export const baseUrlOf = ({ apiUrl }: Pick<Deployment, 'apiUrl'>, directory: string): string => `${apiUrl}/${directory}/scim/v2`;

/** API Gateway gives up after that many seconds, and the functions a second before. */
const LONGEST_REQUEST_S = 29;

/** For how many seconds what a secret held may still be acted by: a token that was revoked may be good for so long. */
export const forgottenAfter = ({ credentialCacheSeconds }: Pick<Deployment, 'credentialCacheSeconds'>): number =>
  2 * credentialCacheSeconds;

/** For what has no bound of its own: the way from one service to the next, and clocks that differ. */
const MARGIN_S = 15;

/** After how many seconds nobody writes any more by what a secret held. */
export const settledAfter = (deployment: Pick<Deployment, 'credentialCacheSeconds'>): number =>
  forgottenAfter(deployment) + LONGEST_REQUEST_S + MARGIN_S;
