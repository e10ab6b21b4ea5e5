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
