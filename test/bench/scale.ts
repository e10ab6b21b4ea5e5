import { synthesize } from '../../lib/local/synthesize.ts';
import { progress, type Section } from './report.ts';
import { GROUP_OPERATIONS } from './scale/group-operations.ts';
import { MOST_ROUNDS, measureOperation, type Target } from './scale/measure-operation.ts';
import { type AnyTurn, OPERATIONS, type Operation } from './scale/operations.ts';
import { progressBar } from './scale/progress-bar.ts';
import { type Comparison, groupsSection, usersSection } from './scale/section.ts';
import { makeGroupTurn, makeSubject, makeTurn, type Subject } from './scale/subject.ts';
import { scratchFolder } from './scratch-folder.ts';
import { startEmulator } from './start-emulator.ts';

export interface Sizes {
  /** How many users the larger directory has, and how many members its group has. */
  readonly users: number;
  /** How many the smaller one has. */
  readonly small: number;
}

/** The same operations on a small directory and on a large one, and on a group of all that each has, in DynamoDB Local, in memory. */
export async function scale(sizes: Sizes): Promise<Section[]> {
  progress('start DynamoDB and synthesize the stack');
  const folder = scratchFolder('scale');
  const template = await synthesize(folder);
  await using dynamodb = await startEmulator(folder);
  const small = await makeSubject(template, dynamodb.endpoint, sizes.small);
  const large = await makeSubject(template, dynamodb.endpoint, sizes.users);
  const subjects = [small, large];

  const ofUsers = await compare('users', OPERATIONS, (first) =>
    subjects.map((subject) => ({
      subject,
      turn: (store, round) => makeTurn(store, { users: subject.users, round, n: first + round }),
    })),
  );
  // Users are created and deleted by then, as many as one another.
  const groups = new Map<Subject, Awaited<ReturnType<Subject['loadGroup']>>>();
  for (const subject of subjects) groups.set(subject, await subject.loadGroup());
  const ofGroups = await compare('groups', GROUP_OPERATIONS, () =>
    [...groups].map(([subject, group]) => ({ subject, turn: (store, round) => makeGroupTurn(store, group, round) })),
  );
  return [usersSection(ofUsers, small, large), groupsSection(ofGroups, small, large)];
}

/** Measures operations one after the other, each at something else: `first` is how many turns there were before. */
async function compare<T extends AnyTurn>(
  what: string,
  operations: readonly Operation<T>[],
  targetsFrom: (first: number) => readonly Target<T>[],
): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  const tell = progressBar(`measure ${operations.length} operations on ${what}`, operations.length);
  for (const [i, operation] of operations.entries()) {
    const [inSmall, inLarge] = await measureOperation(operation, targetsFrom(i * MOST_ROUNDS));
    if (inSmall && inLarge) comparisons.push([operation, inSmall, inLarge]);
    tell(comparisons.length);
  }
  return comparisons;
}
