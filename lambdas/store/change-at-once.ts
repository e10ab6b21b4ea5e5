import type { MemberChanges, Membership, Scope } from '../directory/store.ts';
import { uniqueness } from '../scim/errors.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { commit } from './commit.ts';
import { groupUpdate } from './group-update.ts';
import { newStamp } from './items.ts';
import { asLeased } from './lease.ts';
import { itemWrite, type MemberChange, memberChanges, type Rows, rowWrite } from './member-writes.ts';
import { claims, type Moves, movesBetween, releases } from './moves.ts';
import { requireMembers, typesOf } from './require-members.ts';
import type { Write } from './send.ts';
import type { Table } from './table.ts';

/** What becomes of a group: of its own attributes, and of its members. */
export interface GroupChange extends MemberChanges {
  /** What the changes were told from. */
  readonly before: Membership;
  /** As it is if nobody else changes it: of the next version, and with the `fan` that it has from now on. */
  readonly after: StoredResource & { readonly fan: number };
  /** Whether it is right for the version alone that was read. */
  readonly isExact: boolean;
}

/** The index entries that a change of a group moves. */
export const movesOf = ({ directory }: Scope, type: ResourceType, { before, after }: GroupChange): Moves =>
  movesBetween(directory, type, after.id, before.stored.body, after.body);

/** One transaction. `undefined`, and nothing written, if others have changed meanwhile what it is about. */
export async function changeAtOnce(
  table: Table,
  scope: Scope,
  type: ResourceType,
  change: GroupChange,
): Promise<StoredResource | undefined> {
  const { before, after } = change;
  const moves = movesOf(scope, type, change);
  const more = change.additions.length - change.removals.length;
  // Where rows are from now on may be elsewhere: who has joined since the group was read has one where they were.
  const rows = { id: after.id, fan: before.stored.fan ?? 1 };
  let changes: readonly Change[] = memberChanges(before, change);
  for (;;) {
    const stamp = newStamp(scope);
    const update = groupUpdate(scope, type, { ...change, more, lease: asLeased(before.stored) }, stamp);
    const own = [update, ...claims(scope.directory, after.id, moves)];
    const members = changes.flatMap((one) => memberWrites(scope, rows, one));
    const writes = [...own, ...members.map(({ write }) => write)];
    const failed = await commit(scope, table, writes, releases(scope.directory, after.id, moves), stamp);
    if (failed.length === 0) return { ...after, size: (before.stored.size ?? 0) + more };

    const refused = failed.flatMap((position) => members[position - own.length] ?? []);
    // What is claimed and what the rows are to become follows from what was read: if that is outdated, so is all of it.
    if (failed.includes(0) || refused.some(({ of }) => of === 'row')) return undefined;
    const taken = failed.map((position) => moves.added[position - 1]).find((entry) => entry !== undefined);
    if (taken) throw uniqueness(taken.attribute);
    const corrected = await correct(table, scope, changes, new Set(refused.map((one) => one.change)));
    if (!corrected) return undefined;
    changes = corrected;
  }
}

interface Change extends MemberChange {
  /** Whether this is no resource any more, which only a mistake can have brought about. */
  readonly isOrphan?: boolean;
}

interface MemberWrite {
  readonly change: Change;
  readonly of: 'row' | 'item';
  readonly write: Write;
}

const memberWrites = (scope: Scope, rows: Rows, change: Change): MemberWrite[] => [
  { change, of: 'row', write: rowWrite(scope, rows, change) },
  ...(change.isOrphan ? [] : [{ change, of: 'item' as const, write: itemWrite(scope, rows.id, change) }]),
];

/**
 * The same changes, with the types that those have whose items were refused: a client need not say which it is. `undefined` where
 * nothing was wrong with them.
 */
async function correct(
  table: Table,
  scope: Scope,
  changes: readonly Change[],
  refused: ReadonlySet<Change>,
): Promise<Change[] | undefined> {
  const some = (kind: Change['kind']) => [...refused].filter((one) => one.kind === kind).map(({ member }) => member);
  const joiners = await requireMembers(table, scope, some('joins'));
  const leavers = await typesOf(table, scope, some('leaves'));
  const known = new Map([...joiners, ...leavers.values()].map((member) => [member.id, member]));
  const corrected = changes.map((change): Change => {
    if (!refused.has(change)) return change;
    const member = known.get(change.member.id);
    return member ? { ...change, member } : { ...change, isOrphan: true };
  });
  const isCorrected = (change: Change, i: number) =>
    change.isOrphan !== changes[i]?.isOrphan || change.member.type !== changes[i]?.member.type;
  return corrected.some(isCorrected) ? corrected : undefined;
}
