import type { Member, MemberChanges, Scope } from '../directory/store.ts';
import { uniqueness } from '../scim/errors.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { commit } from './commit.ts';
import { FORMAT, newStamp } from './items.ts';
import { resourceKey } from './keys.ts';
import { joining, leaving, MEMBERS_MAY_CHANGE, type MemberWrite } from './member-writes.ts';
import { claims, type Moves, movesBetween, releases } from './moves.ts';
import { requireMembers, typesOf } from './require-members.ts';
import type { Write } from './send.ts';
import type { Table } from './table.ts';

/** What becomes of a group: of its own attributes, and of its members. */
export interface GroupChange extends MemberChanges {
  readonly before: StoredResource;
  /** As it is if nobody else changes it: of the next version. */
  readonly after: StoredResource;
  /** Whether it is right for the version alone that was read. */
  readonly isExact: boolean;
}

/** The index entries that a change of a group moves. */
export const movesOf = ({ directory }: Scope, type: ResourceType, { before, after }: GroupChange): Moves =>
  movesBetween(directory, type, after.id, before.body, after.body);

/** One transaction. `undefined`, and nothing written, if others have changed meanwhile what it is about. */
export async function changeAtOnce(
  table: Table,
  scope: Scope,
  type: ResourceType,
  change: GroupChange,
): Promise<StoredResource | undefined> {
  const { before, after } = change;
  const moves = movesOf(scope, type, change);
  let changes: Changes = { additions: change.additions, removals: change.removals, orphans: [] };
  for (;;) {
    const stamp = newStamp(scope);
    const own = [groupUpdate(scope, type, change, stamp), ...claims(scope.directory, after.id, moves)];
    const members = memberWrites(scope, before, changes);
    const writes = [...own, ...members.map(({ write }) => write)];
    const failed = await commit(scope, table, writes, releases(scope.directory, after.id, moves), stamp);
    if (failed.length === 0) return { ...after, size: (before.size ?? 0) + change.additions.length - change.removals.length };

    const refused = failed.flatMap((position) => members[position - own.length] ?? []);
    // What is claimed and what the rows are to become follows from what was read: if that is outdated, so is all of it.
    if (failed.includes(0) || refused.some(({ of }) => of === 'row')) return undefined;
    const taken = failed.map((position) => moves.added[position - 1]).find((entry) => entry !== undefined);
    if (taken) throw uniqueness(taken.attribute);
    const corrected = await correct(table, scope, changes, refused);
    if (!corrected) return undefined;
    changes = corrected;
  }
}

interface Changes extends MemberChanges {
  /** Who is to leave and is no resource any more, which only a mistake can have brought about. */
  readonly orphans: readonly Member[];
}

const memberWrites = (scope: Scope, group: StoredResource, { additions, removals, orphans }: Changes): MemberWrite[] => [
  ...leaving(scope, group, removals),
  ...leaving(scope, group, orphans).filter(({ of }) => of === 'row'),
  ...joining(scope, group, additions),
];

/**
 * The same changes, with the types that those have whose items were refused: a client need not say which it is. `undefined` where
 * nothing was wrong with them.
 */
async function correct(table: Table, scope: Scope, changes: Changes, refused: readonly MemberWrite[]): Promise<Changes | undefined> {
  const ids = new Set(refused.map(({ member }) => member.id));
  const isRefused = ({ id }: Member) => ids.has(id);
  const additions = await requireMembers(table, scope, changes.additions.filter(isRefused));
  const leavers = changes.removals.filter(isRefused);
  const found = await typesOf(table, scope, leavers);
  const known = new Map([...additions, ...found.values()].map((member) => [member.id, member]));
  const typed = (member: Member): Member => known.get(member.id) ?? member;
  const isWrong = ({ id, type }: Member) => known.get(id)?.type !== type;
  if (![...changes.additions, ...changes.removals].filter(isRefused).some(isWrong)) return undefined;
  const orphans = leavers.filter(({ id }) => !found.has(id));
  return {
    additions: changes.additions.map(typed),
    removals: changes.removals.filter((member) => !orphans.includes(member)).map(typed),
    orphans: [...changes.orphans, ...orphans],
  };
}

/** The group's own part: its attributes if they change, which is conditional on those that were read, and what counts its members. */
function groupUpdate(
  { directory }: Scope,
  type: ResourceType,
  { before, after, additions, removals, isExact }: GroupChange,
  stamp: string,
): Write {
  const isOwn = after.rev !== before.rev;
  const conditions = [
    MEMBERS_MAY_CHANGE,
    'fan = :fan',
    ...(isOwn ? ['rev = :readRev'] : []),
    ...(isExact ? ['#version = :readVersion'] : []),
  ];
  return {
    Update: {
      Key: resourceKey(directory, type, after.id),
      UpdateExpression: `SET lastModified = :now, stamp = :stamp, #format = :format${isOwn ? ', body = :body, rev = :rev' : ''} ADD #version :one, #size :more, #keys :put`,
      ConditionExpression: conditions.join(' AND '),
      ExpressionAttributeNames: { '#format': 'format', '#version': 'version', '#size': 'size', '#keys': 'keys' },
      ExpressionAttributeValues: {
        ':now': after.lastModified,
        ':stamp': stamp,
        ':format': FORMAT,
        ':one': 1,
        ':more': additions.length - removals.length,
        ':put': additions.length,
        ':fan': before.fan ?? 1,
        ...(isOwn && { ':body': after.body, ':rev': after.rev, ':readRev': before.rev }),
        ...(isExact && { ':readVersion': before.version }),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}
