import type { Scope } from '../directory/store.ts';
import { allEnded } from './all-ended.ts';
import { inBatches } from './batches.ts';
import { resourceKey } from './keys.ts';
import { type Kind, markFor, stagedEntry } from './marks.ts';
import type { MemberChange } from './member-writes.ts';
import { readSome } from './members.ts';
import { patience } from './patience.ts';
import { requireMembers, typesOf } from './require-members.ts';
import { itemStatement, rowStatement, type StagedChange, type Staging } from './staged-change.ts';
import { BATCHES, executeStatements, isRefusal, requireDecided, type Statement, UNANSWERED } from './statements.ts';
import type { Table } from './table.ts';
import { type Marked, tidy, unstaging } from './tidy.ts';

/** What a large change has marked. */
export interface Staged {
  /** The names under which its marks count, if they are applied. */
  readonly names: readonly string[];
  readonly marked: readonly Marked[];
  /** How many members the group has more with them. */
  readonly more: number;
}

/** How many parts of a change are staged at once, and how many members make one worth while. */
const LANES = 16;
const MEMBERS_PER_LANE = 250;
/** Rows and members are marked side by side. */
const KINDS = 2;

/**
 * Marks all that a change is about. Throws `invalidValue` and `tooMany` where somebody has gone, or has joined too many groups, in the
 * meantime; what was marked counts for nothing then, and is swept as far as time allows.
 *
 * A change has several names, one for each part. A request whose answer was lost may arrive at any later time, when others have
 * changed what it is about: so its name is given up, and what had been marked by it is marked by another one. No request that could
 * write a name is under way when that is applied.
 */
export async function stage(table: Table, scope: Scope, group: Staging, changes: readonly MemberChange[], change: string): Promise<Staged> {
  const size = Math.max(MEMBERS_PER_LANE, Math.ceil(changes.length / LANES));
  const parts = inBatches(amongPartitions(changes), size);
  const batches = Math.ceil(BATCHES / KINDS / parts.length);
  const lanes = parts.map((some, i): Lane => ({ name: `${change}.${i}.1`, changes: some, batches }));
  const over = new AbortController();
  const staged = await Promise.allSettled(lanes.map((lane) => stageLane({ table, scope, group, over }, lane)));
  const marked = lanes.flatMap(markedIn);
  if (staged.some(({ status }) => status === 'rejected')) {
    await tidy(table, scope, group, marked, new Set()).catch(() => undefined);
    throw over.signal.reason;
  }
  const joining = marked.filter(({ kind }) => kind === 'joins').length;
  return { names: lanes.map(({ name }) => name), marked, more: joining - (marked.length - joining) };
}

/** In the order of the ends of ids, as good as chance: of a partition key, DynamoDB takes 1,000 writes a second. */
const amongPartitions = (changes: readonly MemberChange[]): MemberChange[] => {
  const end = ({ member: { id } }: MemberChange) => id.slice(-12);
  return changes.toSorted((a, b) => (end(a) < end(b) ? -1 : 1));
};

/** A part of a change, that has one name at a time. */
interface Lane {
  name: string;
  changes: readonly StagedChange[];
  /** How many batches of each kind are under way at once: fewer where answers do not come in time. */
  batches: number;
}

const markOf = ({ name }: Lane, { kind }: StagedChange) => markFor(name, kind);

const markedIn = (lane: Lane): Marked[] =>
  lane.changes.map((change) => ({
    member: change.member,
    kind: change.kind,
    row: { type: change.member.type, ...change.row, mark: markOf(lane, change) },
  }));

interface Surroundings {
  readonly table: Table;
  readonly scope: Scope;
  readonly group: Staging;
  /** Ends all lanes with the error of the first that fails. */
  readonly over: AbortController;
}

async function stageLane(around: Surroundings, lane: Lane): Promise<void> {
  const wait = patience(around.scope);
  let left = lane.changes;
  try {
    for (let attempt = 2; ; attempt++) {
      const outcomes = await write(around, lane, left);
      requireDecided(outcomes);
      const isLost = outcomes.includes(UNANSWERED);
      const again = isLost ? lane.changes : left.filter((_, i) => isRefusal(outcomes[i]));
      if (again.length === 0) return;
      await wait(isLost ? 'outage' : 'conflict');
      left = await lookAgain(around, again);
      const stay = new Set(isLost ? [] : left.map(({ member }) => member.id));
      // Who need not be marked may have it staged all the same, and it would count; so may who is marked by another name from now on.
      const others = again.filter(({ member }) => !stay.has(member.id));
      await unstage(around, lane, others, (change) => markOf(lane, change));
      lane.changes = [...lane.changes.filter((change) => !again.includes(change)), ...left];
      if (!isLost) continue;
      lane.name = lane.name.replace(/\d+$/, String(attempt));
      lane.batches = Math.ceil(lane.batches / 2);
    }
  } catch (error) {
    around.over.abort(error);
    throw error;
  }
}

/** Has statements executed for some changes, and gives the codes of each, `undefined` as well where there is none. */
async function execute(
  { table, scope, over }: Surroundings,
  { batches }: Lane,
  statements: readonly (Statement | undefined)[],
  { once = false } = {},
): Promise<(string | undefined)[]> {
  const written = statements.filter((one) => one !== undefined);
  const codes = [...(await executeStatements(table, scope, written, { once, signal: over.signal, concurrency: batches }))];
  return statements.map((one) => one && codes.shift());
}

/** Takes from some members what is staged with marks that do not count, and never will. */
async function unstage(
  around: Surroundings,
  lane: Lane,
  changes: readonly StagedChange[],
  markFor: (change: StagedChange) => string | undefined,
) {
  const { table, scope, group } = around;
  const statementFor = (change: StagedChange) => {
    const { member, isOrphan } = change;
    const mark = markFor(change);
    if (mark === undefined || isOrphan) return undefined;
    return unstaging(table.name, resourceKey(scope.directory, { name: member.type }, member.id), [stagedEntry(group.id, mark)]);
  };
  requireDecided(await execute(around, lane, changes.map(statementFor)));
}

/** Tells of each change how it ended: done if both of its statements are. */
async function write(around: Surroundings, lane: Lane, changes: readonly StagedChange[]): Promise<(string | undefined)[]> {
  const { table, scope, group } = around;
  // A row alone tells of what is staged by a change that was given up: that goes before the row is written over.
  await unstage(around, lane, changes, (change) => (change.row?.mark === markOf(lane, change) ? undefined : change.row?.mark));
  const ofRow = (change: StagedChange) => rowStatement(table, scope, group, change, markOf(lane, change));
  const ofItem = (change: StagedChange) => itemStatement(table, scope, group, change, markOf(lane, change));
  const [ofRows, ofItems] = await allEnded(
    [ofRow, ofItem].map((statementFor) => execute(around, lane, changes.map(statementFor), { once: true })),
  );
  const both = changes.map((_, i) => [ofRows?.[i], ofItems?.[i]]);
  return both.map((codes) => (codes.includes(UNANSWERED) ? UNANSWERED : codes.find((code) => code !== undefined)));
}

/** How many batches are read at once: of each lane, of which there are several. */
const READS = 4;

/** What is left to do of some changes, by what there is now: who has joined or left before all this began need not any more. */
async function lookAgain({ table, scope, group }: Surroundings, changes: readonly StagedChange[]): Promise<StagedChange[]> {
  const some = (kind: Kind) => changes.filter((one) => one.kind === kind).map(({ member }) => member);
  const ids = changes.map(({ member }) => member.id);
  const [{ members, rows }, joiners, leavers] = await Promise.all([
    readSome(table, scope, group, ids, READS),
    requireMembers(table, scope, some('joins')),
    typesOf(table, scope, some('leaves')),
  ]);
  const there = new Map(members.map((member) => [member.id, member]));
  const known = new Map([...joiners, ...leavers.values()].map(({ id, type }) => [id, { id, type }]));
  return changes.flatMap((change): StagedChange[] => {
    const { id } = change.member;
    const now = there.get(id);
    if ((now !== undefined) === (change.kind === 'joins')) return [];
    const member = known.get(id);
    const row = rows?.get(id) ?? (now && { type: now.type });
    return [{ ...change, row, ...(member ? { member } : { isOrphan: true }) }];
  });
}
