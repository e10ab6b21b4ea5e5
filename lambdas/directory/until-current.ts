import { notFound, preconditionFailed } from '../scim/errors.ts';
import { canonicalJson, type JsonObject } from '../scim/json.ts';
import { etag, type StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { backOff } from './back-off.ts';
import type { Directory, Precondition } from './directory.ts';
import type { Interrupted } from './store.ts';

/** A resource that has been read, maybe with more. */
interface Read {
  readonly stored: StoredResource;
}

/**
 * Reads a resource and acts on it, again with a new reading for as long as others change it in between, until the deadline. The
 * client's precondition is held against every reading, until something is done: 412 says that a reading showed another version,
 * and nothing else. `act` is told whether it may act on this version alone.
 */
export async function untilCurrent<R extends Read, T extends StoredResource | true>(
  directory: Directory,
  id: string,
  precondition: Precondition | undefined,
  read: () => Promise<R | undefined>,
  act: (read: R, isConditional: boolean) => Promise<T | Interrupted>,
): Promise<T> {
  let isConditional = precondition !== undefined;
  for (let attempt = 1; ; attempt++) {
    const found = await read();
    if (!found) throw notFound(id);
    if (isConditional && !precondition?.(etag(found.stored))) throw preconditionFailed(id);
    const outcome = await act(found, isConditional);
    if (typeof outcome !== 'string') return outcome;
    if (outcome === 'begun') isConditional = false;
    await backOff(directory, attempt);
  }
}

/** A resource, and nothing beside it. */
export async function readStored(directory: Directory, type: ResourceType, id: string): Promise<Read | undefined> {
  const stored = await directory.store.get(directory, type, id);
  return stored && { stored };
}

/** Writes what a resource becomes with these attributes, of which nothing is written if it has them. It is right for this version alone. */
export async function writeChanged(
  directory: Directory,
  type: ResourceType,
  before: StoredResource,
  body: JsonObject,
): Promise<StoredResource | Interrupted> {
  const after = changed(before, body);
  if (after === before) return before;
  return (await directory.store.update(directory, type, before, after, true)) ? after : 'outdated';
}

/**
 * What a resource becomes with these attributes: the same one if they are those that it has, unless it changes otherwise.
 * It is of the next version, if nobody else changes it.
 */
export function changed(before: StoredResource, body: JsonObject, { alsoOtherwise = false } = {}): StoredResource {
  const isOwn = body !== before.body && canonicalJson(body) !== canonicalJson(before.body);
  if (!isOwn && !alsoOtherwise) return before;
  const lastModified = new Date().toISOString();
  return { ...before, rev: before.rev + (isOwn ? 1 : 0), version: before.version + 1, lastModified, body };
}
