import { type Candidate, candidatesWithout } from '../scim/catalogue.ts';
import { tooMany } from '../scim/errors.ts';
import { countedGrants } from '../scim/grants.ts';
import type { JsonObject } from '../scim/json.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { assign, unassign } from './assignments.ts';
import { type IndexEntry, indexEntries, isGivenUpAtOnce, moves } from './index-entries.ts';
import { claim, release } from './items.ts';
import { MAX_WRITES, type Write } from './send.ts';

/** What a change of a resource moves beside its own item: index entries, and what counts to how many something is granted. */
export interface Moves {
  readonly added: readonly IndexEntry[];
  readonly removed: readonly IndexEntry[];
  readonly granted: readonly Candidate[];
  readonly revoked: readonly Candidate[];
}

/** The resource itself, and its count. */
const OWN_WRITES = 2;

const NOTHING: Moves = { added: [], removed: [], granted: [], revoked: [] };

/** Throws `tooMany` where that does not find place in one transaction, or where a delete of what results would not. */
export function movesBetween(directory: string, type: ResourceType, id: string, before: JsonObject, after: JsonObject): Moves {
  // Of a group whose members alone change.
  if (after === before) return NOTHING;
  const entries = indexEntries(directory, type, id, after);
  const { added, removed } = moves(type, indexEntries(directory, type, id, before), entries);
  const [had, has] = [countedGrants(type, before), countedGrants(type, after)];
  const all: Moves = { added, removed, granted: candidatesWithout(has, had), revoked: candidatesWithout(had, has) };
  requireRoom(type, all.granted.length + all.revoked.length, added.length + removed.length);
  if (all.granted.length > 0) requireRoom(type, has.length, entries.filter((entry) => isGivenUpAtOnce(type, entry)).length);
  return all;
}

function requireRoom({ grants }: ResourceType, counted: number, entries: number): void {
  if (counted === 0 || counted + entries <= MAX_WRITES - OWN_WRITES) return;
  const names = grants.map(({ attribute }) => attribute).join(', ');
  throw tooMany(`${names}: ${counted} of what is counted are too many for one user, or one request, beside ${entries} other values`);
}

/** The writes by which a resource claims what it needs: its index entries first. Each is refused where that is not to be had. */
export const claims = (directory: string, id: string, { added, granted }: Moves): Write[] => [
  ...added.map((entry) => claim(entry, id)),
  ...granted.map((one) => assign(directory, one)),
];

/** The writes by which a resource gives up what it has. */
export const releases = (directory: string, id: string, { removed, revoked }: Pick<Moves, 'removed' | 'revoked'>): Write[] => [
  ...removed.map((entry) => release(entry, id)),
  ...revoked.map((one) => unassign(directory, one)),
];
