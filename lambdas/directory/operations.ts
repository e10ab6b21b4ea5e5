import { randomUUID } from 'node:crypto';
import type { Candidate } from '../scim/catalogue.ts';
import { notFound } from '../scim/errors.ts';
import { grantsIn, grantsInOperations } from '../scim/foreseen-grants.ts';
import type { GrantingChange } from '../scim/grants.ts';
import { givenId } from '../scim/ids.ts';
import type { JsonObject } from '../scim/json.ts';
import type { Operation } from '../scim/patch/actions.ts';
import { patch as applyPatch } from '../scim/patch/patch.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { type Validated, validate } from '../scim/validate.ts';
import { backOff } from './back-off.ts';
import { type Directory, note, type Precondition, requireWriter } from './directory.ts';
import { foresee, requireUngranted, withGrants } from './grants.ts';
import { apart, hasMembers, patchGroup, replaceGroup, requireValues } from './groups.ts';
import type { Criteria, Member, Page, Window } from './store.ts';
import { readStored, untilCurrent, writeChanged } from './until-current.ts';

export type { Directory, Precondition } from './directory.ts';

/** A resource that has just been created, and its members if it is of a type that has members: nobody need read them. */
export interface Created extends StoredResource {
  readonly members?: readonly Member[];
}

export async function create(directory: Directory, type: ResourceType, body: Record<string, unknown>): Promise<Created> {
  requireWriter(directory, type);
  const now = new Date().toISOString();
  if (hasMembers(type)) requireValues(type, body);
  const { resource, unknowns } = validate(type, body, { to: 'create' });
  note(directory, unknowns);
  const id = givenId(type, body) ?? randomUUID();
  const first = firstVersion(type);
  const whole: StoredResource = { id, rev: first, version: first, created: now, lastModified: now, body: resource };
  const { body: own, members: wanted } = hasMembers(type) ? apart(type, resource) : { body: resource };
  for (let attempt = 1; ; attempt++) {
    const granted = await withGrants(directory, type, {}, own, { isPartial: false });
    const created = await directory.store.create(directory, type, { ...whole, body: granted }, wanted);
    if (created !== 'outdated') return { ...created.stored, ...(wanted && { members: created.members }) };
    await backOff(directory, attempt);
  }
}

/**
 * What the `rev` and the `version` of a new resource are. An id that is given may have been another resource's, which is gone: no
 * ETag of that one, and nothing that was computed from it, is to hold for this one. So it begins behind all that the other one can
 * have reached, as nobody makes a thousand changes a second to one resource.
 */
const firstVersion = ({ givenIds }: ResourceType): number => (givenIds ? Date.now() : 1);

export async function get(directory: Directory, type: ResourceType, id: string): Promise<StoredResource> {
  const stored = await directory.store.get(directory, type, id);
  if (!stored) throw notFound(id);
  return stored;
}

export const search = (directory: Directory, type: ResourceType, window: Window, criteria?: Criteria): Promise<Page> =>
  directory.store.search(directory, type, window, criteria);

export async function replace(
  directory: Directory,
  type: ResourceType,
  id: string,
  body: Record<string, unknown>,
  precondition?: Precondition,
): Promise<StoredResource> {
  requireWriter(directory, type);
  return hasMembers(type)
    ? replaceGroup(directory, type, id, body, precondition)
    : change(directory, type, id, precondition, { isPartial: false, candidates: grantsIn(type, body) }, (current) =>
        validate(type, body, { to: 'replace', current }),
      );
}

export async function patch(
  directory: Directory,
  type: ResourceType,
  id: string,
  operations: readonly Operation[],
  precondition?: Precondition,
): Promise<StoredResource> {
  requireWriter(directory, type);
  return hasMembers(type)
    ? patchGroup(directory, type, id, operations, precondition)
    : change(directory, type, id, precondition, { isPartial: true, candidates: grantsInOperations(type, operations) }, (current) =>
        applyPatch(type, current, operations),
      );
}

/** What is to become of those to whom a resource is granted that is removed. */
export interface RemoveOptions {
  /** Whether it is taken from them; else it is not removed. */
  readonly cascade?: boolean;
}

export async function remove(
  directory: Directory,
  type: ResourceType,
  id: string,
  precondition?: Precondition,
  { cascade = false }: RemoveOptions = {},
): Promise<void> {
  requireWriter(directory, type);
  await untilCurrent(
    directory,
    id,
    precondition,
    () => readStored(directory, type, id),
    async ({ stored }, isConditional) => {
      const interrupted = await requireUngranted(directory, type, stored, cascade);
      return interrupted ?? directory.store.remove(directory, type, stored, isConditional);
    },
  );
}

/** Reads a resource, and what is going to be asked of the catalogue. */
const reading = (directory: Directory, type: ResourceType, id: string, candidates: readonly Candidate[]) => async () => {
  const [read, foreseen] = await Promise.all([readStored(directory, type, id), foresee(directory, candidates)]);
  return read && { ...read, foreseen };
};

/** How a client has said what becomes of a resource, and what it may be going to be granted by that. */
interface Way extends GrantingChange {
  readonly candidates: readonly Candidate[];
}

/**
 * Reads a resource, computes what becomes of it and writes that. What changes nothing is not written. It is right for the version
 * that was read alone, so that the answer can say which one it is.
 */
const change = (
  directory: Directory,
  type: ResourceType,
  id: string,
  precondition: Precondition | undefined,
  way: Way,
  compute: (current: JsonObject) => Validated,
): Promise<StoredResource> =>
  untilCurrent(directory, id, precondition, reading(directory, type, id, way.candidates), async ({ stored: before, foreseen }) => {
    const { resource, unknowns } = compute(before.body);
    note(directory, unknowns);
    return writeChanged(directory, type, before, await withGrants(directory, type, before.body, resource, way, foreseen));
  });
