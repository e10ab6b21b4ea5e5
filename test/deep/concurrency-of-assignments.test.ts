import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { byChance, KINDS } from '../support/disturbances-by-chance.ts';
import { outcomes } from '../support/outcomes.ts';

jest.unstable_mockModule('../../lambdas/scim/schemas/entitlement-types.ts', () => import('../support/entitlement-types.ts'));
const { patch, remove, replace } = await import('../../lambdas/directory/operations.ts');
const { eachOnFreshTable } = await import('../support/fresh-table.ts');
const { grant, granting, holdersOf, newSeat, newUser, revoke, seat, SEAT_TYPES, seatBody, upTo, used, user, userBody } = await import(
  '../support/seats.ts'
);
const { checkTable } = await import('../support/table-checker.ts');
const { directoryOn } = await import('../support/test-table.ts');
type TestTable = import('../support/test-table.ts').TestTable;

/*
 * Many clients at the last seats, while DynamoDB refuses some requests, loses some answers and gets some requests twice. Never more
 * than are permitted have one, the number is that of those who have it, and nobody is told of an error that is none of theirs.
 */

let table: TestTable;
eachOnFreshTable((fresh) => {
  table = fresh;
});
const acme = () => directoryOn(table, 'acme');
const check = () => checkTable(table, SEAT_TYPES);
const statusOf = (error: unknown) => (error as { status?: number }).status ?? 500;
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const PERMITTED = 3;

/** Forty who want a seat, one in three of them by each way. */
async function fortyWhoWant(id: string): Promise<(() => Promise<unknown>)[]> {
  return Promise.all(
    numbers(40).map(async (i) => {
      const userName = `user${i}`;
      if (i % 3 === 0) return () => newUser(acme(), userName, [id]);
      const { id: userId } = await newUser(acme(), userName);
      return i % 3 === 1
        ? () => patch(acme(), user, userId, grant(id))
        : () => replace(acme(), user, userId, userBody(userName, [id], { title: 'Dr' }));
    }),
  );
}

describe.each(KINDS)('with $name', ({ disturbances }) => {
  const disturbed = () => table.disturb(byChance(disturbances, { seed: 7644, percent: 20 }));

  test('forty at the last three seats: three get one, and the others are told that none is left', async () => {
    await newSeat(acme(), 'a', upTo(PERMITTED));
    const acts = await fortyWhoWant('a');
    using running = disturbed();
    const { answers, errors } = await outcomes(acts.map((act) => act()));
    running[Symbol.dispose]();
    expect(errors).toEqual(
      numbers(40 - PERMITTED).map(() =>
        expect.objectContaining({ status: 409, message: expect.stringMatching(/to 3 users, and may be to 3$/) }),
      ),
    );
    expect(answers).toHaveLength(PERMITTED);
    expect([await used(acme(), 'a'), (await holdersOf(acme(), 'a')).length]).toEqual([PERMITTED, PERMITTED]);
    expect(await check()).toEqual([]);
  });

  test('grants, revocations, moves and deletes of users at three seats: each number is right, and none past its limit', async () => {
    const SEATS = ['a', 'b', 'c'];
    for (const id of SEATS) await newSeat(acme(), id, upTo(PERMITTED));
    const ids = await Promise.all(numbers(12).map(async (i) => (await newUser(acme(), `user${i}`, i < 9 ? [SEATS[i % 3] ?? ''] : [])).id));
    const [throws = []] = fc.sample(
      fc.array(fc.record({ who: fc.nat(11), which: fc.nat(2), what: fc.nat(6) }), { minLength: 60, maxLength: 60 }),
      {
        seed: 7643,
        numRuns: 1,
      },
    );
    using running = disturbed();
    const client = async (k: number) => {
      const errors: unknown[] = [];
      for (const [i, { who, which, what }] of throws.slice(k * 10, k * 10 + 10).entries()) {
        const [id = '', one = '', other = ''] = [ids[who], SEATS[which], SEATS[(which + 1) % 3]];
        const acts = [
          () => patch(acme(), user, id, grant(one)),
          () => patch(acme(), user, id, revoke(one)),
          () => patch(acme(), user, id, [{ op: 'replace', path: 'entitlements', value: granting([other]) }]),
          () => replace(acme(), user, id, userBody(`user${who}`, [one, other])),
          () => replace(acme(), user, id, userBody(`user${who}`)),
          () => newUser(acme(), `new${k}.${i}`, [one]),
          () =>
            i % 3 === 0 ? remove(acme(), user, id) : replace(acme(), seat, one, seatBody(one, { ...upTo(PERMITTED), supported: true })),
        ];
        await acts[what]?.().catch((error: unknown) => errors.push(error));
      }
      return errors;
    };
    const errors = (await Promise.all(numbers(6).map(client))).flat();
    running[Symbol.dispose]();
    expect(errors.filter((error) => ![404, 409].includes(statusOf(error)))).toEqual([]);
    for (const id of SEATS) expect(await used(acme(), id)).toBeLessThanOrEqual(PERMITTED);
    expect(await check()).toEqual([]);
  });

  test('a seat that is removed while ten are granted it: nobody has what is gone', async () => {
    for (const [i, cascade] of [false, true, false, true].entries()) {
      const id = `seat${i}`;
      await newSeat(acme(), id);
      using running = disturbed();
      const grants = outcomes(numbers(10).map((n) => newUser(acme(), `${id}.${n}`, [id])));
      const removal = outcomes([remove(acme(), seat, id, undefined, { cascade })]);
      const [granted, removed] = await Promise.all([grants, removal]);
      running[Symbol.dispose]();
      expect(removed.errors.map(statusOf)).toEqual(cascade ? [] : removed.errors.map(() => 409));
      expect(granted.errors.filter((error) => statusOf(error) !== 400)).toEqual([]);
      if (removed.errors.length === 0) expect(await holdersOf(acme(), id)).toEqual([]);
      else expect(await holdersOf(acme(), id)).toHaveLength(granted.answers.length);
      expect(await check()).toEqual([]);
    }
  });
});
