import type { Scope, Store } from './store.ts';

/** A directory as one request sees it. */
export interface Directory extends Scope {
  readonly store: Store;
}

/** Whether a version is one that the client will change or delete; its `If-Match` header decides. */
export type Precondition = (etag: string) => boolean;

/** One client's nonsense is not to fill a log or a metric. */
const MAX_NOTED = 1_000;

/** Keeps for the log what no schema declares. */
export function note({ trace }: Directory, unknowns: readonly string[]) {
  for (const name of unknowns.slice(0, MAX_NOTED)) if (trace.unknownAttributes.size < MAX_NOTED) trace.unknownAttributes.add(name);
}
