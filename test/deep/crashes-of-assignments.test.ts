import { expect, jest, test } from '@jest/globals';
import type { Directory } from '../../lambdas/directory/operations.ts';
import { loseAnswer } from '../support/disturbances.ts';
import { crash } from '../support/dying.ts';

jest.unstable_mockModule('../../lambdas/scim/schemas/entitlement-types.ts', () => import('../support/entitlement-types.ts'));
const { patch, remove, replace, search } = await import('../../lambdas/directory/operations.ts');
const { repair } = await import('../../lambdas/store/upkeep/repair.ts');
const { grant, newSeat, newUser, revoke, seat, SEAT_TYPES, upTo, user, userBody } = await import('../support/seats.ts');
const { checkTable } = await import('../support/table-checker.ts');
const { directoryOn, testTable } = await import('../support/test-table.ts');
type TestTable = import('../support/test-table.ts').TestTable;

/*
 * What grants, revokes or removes dies before each of its requests is sent, and after each is done; or one answer is lost. No number
 * is ever wrong, not even before a repair, and the client's repeat does what was asked for.
 */

const all = { startIndex: 1, count: 100 };

interface Case {
  readonly name: string;
  /** How many requests it sends at least. */
  readonly requests: number;
  readonly act: (acme: Directory, id: string) => Promise<unknown>;
  /** The status by which the repeat may tell that it has been done already. */
  readonly done?: number;
  /** How many have each seat in the end; of one that is gone, nothing is said. */
  readonly end: Readonly<Record<string, number>>;
}

/** There are two of each of `a` and `b`; of `c`, too, which five have. */
const CASES: readonly Case[] = [
  { name: 'create', requests: 2, act: (acme) => newUser(acme, 'new', ['a', 'b']), done: 409, end: { a: 2, b: 1, c: 5 } },
  { name: 'grant', requests: 3, act: (acme, id) => patch(acme, user, id, grant('b')), end: { a: 1, b: 1, c: 5 } },
  { name: 'revoke', requests: 2, act: (acme, id) => patch(acme, user, id, revoke('a')), end: { a: 0, b: 0, c: 5 } },
  { name: 'move', requests: 3, act: (acme, id) => replace(acme, user, id, userBody('ada', ['b', 'c'])), end: { a: 0, b: 1, c: 5 } },
  { name: 'delete of a user', requests: 3, act: (acme, id) => remove(acme, user, id), done: 404, end: { a: 0, b: 0, c: 4 } },
  {
    name: 'delete with cascade',
    requests: 8,
    act: (acme) => remove(acme, seat, 'c', undefined, { cascade: true }),
    done: 404,
    end: { a: 1, b: 0 },
  },
];

async function prepare(acme: Directory): Promise<string> {
  await newSeat(acme, 'a', upTo(2));
  await newSeat(acme, 'b', upTo(2));
  await newSeat(acme, 'c');
  for (const i of [1, 2, 3, 4]) await newUser(acme, `user${i}`, ['c']);
  return (await newUser(acme, 'ada', ['a', 'c'])).id;
}

async function expectEnd(table: TestTable, acme: Directory, { end }: Case) {
  const { resources } = await search(acme, seat, all);
  expect(Object.fromEntries(resources.map(({ id, assigned = 0 }) => [id, assigned]))).toEqual(end);
  expect(await checkTable(table, SEAT_TYPES, { afterRepair: true })).toEqual([]);
}

async function repeat(table: TestTable, acme: () => Directory, id: string, one: Case) {
  const error = await one.act(acme(), id).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error !== undefined) expect(error).toMatchObject({ status: one.done ?? 'none: this operation can be repeated' });
  await repair(table, SEAT_TYPES, { pause: 0 });
  await expectEnd(table, acme(), one);
}

test.each(CASES.flatMap((one) => (['before', 'after'] as const).map((when) => ({ ...one, when }))))(
  '$name: the process dies $when any of its requests',
  async ({ when, ...one }) => {
    await using table = await testTable();
    let died = true;
    let n = 0;
    while (died) {
      n++;
      const acme = () => directoryOn(table, `acme-${n}`);
      const id = await prepare(acme());
      died = await crash(table, n, when, () => one.act(acme(), id));
      expect(await checkTable(table, SEAT_TYPES)).toEqual([]);
      await expect(repair(table, SEAT_TYPES, { pause: 0 })).resolves.toMatchObject({ reassigned: 0, recounted: 0, busy: 0 });
      await repeat(table, acme, id, one);
    }
    expect(n - 1).toBeGreaterThanOrEqual(one.requests);
  },
);

test.each(CASES)('$name: the answer to any of its requests is lost', async (one) => {
  await using table = await testTable();
  let lost = true;
  let n = 0;
  while (lost) {
    n++;
    const acme = () => directoryOn(table, `acme-${n}`);
    const id = await prepare(acme());
    lost = false;
    {
      using _ = table.disturb(
        loseAnswer((request) => {
          if (request.n !== n) return false;
          lost = true;
          return true;
        }),
      );
      await one.act(acme(), id);
    }
    expect(await checkTable(table, SEAT_TYPES)).toEqual([]);
    await repair(table, SEAT_TYPES, { pause: 0 });
    await expectEnd(table, acme(), one);
  }
  expect(n - 1).toBeGreaterThanOrEqual(one.requests);
});
