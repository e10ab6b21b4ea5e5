import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { create, remove, search } from '../../lambdas/directory/operations.ts';
import type { Page } from '../../lambdas/directory/store.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { givingId, type TestTable, testTable } from '../support/test-table.ts';
import { directoryOf } from './model/directories.ts';
import { ids } from './model/people.ts';

// The same runs each time: a change that fails, fails for what it changed.
fc.configureGlobal({ seed: 7644 });

/*
 * A client reads a whole directory page by page, while others create and delete users before and behind the place where it is.
 * Whoever was there all the time it sees, and nobody twice.
 */

let table: TestTable;
beforeAll(async () => {
  table = await testTable();
});
afterAll(async () => table[Symbol.asyncDispose]());

/** What others do at one user, chosen among those on one side of the reader. */
interface Disturbance {
  readonly act: 'create' | 'remove';
  readonly side: 'before' | 'behind';
  readonly n: number;
}

const disturbance: fc.Arbitrary<Disturbance> = fc.record({
  act: fc.constantFrom('create', 'remove'),
  side: fc.constantFrom('before', 'behind'),
  n: fc.nat({ max: 1_000 }),
});

const readings = fc.record({
  pool: fc.uniqueArray(ids, { minLength: 20, maxLength: 60, size: 'max' }),
  /** How many of the pool are there at first. */
  initial: fc.nat({ max: 30 }),
  count: fc.integer({ min: 1, max: 7 }),
  /** What happens before each page. */
  between: fc.array(fc.array(disturbance, { maxLength: 10, size: 'max' }), { minLength: 2, maxLength: 12, size: 'max' }),
  /** Whether others are still at it while the page is read. */
  during: fc.boolean(),
});

/** The users that there are, and those that there may be; an id is given once. */
interface Place {
  readonly directory: string;
  readonly present: Set<string>;
  readonly unused: Set<string>;
  readonly throughout: Set<string>;
}

async function add({ directory, present, unused }: Place, id: string) {
  unused.delete(id);
  await create(givingId(directoryOf(table, directory), id), user, { schemas: [userSchema.id], userName: id });
  present.add(id);
}

async function take({ directory, present, throughout }: Place, id: string) {
  present.delete(id);
  throughout.delete(id);
  await remove(directoryOf(table, directory), user, id);
}

/** Starts one disturbance; `position` is the last id that the reader has seen. */
async function disturb(place: Place, { act, side, n }: Disturbance, position: string) {
  const from = act === 'create' ? place.unused : place.present;
  const candidates = [...from].filter((id) => (side === 'before' ? id <= position : id > position)).sort();
  const id = candidates[n % candidates.length];
  if (id !== undefined) await (act === 'create' ? add : take)(place, id);
}

let runs = 0;
async function settle(pool: readonly string[], initial: number): Promise<Place> {
  const throughout = new Set(pool.slice(0, initial));
  const place: Place = { directory: `acme${++runs}`, present: new Set(), unused: new Set(pool), throughout };
  await Promise.all([...throughout].map((id) => add(place, id)));
  return place;
}

type IsLast = (page: Page, next: number) => boolean;

async function read(
  place: Place,
  { count, between, during }: { count: number; between: Disturbance[][]; during: boolean },
  isLast: IsLast,
) {
  const credential = randomUUID();
  const seen: string[] = [];
  const next = () => seen.length + 1;
  for (let n = 0; ; n++) {
    const others = Promise.all((between[n] ?? []).map((one) => disturb(place, one, seen.at(-1) ?? '')));
    if (!during) await others;
    const page = await search(directoryOf(table, place.directory, credential), user, { startIndex: next(), count });
    await others;
    seen.push(...page.resources.map(({ id }) => id));
    if (page.resources.length === 0 || isLast(page, next())) return seen;
  }
}

/** Some clients ask until nobody comes any more, others as long as the last total says that there are more. */
test.each<{ name: string; isLast: IsLast }>([
  { name: 'until a page is empty', isLast: () => false },
  { name: 'until it has as many as there are', isLast: ({ totalResults }, next) => next > totalResults },
])('a reader that goes on $name misses no user that was there throughout, and sees none twice', async ({ isLast }) => {
  await fc.assert(
    fc.asyncProperty(readings, async ({ pool, initial, ...reading }) => {
      const place = await settle(pool, initial);
      const seen = await read(place, reading, isLast);
      const missed = [...place.throughout].filter((id) => !seen.includes(id));
      const twice = seen.filter((id, i) => seen.indexOf(id) < i);
      const ghosts = seen.filter((id) => place.unused.has(id));
      expect({ missed, twice, ghosts }).toEqual({ missed: [], twice: [], ghosts: [] });
    }),
    { numRuns: 10, endOnFailure: true },
  );
});
