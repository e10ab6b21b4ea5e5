import { expect } from '@jest/globals';
import fc from 'fast-check';
import { create, patch, remove, search } from '../../../lambdas/directory/operations.ts';
import type { StoredResource } from '../../../lambdas/scim/resource.ts';
import { user, userSchema } from '../../../lambdas/scim/schemas/user.ts';
import type { Open } from './commands.ts';
import { type Email, fold, type Person } from './people.ts';

/*
 * Operations that are started at once, on few users. Nobody knows in which order they come to be done: what is there after
 * them must be explained by some order.
 */

const names = fc.constantFrom('ada', 'ADA', 'grace', 'Grace', 'alan', 'edith');
/** Which of the users that there are. */
const who = fc.nat({ max: 3 });

export type Act =
  | { readonly kind: 'create'; readonly userName: string }
  | { readonly kind: 'rename'; readonly who: number; readonly userName: string }
  /** Adds an e-mail address that nobody else adds. */
  | { readonly kind: 'add'; readonly who: number }
  | { readonly kind: 'remove'; readonly who: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('create' as const), userName: names }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('rename' as const), who, userName: names }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('add' as const), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), who }) },
);

export const batches: fc.Arbitrary<Act[][]> = fc.array(fc.array(act, { minLength: 4, maxLength: 12, size: 'max' }), {
  minLength: 2,
  maxLength: 4,
  size: 'max',
});

/** An act, whom it was about, and what was answered. */
interface Done {
  readonly act: Act;
  readonly id?: string | undefined;
  readonly address: string;
  readonly answer?: StoredResource | undefined;
  /** The status of an error. */
  readonly refused?: number | undefined;
}

export const listed = async (open: Open, directory: string): Promise<readonly StoredResource[]> =>
  (await search(open(directory), user, { startIndex: 1, count: 1_000 })).resources;

let addresses = 0;

async function perform(open: Open, directory: string, act: Act, before: readonly StoredResource[]): Promise<Done> {
  const id = act.kind === 'create' ? undefined : before[act.who % before.length]?.id;
  const address = `${++addresses}@x`;
  const request = open(directory);
  const start = async (): Promise<StoredResource | undefined> => {
    if (act.kind === 'create') return create(request, user, { schemas: [userSchema.id], userName: act.userName });
    if (id === undefined) return undefined;
    if (act.kind === 'rename') return patch(request, user, id, [{ op: 'replace', path: 'userName', value: act.userName }]);
    if (act.kind === 'add') return patch(request, user, id, [{ op: 'add', path: 'emails', value: [{ value: address }] }]);
    await remove(request, user, id);
    return undefined;
  };
  return start().then(
    (answer) => ({ act, id, address, answer }),
    (error: unknown) => ({ act, id, address, refused: (Object(error) as { status?: number }).status ?? 500 }),
  );
}

/** Does everything of a batch at once. What is there afterwards must be what some order of it leaves. */
export async function performAtOnce(open: Open, directory: string, acts: readonly Act[]): Promise<void> {
  const before = await listed(open, directory);
  const done = await Promise.all(acts.map((one) => perform(open, directory, one, before)));
  const after = await listed(open, directory);
  const gone = expectRemovals(done, before, after);
  for (const { act: one, id, refused } of done.filter(({ refused }) => refused !== undefined)) {
    if (refused === 404) expect(gone).toContain(id);
    else expect([one.kind, refused]).toEqual([expect.stringMatching(/create|rename/), 409]);
  }
  expectNames(done, before, after);
  for (const stored of after) expectChanges(done, before, stored);
  const { totalResults } = await search(open(directory), user, { startIndex: 1, count: 0 });
  expect(totalResults).toBe(after.length);
}

/** Who was created is there, and who was there and not removed; of those who remove one user, one alone is told that it did. */
function expectRemovals(done: readonly Done[], before: readonly StoredResource[], after: readonly StoredResource[]): string[] {
  const gone = done.flatMap(({ act: { kind }, id, refused }) => (kind === 'remove' && id && refused === undefined ? [id] : []));
  expect(new Set(gone).size).toBe(gone.length);
  const created = done.flatMap(({ act: { kind }, answer }) => (kind === 'create' && answer ? [answer.id] : []));
  const left = before.map(({ id }) => id).filter((id) => !gone.includes(id));
  expect(after.map(({ id }) => id)).toEqual([...left, ...created].sort());
  return gone;
}

const nameOf = ({ body }: StoredResource) => fold(String(body.userName));

/** Nobody shares a userName, and none was refused that nobody had or was given. */
function expectNames(done: readonly Done[], before: readonly StoredResource[], after: readonly StoredResource[]) {
  expect(new Set(after.map(nameOf)).size).toBe(after.length);
  const had = new Set([...before, ...done.flatMap(({ answer = [] }) => answer)].map(nameOf));
  for (const { act: one, refused } of done) if (refused === 409 && 'userName' in one) expect(had).toContain(fold(one.userName));
}

/** Every change that was answered is there, once, and no other. */
function expectChanges(done: readonly Done[], before: readonly StoredResource[], stored: StoredResource) {
  const ours = done.filter(({ id, answer }) => id === stored.id && answer);
  const was = before.find(({ id }) => id === stored.id);
  const emails = (person: Person | undefined) => (person?.emails ?? []).map(({ value }: Pick<Email, 'value'>) => value);
  const added = ours.flatMap(({ act: { kind }, address }) => (kind === 'add' ? [address] : []));
  const all = [...emails(was?.body as Person | undefined), ...added];
  expect(emails(stored.body as unknown as Person).sort()).toEqual(all.sort());

  const { length: renamed } = ours.filter(({ act: { kind } }) => kind === 'rename');
  const atMost = (was?.version ?? 1) + ours.length;
  // To be given the name that one has changes nothing.
  expect(stored.version).toBeLessThanOrEqual(atMost);
  expect(stored.version).toBeGreaterThanOrEqual(atMost - renamed);
}
