import { backOff } from '../directory/back-off.ts';
import type { Interrupted, Member, Membership, Scope } from '../directory/store.ts';
import { partlyDone, ScimError } from '../scim/errors.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { inBatches } from './batches.ts';
import { changeAtOnce, type GroupChange } from './change-at-once.ts';
import { membersBeside } from './member-writes.ts';
import { getMembers } from './members.ts';
import { byId } from './read.ts';
import { removeResource } from './remove.ts';
import { requireMembers } from './require-members.ts';
import type { Table } from './table.ts';

/*
 * What is about more members than one transaction takes. It is made in parts, each of which leaves a group that is right. A change
 * that is atomic whatever its size takes the place of this module.
 */

/** Some parts of a change were made, and `why` the others were not. */
class PartlyDone extends ScimError {
  readonly why: ScimError;
  /** The group after the last part, if nobody else has changed it. */
  readonly reached: StoredResource;

  constructor(why: ScimError, reached: StoredResource) {
    const { status, message, retryAfter } = partlyDone();
    super(status, message, undefined, retryAfter);
    this.why = why;
    this.reached = reached;
  }
}

/** Makes a change part by part: removals first. Throws 503 where one of them cannot be made and those before it have been. */
export async function changeInParts(
  table: Table,
  scope: Scope,
  type: ResourceType,
  change: GroupChange,
  room: number,
): Promise<StoredResource | Interrupted> {
  // What is refused is to be refused before anything is done.
  const additions = await requireMembers(table, scope, change.additions);
  return makeParts(table, scope, type, { ...change, additions }, room);
}

async function makeParts(
  table: Table,
  scope: Scope,
  type: ResourceType,
  change: GroupChange,
  room: number,
): Promise<StoredResource | Interrupted> {
  const { additions, removals, isExact } = change;
  const parts = [
    ...inBatches(removals, room).map((some) => ({ removals: some, additions: [] })),
    ...inBatches(additions, room).map((some) => ({ removals: [], additions: some })),
  ];
  let { before, after } = change;
  for (const [i, part] of parts.entries()) {
    const making = changeAtOnce(table, scope, type, { before, after, ...part, isExact });
    const made = await making.catch((error: unknown) => {
      throw i > 0 && error instanceof ScimError ? new PartlyDone(error, before) : error;
    });
    if (!made) return i === 0 ? 'outdated' : 'begun';
    before = made;
    after = nextOf(made);
  }
  return before;
}

const nextOf = (group: StoredResource): StoredResource => ({ ...group, version: group.version + 1 });

/** What is left of the time of a request to remove again what could not be finished. */
const TIME_TO_REMOVE_MS = 3_000;

/**
 * Has those join a group, known to be there, that found no place in the transaction which created it. If that fails, it is
 * removed again, unless somebody else has changed it by then: what they were told is done stays. Throws 503 that says so.
 */
export async function joinCreated(
  table: Table,
  scope: Scope,
  type: ResourceType,
  { stored, members }: Membership,
  additions: readonly Member[],
): Promise<Membership> {
  const hurried = { ...scope, deadline: scope.deadline - TIME_TO_REMOVE_MS };
  let isOurs = true;
  try {
    for (let [attempt, left] = [1, additions]; ; attempt++) {
      const change = { before: stored, after: nextOf(stored), additions: left, removals: [], isExact: false };
      const outcome = await makeParts(table, hurried, type, change, membersBeside(1));
      if (typeof outcome !== 'string') return { stored: outcome, members: [...members, ...additions].toSorted(byId) };
      isOurs = false;
      await backOff(hurried, attempt);
      const now = await getMembers(
        table,
        hurried,
        type,
        stored.id,
        additions.map(({ id }) => id),
      );
      // Somebody has removed it: it had been created.
      if (!now) return { stored, members };
      const there = new Set(now.members.map(({ id }) => id));
      left = additions.filter(({ id }) => !there.has(id));
    }
  } catch (error) {
    const cut = error instanceof PartlyDone ? error : undefined;
    const removing = isOurs ? removeResource(table, scope, type, cut?.reached ?? stored, true) : undefined;
    const isRemoved = (await removing?.catch(() => undefined)) === true;
    if (isRemoved || !(error instanceof ScimError)) throw cut?.why ?? error;
    throw partlyDone(`${type.name} ${stored.id} has been created with some of its members: add the others to it`);
  }
}
