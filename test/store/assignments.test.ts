import { describe, expect, jest, test } from '@jest/globals';
import type { Directory } from '../../lambdas/directory/operations.ts';
import { duplicate, first, hold, isWrite, loseAnswer } from '../support/disturbances.ts';
import type { SentRequest } from '../support/strict-dynamodb.ts';

jest.unstable_mockModule('../../lambdas/scim/schemas/entitlement-types.ts', () => import('../support/entitlement-types.ts'));
const { create, get, patch, remove, replace } = await import('../../lambdas/directory/operations.ts');
const { eachOnFreshTable } = await import('../support/fresh-table.ts');
const { grant, granting, holdersOf, newSeat, newUser, revoke, seat, SEAT_TYPES, seatBody, upTo, used, user, userBody } = await import(
  '../support/seats.ts'
);
const { checkTable } = await import('../support/table-checker.ts');
const { directoryOn } = await import('../support/test-table.ts');
type TestTable = import('../support/test-table.ts').TestTable;

/*
 * A seat is counted in the transaction that changes the user: whatever becomes of that, the number is right.
 */

let table: TestTable;
let acme: Directory;
eachOnFreshTable((fresh) => {
  table = fresh;
  acme = directoryOn(table);
});
const check = () => checkTable(table, SEAT_TYPES);
const seatsOf = async (id: string) =>
  ((await get(acme, user, id)).body.entitlements as { value: string }[] | undefined)?.map(({ value }) => value) ?? [];
/** The keys of the items that some requests write or hold conditions against. */
const touched = (sent: readonly SentRequest[]) => sent.filter(isWrite).map(({ input }) => JSON.stringify(input));
const isFull = { status: 409, message: expect.stringMatching(/a of type Seat is granted to 1 users, and may be to 1$/) };

describe('a grant', () => {
  test('costs a user 3 round trips at most, and the seat an item of its transaction', async () => {
    await newSeat(acme, 'a');
    await newSeat(acme, 'b');
    let id = '';
    const measured = [
      await table.measure(async () => {
        ({ id } = await newUser(acme, 'ada', ['a']));
      }),
      await table.measure(() => patch(acme, user, id, grant('b'))),
      await table.measure(() => replace(acme, user, id, userBody('ada', ['b']))),
      await table.measure(() => remove(acme, user, id)),
    ];
    expect(measured.map(({ depth }) => depth)).toEqual([2, 2, 2, 3]);
    expect([await used(acme, 'a'), await used(acme, 'b')]).toEqual([0, 0]);
    expect(await check()).toEqual([]);
  });

  test('moves the version of the seat, and what is computed from it has to be computed anew; its own attributes stay', async () => {
    const before = await newSeat(acme, 'a', upTo(3));
    await newUser(acme, 'ada', ['a']);
    const after = await get(acme, seat, 'a');
    expect(after).toMatchObject({ rev: before.rev, version: before.version + 1, assigned: 1, body: before.body });
    expect(Date.parse(after.lastModified)).toBeGreaterThanOrEqual(Date.parse(before.lastModified));
  });

  test('from one seat to another moves both numbers in one transaction', async () => {
    for (const id of ['a', 'b']) await newSeat(acme, id, upTo(1));
    const { id } = await newUser(acme, 'ada', ['a']);
    const sent = await table.sentBy(() => patch(acme, user, id, [{ op: 'replace', path: 'entitlements', value: granting(['b']) }]));
    const writes = sent.filter(isWrite);
    expect(writes).toHaveLength(1);
    const seats = writes.flatMap(({ input }) => input.TransactItems ?? []).map((item) => JSON.stringify(item));
    expect(seats.filter((text) => text.includes('acme#Seat#'))).toHaveLength(2);
    expect([await used(acme, 'a'), await used(acme, 'b')]).toEqual([0, 1]);
    expect(await check()).toEqual([]);
  });

  test('that stays does not touch the seat, whatever else of the user a request changes', async () => {
    await newSeat(acme, 'a');
    const { id } = await newUser(acme, 'ada', ['a']);
    const { version } = await get(acme, seat, 'a');
    const same = { entitlements: [{ value: 'a', type: 'Seat', display: 'Seat a' }] };
    const acts = [
      () => replace(acme, user, id, userBody('ada', ['a'], { title: 'Dr' })),
      () => replace(acme, user, id, userBody('ada', [], { title: 'Dr', ...same })),
      () => replace(acme, user, id, userBody('grace', [], { externalId: 'X', ...same })),
      () => replace(acme, user, id, userBody('grace', [], { entitlements: [{ value: 'a' }] })),
      () =>
        replace(acme, user, id, userBody('grace', [], { entitlements: [{ value: 'a', type: 'seat', display: 'Mine', primary: true }] })),
      () => patch(acme, user, id, grant('a')),
      () => patch(acme, user, id, [{ op: 'replace', path: 'active', value: false }]),
    ];
    for (const act of acts) expect(touched(await table.sentBy(act)).filter((text) => text.includes('acme#Seat#'))).toEqual([]);
    expect(await get(acme, seat, 'a')).toMatchObject({ version, assigned: 1 });
    expect(await check()).toEqual([]);
  });

  test('of one seat by two values is counted once', async () => {
    await newSeat(acme, 'a');
    const twice = [{ value: 'a', type: 'Seat' }, { value: 'a' }, { value: 'a', type: 'SEAT', primary: true }];
    const { id } = await create(acme, user, userBody('ada', [], { entitlements: twice }));
    expect(await used(acme, 'a')).toBe(1);
    await replace(acme, user, id, userBody('ada'));
    expect(await used(acme, 'a')).toBe(0);
    expect(await check()).toEqual([]);
  });
});

describe('where all are granted', () => {
  test.each([
    { by: 'POST', act: () => newUser(acme, 'grace', ['a']) },
    { by: 'PUT', act: (id: string) => replace(acme, user, id, userBody('alan', ['a'])) },
    { by: 'PATCH', act: (id: string) => patch(acme, user, id, grant('a')) },
  ])('$by is refused with the numbers, and nothing of it is done', async ({ act }) => {
    await newSeat(acme, 'a', upTo(1));
    await newSeat(acme, 'b');
    await newUser(acme, 'ada', ['a']);
    const { id } = await newUser(acme, 'alan', ['b']);
    const before = await table.items();
    await expect(act(id)).rejects.toMatchObject(isFull);
    expect(await table.items()).toEqual(before);
  });

  test('the last one that is granted meanwhile is refused with the number that there is then', async () => {
    await newSeat(acme, 'a', upTo(1));
    using _ = table.disturb(hold(first(isWrite), () => newUser(directoryOn(table), 'grace', ['a'])));
    await expect(newUser(acme, 'ada', ['a'])).rejects.toMatchObject(isFull);
    expect(await holdersOf(acme, 'a')).toHaveLength(1);
    expect(await check()).toEqual([]);
  });

  test('one that is given back meanwhile is granted to the next', async () => {
    await newSeat(acme, 'a', upTo(1));
    const { id } = await newUser(acme, 'ada', ['a']);
    await remove(acme, user, id);
    await expect(newUser(acme, 'grace', ['a'])).resolves.toBeDefined();
    expect(await used(acme, 'a')).toBe(1);
  });

  test('those who have it keep it when fewer are permitted, and nobody else gets it before enough are given back', async () => {
    await newSeat(acme, 'a', upTo(3));
    const ids = await Promise.all(['ada', 'grace', 'alan'].map(async (name) => (await newUser(acme, name, ['a'])).id));
    await replace(acme, seat, 'a', seatBody('a', upTo(1)));
    await expect(newUser(acme, 'zoe', ['a'])).rejects.toMatchObject({ status: 409, message: expect.stringMatching(/to 3 users.* to 1$/) });
    await replace(acme, user, ids[0] ?? '', userBody('ada', ['a'], { title: 'Dr' }));
    for (const id of ids.slice(0, 2)) await patch(acme, user, id, revoke('a'));
    await expect(newUser(acme, 'zoe', ['a'])).rejects.toMatchObject(isFull);
    await patch(acme, user, ids[2] ?? '', revoke('a'));
    await expect(newUser(acme, 'zoe', ['a'])).resolves.toBeDefined();
    expect(await check()).toEqual([]);
  });

  test.each([
    { assignments: { totalAssignmentsPermitted: 0 }, detail: /to 0 users, and may be to 0$/ },
    { assignments: { supported: false }, detail: /cannot be granted any more/ },
  ])('also of one with $assignments', async ({ assignments, detail }) => {
    await newSeat(acme, 'a', assignments);
    await expect(newUser(acme, 'ada', ['a'])).rejects.toMatchObject({ status: 409, message: expect.stringMatching(detail) });
    expect(await check()).toEqual([]);
  });

  test.each([{ limitedAssignmentsPermitted: false, totalAssignmentsPermitted: 1 }, { supported: true }, {}])(
    'of one with %j there is no limit',
    async (assignments) => {
      await newSeat(acme, 'a', assignments);
      for (const name of ['ada', 'grace', 'alan']) await newUser(acme, name, ['a']);
      expect(await used(acme, 'a')).toBe(3);
    },
  );

  test('a change of the seat that comes between is obeyed', async () => {
    await newSeat(acme, 'a', upTo(5));
    using _ = table.disturb(hold(first(isWrite), () => replace(directoryOn(table), seat, 'a', seatBody('a', { supported: false }))));
    await expect(newUser(acme, 'ada', ['a'])).rejects.toMatchObject({ status: 409 });
    expect(await holdersOf(acme, 'a')).toHaveLength(0);
  });

  test('the application replaces the seat while it is granted: nothing of either is lost', async () => {
    await newSeat(acme, 'a', upTo(1));
    using _ = table.disturb(hold(first(isWrite), () => newUser(directoryOn(table), 'ada', ['a'])));
    const after = await replace(acme, seat, 'a', { ...seatBody('a', upTo(1)), displayName: 'Renamed' });
    expect(after).toMatchObject({ assigned: 1, body: { displayName: 'Renamed' } });
    expect(await get(acme, seat, 'a')).toEqual(after);
    await expect(newUser(acme, 'grace', ['a'])).rejects.toMatchObject(isFull);
  });
});

describe('answers that are lost, and requests that arrive twice', () => {
  test.each([
    { name: 'lost', disturbance: loseAnswer },
    { name: 'twice, one after the other', disturbance: duplicate },
    { name: 'twice at once', disturbance: (matches: Parameters<typeof duplicate>[0]) => duplicate(matches, { atOnce: true }) },
    {
      name: 'twice, and the second answers',
      disturbance: (matches: Parameters<typeof duplicate>[0]) => duplicate(matches, { answer: 'second' }),
    },
  ])('of no write count twice: $name', async ({ disturbance }) => {
    for (const id of ['a', 'b']) await newSeat(acme, id, upTo(1));
    const disturbed = async <T>(act: () => Promise<T>) => {
      using _ = table.disturb(disturbance(first(isWrite)));
      return act();
    };
    const { id } = await disturbed(() => newUser(acme, 'ada', ['a']));
    expect([await used(acme, 'a'), await used(acme, 'b')]).toEqual([1, 0]);
    await disturbed(() => replace(acme, user, id, userBody('ada', ['b'])));
    expect([await used(acme, 'a'), await used(acme, 'b')]).toEqual([0, 1]);
    await disturbed(() => remove(acme, user, id));
    expect([await used(acme, 'a'), await used(acme, 'b')]).toEqual([0, 0]);
    expect(await check()).toEqual([]);
  });
});

describe('removing a seat', () => {
  test('that somebody has is refused with their number, and done when nobody has it', async () => {
    await newSeat(acme, 'a');
    const ids = await Promise.all(['ada', 'grace'].map(async (name) => (await newUser(acme, name, ['a'])).id));
    await expect(remove(acme, seat, 'a')).rejects.toMatchObject({ status: 409, message: expect.stringContaining('2 users') });
    for (const id of ids) await remove(acme, user, id);
    await expect(remove(acme, seat, 'a')).resolves.toBeUndefined();
    expect(await check()).toEqual([]);
  });

  test('while it is being granted: the removal is refused, if the grant is first', async () => {
    await newSeat(acme, 'a');
    using _ = table.disturb(hold(first(isWrite), () => newUser(directoryOn(table), 'ada', ['a'])));
    await expect(remove(acme, seat, 'a')).rejects.toMatchObject({ status: 409, message: expect.stringContaining('1 user:') });
    expect(await used(acme, 'a')).toBe(1);
    expect(await check()).toEqual([]);
  });

  test.each([
    { by: 'POST', act: () => newUser(acme, 'grace', ['a']) },
    { by: 'PUT', act: (id: string) => replace(acme, user, id, userBody('ada', ['a'])) },
    { by: 'PATCH', act: (id: string) => patch(acme, user, id, grant('a')) },
  ])('while it is being granted by $by: the grant is refused, if the removal is first', async ({ act }) => {
    await newSeat(acme, 'a');
    const { id } = await newUser(acme, 'ada');
    using _ = table.disturb(hold(first(isWrite), () => remove(directoryOn(table), seat, 'a')));
    await expect(act(id)).rejects.toMatchObject({ status: 400, scimType: 'invalidValue' });
    expect(await holdersOf(acme, 'a')).toHaveLength(0);
    expect(await check()).toEqual([]);
  });

  test.each([{ holders: 3 }, { holders: 120 }])(
    'takes it from $holders users where it cascades, and leaves them the rest',
    async ({ holders }) => {
      await newSeat(acme, 'a');
      await newSeat(acme, 'b');
      const ids = await Promise.all(
        Array.from({ length: holders }, async (_, i) => (await newUser(acme, `user${i}`, ['a', ...(i < 2 ? ['b'] : [])])).id),
      );
      await remove(acme, seat, 'a', undefined, { cascade: true });
      await expect(get(acme, seat, 'a')).rejects.toMatchObject({ status: 404 });
      expect(await used(acme, 'b')).toBe(2);
      expect([await seatsOf(ids[0] ?? ''), await seatsOf(ids[2] ?? '')]).toEqual([['b'], []]);
      expect(await check()).toEqual([]);
    },
  );

  test('with a cascade, while somebody is granted it, takes it from that one as well', async () => {
    await newSeat(acme, 'a');
    await newUser(acme, 'ada', ['a']);
    const isRemoval = ({ input }: SentRequest) =>
      input.TransactItems?.some(({ Delete }: { Delete?: unknown }) => JSON.stringify(Delete ?? '').includes('acme#Seat#')) ?? false;
    using _ = table.disturb(hold(first(isRemoval), () => newUser(directoryOn(table), 'grace', ['a'])));
    await remove(acme, seat, 'a', undefined, { cascade: true });
    expect(await holdersOf(acme, 'a')).toHaveLength(0);
    expect(await check()).toEqual([]);
  });

  test('with a cascade that another one overtakes is done, or the other one has done it', async () => {
    await newSeat(acme, 'a');
    const { id } = await newUser(acme, 'ada', ['a']);
    // The seat is read before, and those who have it after the user has lost it.
    using _ = table.disturb(
      hold(
        first(({ command }) => command === 'Query'),
        () => patch(directoryOn(table), user, id, revoke('a')),
      ),
    );
    await expect(remove(acme, seat, 'a', undefined, { cascade: true })).resolves.toBeUndefined();
    expect(await check()).toEqual([]);
  });
});

describe('one user', () => {
  const ids = Array.from({ length: 120 }, (_, i) => `s${i}`);

  test('is not granted more at once than find place in a transaction, which is told', async () => {
    for (const id of ids) await newSeat(acme, id);
    await expect(newUser(acme, 'ada', ids)).rejects.toMatchObject({ status: 400, scimType: 'tooMany' });
    const { id } = await newUser(acme, 'ada', ids.slice(0, 40));
    await expect(replace(acme, user, id, userBody('ada', ids.slice(0, 100)))).rejects.toMatchObject({ status: 400, scimType: 'tooMany' });
    await expect(patch(acme, user, id, grant(...ids.slice(40)))).rejects.toMatchObject({ status: 400, scimType: 'tooMany' });
    await patch(acme, user, id, grant(...ids.slice(40, 80)));
    await patch(acme, user, id, grant(...ids.slice(80, 97)));
    await expect(patch(acme, user, id, grant('s97'))).rejects.toMatchObject({ status: 400, scimType: 'tooMany' });
    expect(await seatsOf(id)).toHaveLength(97);
    expect(await check()).toEqual([]);
    await remove(acme, user, id);
    expect(await check()).toEqual([]);
  });
});
