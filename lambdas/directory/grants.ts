import pMap from 'p-map';
import { type Candidate, type Catalogue, UNASKED } from '../scim/catalogue.ts';
import { conflict, partlyDone, ScimError } from '../scim/errors.ts';
import { candidatesOf, type GrantingChange, withoutGrant } from '../scim/grants.ts';
import type { JsonObject } from '../scim/json.ts';
import type { StoredResource } from '../scim/resource.ts';
import { holderTypes } from '../scim/schemas/registry.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { settleGrants } from '../scim/settle-grants.ts';
import type { Directory } from './directory.ts';
import type { Interrupted } from './store.ts';
import { readStored, untilCurrent, writeChanged } from './until-current.ts';

/** The most candidates that are read before it is known whether they are needed: as many as one request to the database takes. */
const MAX_FORESEEN = 90;

/** Reads what a request may be going to grant, beside what it is about: most often it then has all that it needs. */
export const foresee = async (directory: Directory, candidates: readonly Candidate[]): Promise<Catalogue> =>
  candidates.length > 0 && candidates.length <= MAX_FORESEEN ? directory.store.catalogue(directory, candidates) : UNASKED;

/** What a resource becomes, with what it is granted now held against the directory's catalogue: see `settleGrants`. */
export async function withGrants(
  directory: Directory,
  type: ResourceType,
  before: JsonObject,
  after: JsonObject,
  way: GrantingChange,
  foreseen = UNASKED,
): Promise<JsonObject> {
  const candidates = candidatesOf(type, before, after, way);
  const catalogue = foreseen.covers(candidates) ? foreseen : await directory.store.catalogue(directory, candidates);
  return settleGrants(type, before, after, way, catalogue);
}

/**
 * Sees to it that a resource is granted to nobody before it is removed. Throws 409 with the number of those who have it, unless it is
 * to be taken from them: 'begun' if it was, as the resource may not be what it was, then. 'outdated' if that was not so from the
 * beginning, so that its own number says nothing.
 */
export async function requireUngranted(
  directory: Directory,
  type: ResourceType,
  { id, version, assigned = 0 }: StoredResource,
  cascade: boolean,
): Promise<Interrupted | undefined> {
  const holding = holderTypes(type);
  const counting = (holder: ResourceType) =>
    cascade ? takeAway(directory, holder, { type, id }) : directory.store.countHolders(directory, holder, { type, id });
  const total = (await Promise.all(holding.map(counting))).reduce((sum, count) => sum + count, 0);
  if (total > 0 && cascade) return 'begun';
  const isInDoubt = type.counted && total === 0 && assigned > 0;
  if (isInDoubt && (await directory.store.get(directory, type, id))?.version !== version) return 'outdated';
  if (isInDoubt && cascade) throw conflict(`${type.name} ${id} counts ${usersOf(assigned)}, and nobody has it: a repair counts anew`);
  const most = type.counted ? Math.max(total, assigned) : total;
  if (most > 0) throw conflict(`${type.name} ${id} is granted to ${usersOf(most)}: take it from them first, or add cascade=true`);
  return undefined;
}

const usersOf = (count: number): string => (count === 1 ? '1 user' : `${count} users`);

/** How many holders are changed at once. */
const CHANGES = 16;

/** Takes a resource from all to whom it is granted, and gives how many these were. Throws 503 where some of them are left. */
async function takeAway(directory: Directory, holder: ResourceType, granted: Candidate): Promise<number> {
  let count = 0;
  const takeFrom = async (id: string) => {
    await revoke(directory, holder, id, granted);
    count++;
  };
  try {
    for await (const some of directory.store.holders(directory, holder, granted)) await pMap(some, takeFrom, { concurrency: CHANGES });
    return count;
  } catch (error) {
    throw count > 0 && error instanceof ScimError ? partlyDone() : error;
  }
}

/** Whoever is gone by now has nothing any more. */
async function revoke(directory: Directory, holder: ResourceType, id: string, granted: Candidate): Promise<void> {
  const read = () => readStored(directory, holder, id);
  const act = ({ stored }: { stored: StoredResource }) =>
    writeChanged(directory, holder, stored, withoutGrant(holder, stored.body, granted));
  await untilCurrent(directory, id, undefined, read, act).catch((error: unknown) => {
    if (!(error instanceof ScimError) || error.status !== 404) throw error;
  });
}
