import { randomUUID } from 'node:crypto';
import { notFound, preconditionFailed } from '../scim/errors.ts';
import { canonicalJson, type JsonObject } from '../scim/json.ts';
import type { Operation } from '../scim/patch/actions.ts';
import { patch as applyPatch } from '../scim/patch/patch.ts';
import { etag, type StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { type Validated, validate } from '../scim/validate.ts';
import { backOff } from './back-off.ts';
import { type Directory, note, type Precondition } from './directory.ts';
import { apart, hasMembers, patchGroup, replaceGroup } from './groups.ts';
import type { Criteria, Member, Page, Window } from './store.ts';

export type { Directory, Precondition } from './directory.ts';

/** A resource that has just been created, and its members if it is of a type that has members: nobody need read them. */
export interface Created extends StoredResource {
  readonly members?: readonly Member[];
}

export async function create(directory: Directory, type: ResourceType, body: Record<string, unknown>): Promise<Created> {
  const now = new Date().toISOString();
  const { resource, unknowns } = validate(type, body, { to: 'create' });
  note(directory, unknowns);
  const whole: StoredResource = { id: randomUUID(), rev: 1, version: 1, created: now, lastModified: now, body: resource };
  if (!hasMembers(type)) return (await directory.store.create(directory, type, whole)).stored;
  const { body: own, members: wanted } = apart(type, resource);
  const { stored, members } = await directory.store.create(directory, type, { ...whole, body: own }, wanted);
  return { ...stored, members };
}

export async function get(directory: Directory, type: ResourceType, id: string): Promise<StoredResource> {
  const stored = await directory.store.get(directory, type, id);
  if (!stored) throw notFound(id);
  return stored;
}

export const search = (directory: Directory, type: ResourceType, window: Window, criteria?: Criteria): Promise<Page> =>
  directory.store.search(directory, type, window, criteria);

export const replace = (
  directory: Directory,
  type: ResourceType,
  id: string,
  body: Record<string, unknown>,
  precondition?: Precondition,
): Promise<StoredResource> =>
  hasMembers(type)
    ? replaceGroup(directory, type, id, body, precondition)
    : change(directory, type, id, precondition, (current) => validate(type, body, { to: 'replace', current }));

export const patch = (
  directory: Directory,
  type: ResourceType,
  id: string,
  operations: readonly Operation[],
  precondition?: Precondition,
): Promise<StoredResource> =>
  hasMembers(type)
    ? patchGroup(directory, type, id, operations, precondition)
    : change(directory, type, id, precondition, (current) => applyPatch(type, current, operations));

export async function remove(directory: Directory, type: ResourceType, id: string, precondition?: Precondition): Promise<void> {
  await untilCurrent(directory, type, id, precondition, (stored) =>
    directory.store.remove(directory, type, stored, precondition !== undefined),
  );
}

/** Reads a resource, computes what becomes of it and writes that. What changes nothing is not written. */
const change = (
  directory: Directory,
  type: ResourceType,
  id: string,
  precondition: Precondition | undefined,
  compute: (current: JsonObject) => Validated,
): Promise<StoredResource> =>
  untilCurrent(directory, type, id, precondition, async (before) => {
    const { resource: body, unknowns } = compute(before.body);
    note(directory, unknowns);
    if (canonicalJson(body) === canonicalJson(before.body)) return before;
    const lastModified = new Date().toISOString();
    const after: StoredResource = {
      ...before,
      rev: before.rev + 1,
      version: before.version + 1,
      lastModified,
      body,
    };
    return (await directory.store.update(directory, type, before, after, precondition !== undefined)) && after;
  });

/**
 * Reads a resource and acts on it, again with a new reading for as long as others change it in between, until the deadline.
 * The client's precondition is held against every reading: 412 says that a reading showed another version, and nothing else.
 */
async function untilCurrent<T>(
  directory: Directory,
  type: ResourceType,
  id: string,
  precondition: Precondition | undefined,
  act: (stored: StoredResource) => Promise<T | false>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const stored = await get(directory, type, id);
    if (precondition && !precondition(etag(stored))) throw preconditionFailed(id);
    const result = await act(stored);
    if (result !== false) return result;
    await backOff(directory, attempt);
  }
}
