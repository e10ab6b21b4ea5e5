import { forbidden } from '../scim/errors.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import type { TokenScope } from '../scim/token-scopes.ts';
import type { Scope, Store } from './store.ts';

/** A directory as one request sees it. */
export interface Directory extends Scope {
  readonly store: Store;
  /** What the credential may do that the request came with. */
  readonly scopes: readonly TokenScope[];
}

/** Whether a version is one that the client will change or delete; its `If-Match` header decides. */
export type Precondition = (etag: string) => boolean;

/** Throws 403 where the credential may not write resources of a type. Anyone may read them. */
export function requireWriter({ scopes }: Directory, { endpoint, writtenBy }: ResourceType): void {
  if (writtenBy === undefined || scopes.includes(writtenBy)) return;
  const own = scopes.length > 0 ? `the scope ${scopes.join(', ')}` : 'no scope';
  throw forbidden(`${endpoint.slice(1)}: written with an ${writtenBy} credential alone, this one has ${own}`);
}

/** One client's nonsense is not to fill a log or a metric. */
const MAX_NOTED = 1_000;

/** Keeps for the log what no schema declares. */
export function note({ trace }: Directory, unknowns: readonly string[]) {
  for (const name of unknowns.slice(0, MAX_NOTED)) if (trace.unknownAttributes.size < MAX_NOTED) trace.unknownAttributes.add(name);
}
